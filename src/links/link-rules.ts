import type { Scope } from '../access/caller.ts'
import { officeLevelOf, officeLevels } from '../access/vocabulary.ts'
import { DomainError } from '../errors.ts'
import type { LockedReport } from '../reports/locked-report.ts'

/** What a report is to another: the same incident, a part of a larger one, or what came of an earlier one. */
export const linkTypes = ['duplicate_of', 'part_of', 'follows'] as const
export type LinkType = (typeof linkTypes)[number]

/** What the rules look at in either report. */
export type Linked = Pick<LockedReport, 'id' | 'handling' | 'level' | 'exercise' | 'isDuplicate' | 'verifiedAt'>

/** What is known of links between the two, as far as the caller sees. */
export interface LinksBetween {
  /** This very link is there. */
  same: boolean
  /** Links of this type lead from the target to the report. */
  back: boolean
}

/** Whether an office may link a report: the one that holds it, or one above. @throws DomainError not_in_charge */
export function assertMayLink({ region }: Scope, { level }: Pick<Linked, 'level'>): void {
  if (officeLevels.indexOf(officeLevelOf(region)) < officeLevels.indexOf(level))
    throw new DomainError('not_in_charge', { level })
}

/**
 * Whether the report may be linked to the target. What it refuses by, the caller sees in the two reports and the links between
 * them: nothing is refused because of a report that they may not see.
 * @throws DomainError link_not_allowed, with the reason
 */
export function assertLink(type: LinkType, report: Linked, target: Linked, between: LinksBetween): void {
  const reason = reasonAgainst(type, report, target, between)
  if (reason !== undefined) throw new DomainError('link_not_allowed', { reason })
}

function reasonAgainst(type: LinkType, report: Linked, target: Linked, { same, back }: LinksBetween) {
  if (report.id === target.id) return 'itself'
  if (same) return 'linked_already'
  if (report.exercise !== target.exercise) return 'exercise_and_real'
  if (type === 'duplicate_of') return reasonAgainstOriginal(report, target)
  return back ? 'circle' : undefined
}

/** The report leaves the statistics for the sake of the target, which therefore must never leave them: see ADR 35. */
function reasonAgainstOriginal(report: Linked, target: Linked) {
  if (report.isDuplicate) return 'report_is_duplicate'
  if (target.isDuplicate) return 'target_is_duplicate'
  if (target.verifiedAt === null) return 'target_not_verified'
  // Whoever sees the duplicate alone would see the incident counted nowhere.
  return target.handling > report.handling ? 'target_marked_higher' : undefined
}
