import { mayReportOn, type Scope } from '../access/caller.ts'
import { handlingRank, isHandling } from '../access/vocabulary.ts'
import { DomainError, type Fault } from '../errors.ts'
import type { Reference } from '../reference/store.ts'
import type { SubmitReport } from './schemas.ts'
import { athgKinds } from './vocabulary.ts'

type Members = Record<string, unknown>

/** Refuses what only the reference data and the caller's place can tell. @throws DomainError body_invalid, all faults at once */
export function refuseWhatIsNotTheirs(given: SubmitReport, scope: Scope, reference: Reference): void {
  const faults = contentFaults(given, scope, reference)
  if (faults.length > 0) throw new DomainError('body_invalid', {}, faults)
}

/** The same faults of a body in any shape, so that they can be named beside those of the shape. */
export function contentFaults(body: unknown, scope: Scope, reference: Reference): Fault[] {
  const { location, incidentType, handling, athg, athgNotes } = membersOf(body)
  const faults = regionFaults(membersOf(location).regionCode, scope, reference)
  if (typeof incidentType === 'string' && !reference.incidentTypes.has(incidentType)) {
    faults.push({ pointer: '/incidentType', code: 'incident_type_unknown' })
  }
  if (isHandling(handling) && handlingRank(handling) > scope.clearance) {
    faults.push({ pointer: '/handling', code: 'handling_above_clearance' })
  }
  if (typeof athg === 'string' && membersOf(athgNotes)[athg] !== undefined) {
    const allowed = athgKinds.filter((kind) => kind !== athg).join(', ')
    faults.push({ pointer: `/athgNotes/${athg}`, code: 'not_allowed', params: { allowed } })
  }
  return faults
}

function regionFaults(code: unknown, scope: Scope, { regions }: Reference): Fault[] {
  const pointer = '/location/regionCode'
  if (typeof code !== 'string') return []
  if (!regions.today(code)) return [{ pointer, code: 'region_unknown' }]
  if (mayReportOn(scope, code, regions)) return []
  return [{ pointer, code: 'region_outside_office', params: { office: scope.region } }]
}

function membersOf(value: unknown): Members {
  return value !== null && typeof value === 'object' ? (value as Members) : {}
}
