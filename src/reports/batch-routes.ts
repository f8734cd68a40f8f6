import type { FastifyRequest } from 'fastify'
import { type Language, languageOf } from '../http/accept.ts'
import { problems } from '../http/contract/problems.ts'
import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { longestList, type SentItem, takeLists } from '../http/list-body.ts'
import { problemOf } from '../http/problem.ts'
import type { ItemOutcome } from './batch-item.ts'
import { Batch, BatchResult, mostItems, SubmitBatchQuery } from './batch-schemas.ts'
import { batchResultExample, submitReportExample } from './examples.ts'
import type { ReportSettings } from './new-report.ts'
import { submitBatch } from './submit-batch.ts'

export const batchRoutes: Routes<{ settings: ReportSettings }> = async (app, { settings }) => {
  takeLists(app, mostItems)
  app.post(
    '/reports/batch',
    {
      bodyLimit: longestList,
      config: { scope: 'reports:submit' },
      schema: {
        operationId: 'submitBatch',
        tags: ['reports'],
        summary: 'Post many reports at once',
        description:
          `Up to ${mostItems} reports as a JSON array, or as NDJSON with a report a line; 5 MB in all and 256 kB each. Every item ` +
          'bears a `clientReference` and stands or falls by itself, as if it were posted alone: a bad one refuses no other, and the ' +
          'answer is 200 with a result for each. After any failure on the way, a 5xx or a broken connection, some items may be ' +
          'stored; send the whole again, and what is stored is replayed.',
        querystring: SubmitBatchQuery,
        bodyItems: Batch,
        bodyExamples: { apkVandalism: [submitReportExample] },
        response: {
          200: respond(BatchResult, {
            description: 'What became of each item',
            examples: { apkVandalism: batchResultExample },
          }),
          ...problems(),
        },
      },
    },
    async (request, reply) => {
      const context = { ...request.context, settings, dryRun: request.query.dryRun }
      const outcomes = await submitBatch(context, request.body as SentItem[])
      const language = languageOf(request.raw.headers['accept-language'])
      reply.headers({ 'content-language': language, vary: 'Accept-Language' })
      for (const outcome of outcomes) logOversight(request, outcome)
      return resultOf(outcomes, language, request.id)
    },
  )
}

function resultOf(outcomes: readonly ItemOutcome[], language: Language, requestId: string): BatchResult {
  const counts = { created: 0, replayed: 0, valid: 0, invalid: 0, conflict: 0, failed: 0 }
  for (const { result } of outcomes) counts[result] += 1
  const items = outcomes.map((outcome, index) => {
    const { result, clientReference } = outcome
    return {
      index,
      clientReference,
      result,
      ...('report' in outcome && { report: outcome.report }),
      ...('refusal' in outcome && { problem: problemOf(outcome.refusal, language, requestId) }),
    }
  })
  return { items, counts }
}

/** What went wrong by our fault, or was refused by nobody but the database. */
function logOversight(request: FastifyRequest, outcome: ItemOutcome): void {
  if (!('cause' in outcome) || outcome.cause instanceof Error === false) return
  const { code } = outcome.refusal
  if (code === 'internal_error' || code === 'value_refused' || code === 'change_refused')
    request.log.error({ err: outcome.cause, problem: code }, 'failed')
}
