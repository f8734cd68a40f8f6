import { type Move, type MoveContext, moveReport } from './move-report.ts'
import type { StoredReport } from './queries.ts'

/** An official of the holding level or above, who had no hand in its content, confirms a submitted report. */
export async function verifyReport(context: MoveContext, verification: Move): Promise<StoredReport> {
  return moveReport(context, 'verify', verification)
}
