import { type Caller, isPerson } from '../access/caller.ts'
import { type OfficeLevel, officeLevelOf, officeLevels } from '../access/vocabulary.ts'
import { DomainError } from '../errors.ts'
import type { statuses } from './vocabulary.ts'

export type ReportStatus = (typeof statuses)[number]
export const verbs = ['withdraw', 'verify', 'reject', 'escalate', 'return', 'close', 'reopen'] as const
export type Verb = (typeof verbs)[number]

/** Where a report stands in its life, and who had a hand in its content. */
export interface Standing {
  status: ReportStatus
  /** Who holds it now. */
  level: OfficeLevel
  /** The office that posted it. */
  officeCode: string
  /** Null for as long as it was never verified. */
  verifiedAt: Date | null
  /** Officials who posted or corrected it. */
  authors: readonly string[]
}

export type Whereabouts = Pick<Standing, 'status' | 'level'>

const rankOf = (level: OfficeLevel) => officeLevels.indexOf(level)

/** From which status a verb leads, and where to; undefined where there is no such step. */
const steps: Record<Verb, (report: Standing) => Whereabouts | undefined> = {
  withdraw: ({ status, level }) => (status === 'submitted' ? { status: 'withdrawn', level } : undefined),
  verify: ({ status, level }) => (status === 'submitted' ? { status: 'verified', level } : undefined),
  reject: ({ status, level }) => (status === 'submitted' ? { status: 'rejected', level } : undefined),
  escalate: ({ status, level }) => {
    const above = officeLevels[rankOf(level) + 1]
    return isUnderWay(status) && above ? { status: 'escalated', level: above } : undefined
  },
  // Not below the office that posted it: it has never been there.
  return: ({ status, level, officeCode }) => {
    const below = officeLevels[rankOf(level) - 1]
    if (status !== 'escalated' || !below || rankOf(below) < rankOf(officeLevelOf(officeCode))) return undefined
    return { status: 'escalated', level: below }
  },
  close: ({ status, level }) => (isUnderWay(status) ? { status: 'closed', level } : undefined),
  reopen: ({ status, level, verifiedAt }) =>
    isEnded(status) ? { status: verifiedAt ? 'verified' : 'submitted', level } : undefined,
}

function isUnderWay(status: ReportStatus): boolean {
  return status === 'verified' || status === 'escalated'
}

function isEnded(status: ReportStatus): boolean {
  return status === 'closed' || status === 'rejected' || status === 'withdrawn'
}

/** Where a verb leads a report. @throws DomainError transition_not_allowed where it leads nowhere from here */
export function stepOf(verb: Verb, report: Standing): Whereabouts {
  const next = steps[verb](report)
  if (!next) throw new DomainError('transition_not_allowed', { verb, status: report.status, level: report.level })
  return next
}

/**
 * Whether this caller, who sees the report, may do this to it.
 * @throws DomainError not_in_charge, person_required, author_may_not_verify
 */
export function assertMay(verb: Verb, caller: Caller, report: Standing): void {
  if (!isInCharge(verb, caller, report)) throw new DomainError('not_in_charge', { level: report.level })
  if (verb !== 'verify' && verb !== 'reject') return
  if (!isPerson(caller)) throw new DomainError('person_required')
  if (report.authors.includes(caller.subject)) throw new DomainError('author_may_not_verify')
}

/**
 * Whether this caller, who sees the report, decides what agencies receive of it: an official of the holding level or above.
 * @throws DomainError not_in_charge, person_required
 */
export function assertMayRelease(caller: Caller, { level }: Pick<Standing, 'level'>): void {
  if (above(caller.scope.region, level) < 0) throw new DomainError('not_in_charge', { level })
  if (!isPerson(caller)) throw new DomainError('person_required')
}

/** Whether the report is one that was verified and still stands. @throws DomainError transition_not_allowed */
export function assertReleasable({ status, level }: Whereabouts): void {
  if (!isUnderWay(status) && status !== 'closed')
    throw new DomainError('transition_not_allowed', { verb: 'release', status, level })
}

function isInCharge(verb: Verb, { scope }: Caller, report: Standing): boolean {
  switch (verb) {
    case 'withdraw':
      return isPostingOffice(scope.region, report)
    case 'verify':
    case 'reject':
      return above(scope.region, report.level) >= 0
    case 'escalate':
    case 'return':
    case 'close':
      return above(scope.region, report.level) === 0
    // Above the nation there is nobody: it reopens its own.
    case 'reopen':
      return above(scope.region, report.level) > 0 || scope.tier === 'national'
  }
}

/** How many levels an office stands above a level; negative below. */
function above(office: string, level: OfficeLevel): number {
  return rankOf(officeLevelOf(office)) - rankOf(level)
}

function isPostingOffice(office: string, { officeCode }: Standing): boolean {
  return office === officeCode
}

/**
 * Whether this caller may correct the report: the posting office while it is submitted, later the holding level, with a reason.
 * @returns whether a reason is needed
 * @throws DomainError not_in_charge, transition_not_allowed for a report that was rejected or withdrawn
 */
export function assertMayCorrect({ scope }: Caller, report: Standing): { reasonNeeded: boolean } {
  const { status, level } = report
  if (status === 'rejected' || status === 'withdrawn')
    throw new DomainError('transition_not_allowed', { verb: 'correct', status, level })
  const inCharge = status === 'submitted' ? isPostingOffice(scope.region, report) : above(scope.region, level) === 0
  if (!inCharge) throw new DomainError('not_in_charge', { level })
  return { reasonNeeded: status !== 'submitted' }
}

/**
 * Whether this caller may mark the report otherwise: raise it as the posting office or any office above, lower it as the
 * holding level with a reason.
 * @returns whether a reason is needed
 * @throws DomainError not_in_charge
 */
export function assertMayMark({ scope }: Caller, report: Standing, raised: boolean): { reasonNeeded: boolean } {
  const { level, officeCode } = report
  const inCharge = raised
    ? isPostingOffice(scope.region, report) || above(scope.region, officeLevelOf(officeCode)) > 0
    : above(scope.region, level) === 0
  if (!inCharge) throw new DomainError('not_in_charge', { level })
  return { reasonNeeded: !raised }
}
