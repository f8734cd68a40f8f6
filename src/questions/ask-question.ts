import { type Caller, callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { appendEvent } from '../events/append-event.ts'
import { once } from '../idempotency/once.ts'
import { lockReport } from '../reports/locked-report.ts'
import { findReportIn } from '../reports/queries.ts'
import { assertMayAsk } from './may-ask.ts'
import { findQuestionIn, insertQuestion, type QuestionRow } from './queries.ts'
import type { AskQuestion } from './schemas.ts'

export interface Asked {
  question: QuestionRow
  /** True when this very question had been asked before. */
  replayed: boolean
}

/**
 * An office that holds a report, or stands above the one that posted it, asks that one about it.
 * @throws DomainError report_not_found, not_in_charge, transition_not_allowed, body_invalid, idempotency_conflict
 */
export async function askQuestion(
  context: Context,
  reportId: string,
  { given, idempotencyKey }: { given: AskQuestion; idempotencyKey: string | undefined },
): Promise<Asked> {
  const caller = callerFor(context.caller, 'reports:verify')
  const by = { ...context, caller }
  const { made, replayed } = await once<QuestionRow>(by, {
    operation: 'askQuestion',
    key: idempotencyKey,
    content: { reportId, ...given },
    create: (tx, _reference, id) => ask(by, tx, { id, reportId, given }),
    find: async (tx, id) => {
      const [report, question] = await Promise.all([
        findReportIn(tx, by, caller.scope, reportId),
        findQuestionIn(tx, caller.scope, { id, reportId }),
      ])
      return report && question
    },
  })
  return { question: made, replayed }
}

async function ask(
  context: Context & { caller: Caller },
  tx: Transaction,
  { id, reportId, given }: { id: string; reportId: string; given: AskQuestion },
): Promise<QuestionRow> {
  const { caller, now } = context
  const report = await lockReport(tx, caller, reportId, '*')
  if (given.dueAt !== null && given.dueAt <= now)
    throw new DomainError('body_invalid', {}, [{ pointer: '/dueAt', code: 'moment_past' }])
  assertMayAsk(caller.scope.region, report)
  const by = actorOf(context)
  const { handling } = report
  const [question] = await Promise.all([
    insertQuestion(tx, { id, report, ...given, by }),
    appendAudit(tx, by, {
      action: 'question.asked',
      resource: { type: 'question', id, version: 1, handling },
      details: { report: reportId },
    }),
    appendEvent(tx, {
      type: 'question.asked',
      subject: { ...report, id, version: 1, reportId },
      caller,
      occurredAt: now,
    }),
    tx.commit(),
  ])
  return question
}
