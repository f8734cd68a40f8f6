import { type Move, type MoveContext, moveReport } from './move-report.ts'
import type { StoredReport } from './queries.ts'

/** The holding level ends a verified report and says what came of it. */
export async function closeReport(
  context: MoveContext,
  closing: Omit<Move, 'reason'> & { outcome: string },
): Promise<StoredReport> {
  return moveReport(context, 'close', { ...closing, reason: null })
}
