import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import { findKey, type IdempotencyKey } from '../idempotency/keys.ts'
import { findReportIn, type StoredReport } from './queries.ts'

/**
 * The report that stands where a post came again: with the same content the first answer, otherwise a conflict that names it.
 * @throws DomainError reference_conflict, idempotency_conflict
 */
export async function replayReport(
  { db, caller }: Context,
  keys: readonly IdempotencyKey[],
  fingerprint: Buffer,
): Promise<StoredReport> {
  return db.transaction(caller, async (tx) => {
    for (const key of keys) {
      const before = await findKey(tx, caller.scope, key)
      if (!before) continue
      const conflict = key.kind === 'reference' ? 'reference_conflict' : 'idempotency_conflict'
      if (!before.fingerprint.equals(fingerprint)) throw new DomainError(conflict, { existingId: before.resourceId })
      const report = await findReportIn(tx, caller.scope, before.resourceId)
      if (!report) throw new DomainError(conflict, { existingId: before.resourceId })
      return report
    }
    throw new DomainError('service_unavailable')
  })
}
