import { type Move, type MoveContext, moveReport } from './move-report.ts'
import type { StoredReport } from './queries.ts'

/** An official who could verify a submitted report finds that it does not hold, and says why. It counts no more. */
export async function rejectReport(context: MoveContext, rejection: Move & { reason: string }): Promise<StoredReport> {
  return moveReport(context, 'reject', rejection)
}
