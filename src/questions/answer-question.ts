import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import { appendEvent } from '../events/append-event.ts'
import { assertIfMatch, etagOf } from '../http/etag.ts'
import { lockQuestion, type QuestionKey, type QuestionRow, setAnswer } from './queries.ts'
import type { AnswerQuestion } from './schemas.ts'

/**
 * The office that posted the report answers a question about it, once. What it knows is taken even when the report has ended
 * meanwhile.
 * @param ifMatch ETag of the question, or `*`
 * @throws DomainError question_not_found, version_stale, not_in_charge, question_answered
 */
export async function answerQuestion(
  context: Context,
  key: QuestionKey,
  { ifMatch, given }: { ifMatch: string; given: AnswerQuestion },
): Promise<QuestionRow> {
  const { db, now } = context
  const caller = callerFor(context.caller, 'reports:submit')
  return db.transaction(caller, async (tx) => {
    const question = await lockQuestion(tx, caller.scope, key)
    if (!question) throw new DomainError('question_not_found', { id: key.id })
    const { id, reportId, handling, officeCode } = question
    assertIfMatch(ifMatch, etagOf(id, question.version))
    if (caller.scope.region !== officeCode) throw new DomainError('not_in_charge')
    if (question.answeredAt !== null) throw new DomainError('question_answered')
    const by = actorOf({ ...context, caller })
    const version = question.version + 1
    const [answered] = await Promise.all([
      setAnswer(tx, id, { ...given, ...by }),
      appendAudit(tx, by, {
        action: 'question.answered',
        resource: { type: 'question', id, version, handling },
        details: { report: reportId },
      }),
      appendEvent(tx, { type: 'question.answered', subject: { ...question, version }, caller, occurredAt: now }),
      tx.commit(),
    ])
    return answered
  })
}
