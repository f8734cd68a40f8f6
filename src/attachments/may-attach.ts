import type { Caller } from '../access/caller.ts'
import { officeLevelOf, officeLevels } from '../access/vocabulary.ts'
import { DomainError } from '../errors.ts'
import type { Standing } from '../reports/lifecycle.ts'

/**
 * Whether this caller, who sees the report, may add a file to it: the office that posted it, the level that holds it, and those
 * above that.
 * @throws DomainError not_in_charge, transition_not_allowed for a report that was rejected or withdrawn
 */
export function assertMayAttach({ scope }: Pick<Caller, 'scope'>, report: Standing): void {
  const { status, level, officeCode } = report
  if (status === 'rejected' || status === 'withdrawn')
    throw new DomainError('transition_not_allowed', { verb: 'attach', status, level })
  const isAtOrAbove = officeLevels.indexOf(officeLevelOf(scope.region)) >= officeLevels.indexOf(level)
  if (scope.region !== officeCode && !isAtOrAbove) throw new DomainError('not_in_charge', { level })
}
