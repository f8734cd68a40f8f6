import type { Scope } from '../access/caller.ts'
import { handlingRank, isHandling } from '../access/vocabulary.ts'
import type { Fault } from '../errors.ts'
import type { Reference } from '../reference/store.ts'
import type { TimeZone } from '../regions/region.ts'
import { hasBegun, parsePeriod } from './period.ts'

interface Posting {
  scope: Scope
  reference: Reference
  now: Date
}

/** What only the moment and the caller's place can tell of a body in any shape: a period not begun, a handling above them. */
export function situationFaults(body: unknown, { scope, reference, now }: Posting): Fault[] {
  if (body === null || typeof body !== 'object') return []
  const { kind, period: name, handling } = body as Record<string, unknown>
  const period = typeof name === 'string' ? parsePeriod(name) : undefined
  const faults: Fault[] = []
  if (period && typeof kind === 'string' && period.kind !== kind)
    faults.push({ pointer: '/period', code: 'period_invalid' })
  else if (period && !hasBegun(period, zoneOf(scope, reference), now))
    faults.push({ pointer: '/period', code: 'period_not_begun' })
  if (isHandling(handling) && handlingRank(handling) > scope.clearance)
    faults.push({ pointer: '/handling', code: 'handling_above_clearance' })
  return faults
}

/** The clock on the wall of the caller's office. */
function zoneOf({ region }: Scope, { regions }: Reference): TimeZone {
  return regions.find(region)?.timeZone ?? 'Asia/Jakarta'
}

/** Names each report that the caller may not rest on, since there is none that they see. */
export function unknownReports(given: readonly string[], found: ReadonlySet<string>): Fault[] {
  return given.flatMap((id, index) =>
    found.has(id) ? [] : [{ pointer: `/reports/${index}`, code: 'report_unknown' as const }],
  )
}
