import { type Move, type MoveContext, moveReport } from './move-report.ts'
import type { StoredReport } from './queries.ts'

/** The holding level hands a verified report to the level above, which holds it from now on. */
export async function escalateReport(context: MoveContext, escalation: Move): Promise<StoredReport> {
  return moveReport(context, 'escalate', escalation)
}
