import { type Move, type MoveContext, moveReport } from './move-report.ts'
import type { StoredReport } from './queries.ts'

/** A level above takes up a report that had ended, and says why. It stands where it stood: verified if it ever was. */
export async function reopenReport(context: MoveContext, reopening: Move & { reason: string }): Promise<StoredReport> {
  return moveReport(context, 'reopen', reopening)
}
