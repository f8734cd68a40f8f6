import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import { findReportIn } from '../reports/queries.ts'
import { findQuestionIn, type QuestionKey, type QuestionRow } from './queries.ts'

/** One question with its answer; that its report was read is told where it is secret. @throws DomainError question_not_found */
export async function findQuestion(context: Context, key: QuestionKey): Promise<QuestionRow> {
  const caller = callerFor(context.caller, 'reports:read')
  return context.db.transaction(caller, async (tx) => {
    const question = await findQuestionIn(tx, caller.scope, key)
    const report =
      question && (await findReportIn(tx, { ...context, caller }, caller.scope, key.reportId, question.handling))
    if (!question || !report) throw new DomainError('question_not_found', { id: key.id })
    return question
  })
}
