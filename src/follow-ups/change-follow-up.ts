import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError, type Fault } from '../errors.ts'
import { assertMayChange } from './lifecycle.ts'
import { type FollowUpRow, findFollowUpIn, lockFollowUp, setFollowUp } from './queries.ts'
import { responsibleOfficeFaults } from './responsible-office.ts'
import { changesBetween, tellVersion } from './revisions.ts'
import type { ChangeFollowUp } from './schemas.ts'
import { tellReads } from './tell-reads.ts'
import type { ChangeableMember } from './vocabulary.ts'

/**
 * Makes the next version of a follow-up: the office that gave it, or one above, changes the task; the responsible office tells how
 * far it is and what came of it. What changes nothing makes no version.
 * @param ifMatch ETag of the version that is changed, or `*`
 * @throws DomainError follow_up_not_found, version_stale, not_in_charge, transition_not_allowed, body_invalid
 */
export async function changeFollowUp(
  context: Context,
  id: string,
  { ifMatch, patch }: { ifMatch: string; patch: ChangeFollowUp },
): Promise<FollowUpRow> {
  const { reason = null, ...members } = patch
  const caller = callerFor(context.caller, 'reports:submit')
  const { scope } = caller
  return context.db.transaction(caller, async (tx, reference) => {
    const before = await lockFollowUp(tx, scope, id, ifMatch)
    const after = patched(before, members)
    const changes = changesBetween(before, after)
    const changed = Object.keys(changes.after) as ChangeableMember[]
    if (changed.length === 0) return readUnchanged({ ...context, caller }, tx, before)
    const { action, reasonNeeded } = assertMayChange(scope.region, before, { changed, status: after.status })
    const faults: Fault[] = []
    if (changed.includes('responsibleOffice'))
      faults.push(...responsibleOfficeFaults(after.responsibleOffice, scope, before.regionCode, reference))
    if (after.status === 'done' && after.result === null) faults.push({ pointer: '/result', code: 'required' })
    if (reasonNeeded && reason === null) faults.push({ pointer: '/reason', code: 'required' })
    if (faults.length > 0) throw new DomainError('body_invalid', {}, faults)
    const { timeZone } = reference.regions.get(after.responsibleOffice)
    const set = setFollowUp(tx, after, { timeZone, now: context.now })
    const found = findFollowUpIn(tx, scope, id)
    const told = { ...after, version: before.version + 1 }
    const [, made] = await Promise.all([
      set,
      found,
      tellVersion({ ...context, caller }, tx, told, { action, changes, reason }),
    ])
    if (!made) throw new Error(`Follow-up ${id} was not changed`)
    return made
  })
}

/** Where nothing was to be changed it is shown all the same, and so told as a read. */
async function readUnchanged(context: Context, tx: Transaction, row: FollowUpRow): Promise<FollowUpRow> {
  await tellReads(context, tx, [row])
  return row
}

function patched(before: FollowUpRow, patch: Omit<ChangeFollowUp, 'reason'>): FollowUpRow {
  return {
    ...before,
    action: patch.action ?? before.action,
    responsibleOffice: patch.responsibleOffice ?? before.responsibleOffice,
    dueOn: patch.dueOn ?? before.dueOn,
    status: patch.status ?? before.status,
    result: patch.result === undefined ? before.result : patch.result,
  }
}
