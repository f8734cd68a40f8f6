import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { findReportIn } from '../reports/queries.ts'
import { listQuestionsOf, type QuestionPosition } from './queries.ts'
import { questionView } from './question-view.ts'
import type { ListQuestionsQuery, QuestionPage } from './schemas.ts'

/**
 * What was asked about a report and answered, the oldest first, but for what was written under a handling above the caller's
 * clearance.
 * @throws DomainError report_not_found, cursor_invalid
 */
export async function listQuestions(
  context: Context & { cursorKey: Uint8Array },
  reportId: string,
  { limit, cursor }: ListQuestionsQuery,
): Promise<QuestionPage> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'reports:read')
  const { scope, clientId } = caller
  const bound = { sort: 'askedAt', filterHash: hashOf(['questions', reportId]), scopeHash: hashOf([scope, clientId]) }
  const opened = cursor === undefined ? undefined : openCursor(cursorKey, cursor, bound, now)
  const after = opened as QuestionPosition | undefined
  return db.transaction(caller, async (tx) => {
    const rows = await listQuestionsOf(tx, scope, { reportId, after, rows: limit + 1 })
    const shown = rows.slice(0, limit)
    const saidUnder = Math.max(0, ...shown.map(({ handling }) => handling))
    const report = await findReportIn(tx, { ...context, caller }, scope, reportId, saidUnder)
    if (!report) throw new DomainError('report_not_found', { id: reportId })
    const last = rows.length > limit ? shown.at(-1) : undefined
    const next = last ? sealCursor(cursorKey, [last.askedAt.toISOString(), last.id], bound, now) : null
    return { items: shown.map(questionView), next }
  })
}
