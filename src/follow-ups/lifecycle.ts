import { DomainError } from '../errors.ts'
import type { ChangeableMember, FollowUpAction, FollowUpStatus } from './vocabulary.ts'

/** Whose a follow-up is: it is given by one office and done by another, or by the same. */
export type Party = 'giver' | 'responsible'

interface Step {
  by: Party
  action: FollowUpAction
  /** Whether it must be said why. */
  reasonNeeded: boolean
}

const work: Step = { by: 'responsible', action: 'changed', reasonNeeded: false }
const complete: Step = { by: 'responsible', action: 'completed', reasonNeeded: false }
const cancel: Step = { by: 'giver', action: 'cancelled', reasonNeeded: true }
const reopen: Step = { by: 'giver', action: 'reopened', reasonNeeded: true }

/** From which status to which, and who takes the step. The database knows the same table. */
const steps: Record<FollowUpStatus, Partial<Record<FollowUpStatus, Step>>> = {
  planned: { in_progress: work, done: complete, cancelled: cancel },
  in_progress: { planned: work, done: complete, cancelled: cancel },
  done: { in_progress: reopen },
  cancelled: { planned: reopen },
}

/** Who says what: the result is that of the office that did it, the task that of the office that gave it. */
const saidBy: Record<Exclude<ChangeableMember, 'status'>, Party> = {
  action: 'giver',
  responsibleOffice: 'giver',
  dueOn: 'giver',
  result: 'responsible',
}

/** Where a follow-up stands, and whose it is. */
export interface Standing {
  status: FollowUpStatus
  /** The office that gave it. */
  officeCode: string
  responsibleOffice: string
}

/** What a change would set. */
export interface Intended {
  changed: readonly ChangeableMember[]
  status: FollowUpStatus
}

/** What an office is to a follow-up. An office above the one that gave it stands in for it: reports move, and offices fall silent. */
export function partiesOf(office: string, { officeCode, responsibleOffice }: Standing): Set<Party> {
  const parties = new Set<Party>()
  if (isAtOrAbove(office, officeCode)) parties.add('giver')
  if (office === responsibleOffice) parties.add('responsible')
  return parties
}

/**
 * Whether an office, which sees the follow-up, may change it so. What is done or cancelled is changed no more unless it is
 * reopened.
 * @returns how the change is told, and whether a reason is needed
 * @throws DomainError not_in_charge, transition_not_allowed
 */
export function assertMayChange(
  office: string,
  before: Standing,
  { changed, status }: Intended,
): Pick<Step, 'action' | 'reasonNeeded'> {
  const parties = partiesOf(office, before)
  const step = changed.includes('status') ? steps[before.status][status] : undefined
  const allowed = step !== undefined || (!changed.includes('status') && isOpen(before.status))
  if (parties.size > 0 && !allowed)
    throw new DomainError('transition_not_allowed', { verb: status, status: before.status })
  const needed = changed.map((member) => (member === 'status' ? step?.by : saidBy[member]))
  const lacking = needed.find((party) => party === undefined || !parties.has(party))
  if (parties.size === 0 || lacking !== undefined)
    throw new DomainError('not_in_charge', {
      office: lacking === 'giver' ? before.officeCode : before.responsibleOffice,
    })
  return step ?? { action: 'changed', reasonNeeded: false }
}

export function isOpen(status: FollowUpStatus): boolean {
  return status === 'planned' || status === 'in_progress'
}

function isAtOrAbove(office: string, other: string): boolean {
  return office === '00' || office === other || other.startsWith(`${office}.`)
}
