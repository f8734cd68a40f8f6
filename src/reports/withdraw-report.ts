import { type Move, type MoveContext, moveReport } from './move-report.ts'
import type { StoredReport } from './queries.ts'

/** The posting office takes back a report that nobody has judged yet. It counts no more. */
export async function withdrawReport(context: MoveContext, withdrawal: Move): Promise<StoredReport> {
  return moveReport(context, 'withdraw', withdrawal)
}
