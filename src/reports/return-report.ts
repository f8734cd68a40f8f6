import { type Move, type MoveContext, moveReport } from './move-report.ts'
import type { StoredReport } from './queries.ts'

/** The holding level hands an escalated report back to the level below, and says why. */
export async function returnReport(
  context: MoveContext,
  handingBack: Move & { reason: string },
): Promise<StoredReport> {
  return moveReport(context, 'return', handingBack)
}
