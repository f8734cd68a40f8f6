import type { Caller } from '../access/caller.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { type LockedReport, lockReport } from '../reports/locked-report.ts'

/**
 * Holds a report and the target of its link until the transaction ends, the lower id first: two that are linked both ways at once
 * wait for each other in one order.
 * @param ifMatch ETag of the report, or `*`; that of the target may be any
 * @throws DomainError report_not_found, version_stale; body_invalid for a target that the caller may not see
 */
export async function lockBoth(
  tx: Transaction,
  caller: Caller,
  { id, ifMatch, target }: { id: string; ifMatch: string; target: string },
): Promise<{ report: LockedReport; target: LockedReport }> {
  const lockOne = (each: string) => lockReport(tx, caller, each, each === id ? ifMatch : '*')
  const inOrder = [...new Set([id, target])].sort()
  const locked = await Promise.allSettled(inOrder.map(lockOne))
  const lockOf = (each: string) => locked[inOrder.indexOf(each)] as PromiseSettledResult<LockedReport>
  const report = fulfilled(lockOf(id))
  const other = lockOf(target)
  if (other.status === 'rejected') throw unknownTarget(other.reason)
  return { report, target: other.value }
}

function fulfilled<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

function unknownTarget(refusal: unknown): unknown {
  if (!(refusal instanceof DomainError) || refusal.code !== 'report_not_found') return refusal
  return new DomainError('body_invalid', refusal.params, [{ pointer: '/target', code: 'report_unknown' }])
}
