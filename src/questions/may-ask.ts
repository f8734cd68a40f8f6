import { officeLevelOf, officeLevels } from '../access/vocabulary.ts'
import { DomainError } from '../errors.ts'
import type { Standing } from '../reports/lifecycle.ts'

const underWay: readonly Standing['status'][] = ['submitted', 'verified', 'escalated']

/**
 * Whether an office, which sees the report, may ask about it: the holding level or any above the office that posted it, while
 * somebody still works on it. Nobody asks themselves.
 * @throws DomainError not_in_charge, transition_not_allowed
 */
export function assertMayAsk(office: string, { status, level, officeCode }: Standing): void {
  const asking = officeLevelOf(office)
  const isAbove = officeLevels.indexOf(asking) > officeLevels.indexOf(officeLevelOf(officeCode))
  if (office === officeCode || !(isAbove || asking === level)) throw new DomainError('not_in_charge', { level })
  if (!underWay.includes(status)) throw new DomainError('transition_not_allowed', { verb: 'ask', status, level })
}
