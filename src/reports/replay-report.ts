import type { Context } from '../access/context.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { claimKey, findKey, type IdempotencyKey } from '../idempotency/keys.ts'
import { findReportIn, type StoredReport } from './queries.ts'

/**
 * The report that stands where a post came again: with the same content the first answer, otherwise a conflict that names
 * it, unless the caller may not see it. A key that is new beside one that is known belongs to that report from now on.
 * @throws DomainError reference_conflict, idempotency_conflict
 * @throws KeyInUse when another post took the new key in this very moment
 */
export async function replayReport(
  context: Context,
  keys: readonly IdempotencyKey[],
  fingerprint: Buffer,
): Promise<StoredReport> {
  const { db, caller, now } = context
  return db.transaction(caller, async (tx) => {
    const found = []
    for (const key of keys) found.push({ key, change: await findKey(tx, caller.scope, key, now) })
    const resourceId = found.find(({ change }) => change)?.change?.resourceId
    // The post that held the key was undone while this one waited for it.
    if (resourceId === undefined) throw new DomainError('service_unavailable')
    for (const { key, change } of found) {
      if (!change) await claimKey(tx, caller.scope, key, { fingerprint, resourceId, now })
      else if (change.resourceId !== resourceId || !change.fingerprint.equals(fingerprint)) {
        throw await conflict(tx, key, change.resourceId)
      }
    }
    const report = await findReportIn(tx, context, caller.scope, resourceId)
    if (!report) throw new DomainError(codeOf(keys[0]))
    return report
  })

  /** A report above the caller's clearance is in the way all the same, but its id is no more shown than the report. */
  async function conflict(tx: Transaction, key: IdempotencyKey, existingId: string): Promise<DomainError> {
    const report = await findReportIn(tx, context, caller.scope, existingId)
    return new DomainError(codeOf(key), report ? { existingId } : {})
  }
}

function codeOf(key: IdempotencyKey | undefined): 'reference_conflict' | 'idempotency_conflict' {
  return key?.kind === 'reference' ? 'reference_conflict' : 'idempotency_conflict'
}
