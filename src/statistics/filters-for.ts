import type { Caller } from '../access/caller.ts'
import { DomainError, type Fault } from '../errors.ts'
import type { Reference } from '../reference/store.ts'
import { filtersOf as filtersOfReleases } from '../releases/filters.ts'
import type { ReportFilters } from '../reports/filter-schemas.ts'
import type { Filter } from '../reports/filters.ts'
import { filtersOf } from '../reports/report-filters.ts'
import type { Dimension } from './dimensions.ts'

/** What releases do not tell of the reports that they are copies of. */
const notReleased = ['status', 'level', 'overdue', 'receivedFrom', 'receivedTo'] as const

/**
 * The conditions of a query on what the caller counts: reports, or of an agency releases.
 * @param by what an agency asks to count by, by the name of the parameter
 * @throws DomainError parameter_invalid naming what does not exist, or what releases do not tell
 */
export function filtersFor(
  caller: Caller,
  query: ReportFilters,
  by: Readonly<Record<string, readonly (Dimension | undefined)[]>>,
  { reference, now }: { reference: Reference; now: Date },
): Filter[] {
  if (caller.scope.tier !== 'agency') return filtersOf(query, reference, now)
  const faults = [
    ...notReleased.filter((parameter) => query[parameter] !== undefined),
    ...Object.keys(by).filter((parameter) => by[parameter]?.includes('status')),
  ].map((parameter): Fault => ({ parameter, code: 'not_released' }))
  if (faults.length > 0) throw new DomainError('parameter_invalid', {}, faults)
  return filtersOfReleases(query, reference)
}
