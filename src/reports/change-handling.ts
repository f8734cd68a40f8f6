import type { Context } from '../access/context.ts'
import { type Handling, handlingRank } from '../access/vocabulary.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { changeReport, changeStatement, readUnchanged } from './change-report.ts'
import { assertMayMark } from './lifecycle.ts'
import type { LockedReport } from './locked-report.ts'
import type { StoredReport } from './queries.ts'

const mark = changeStatement('mark_report', ['handling'])

/**
 * Marks a locked report otherwise: the posting office or any office above raises it, never above its own clearance; the
 * holding level lowers it, with a reason.
 * @throws DomainError not_in_charge, body_invalid
 */
export async function changeHandling(
  context: Context,
  tx: Transaction,
  report: LockedReport,
  { handling, reason }: { handling: Handling; reason: string | null },
): Promise<StoredReport> {
  const { scope } = context.caller
  const rank = handlingRank(handling)
  const { reasonNeeded } = assertMayMark(context.caller, report, rank >= report.handling)
  if (rank === report.handling) return readUnchanged(context, tx, report)
  if (rank > scope.clearance)
    throw new DomainError('body_invalid', {}, [{ pointer: '/handling', code: 'handling_above_clearance' }])
  if (reasonNeeded) requireReason(reason)
  const values = { handling: rank }
  return changeReport(context, tx, report, { action: 'handling_changed', statement: mark, values, reason })
}

/** @throws DomainError body_invalid */
export function requireReason(reason: string | null): void {
  if (reason === null) throw new DomainError('body_invalid', {}, [{ pointer: '/reason', code: 'required' }])
}
