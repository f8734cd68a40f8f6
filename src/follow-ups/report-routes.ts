import { z } from 'zod'
import { problems } from '../http/contract/problems.ts'
import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { linkHeader } from '../http/header-docs.ts'
import { IdempotencyKey } from '../http/schemas.ts'
import { ReportParams } from '../reports/schemas.ts'
import { addFollowUp } from './add-follow-up.ts'
import { added, answerAdded } from './answer-added.ts'
import { addFollowUpExample } from './examples.ts'
import { listReportFollowUps } from './list-follow-ups.ts'
import { AddFollowUp, FollowUpPage, PageQuery } from './schemas.ts'
import { followUpView } from './view.ts'

/** Follow-ups of a report, under its address. */
export const reportFollowUpRoutes: Routes<{ cursorKey: Uint8Array }> = async (app, { cursorKey }) => {
  app.post(
    '/reports/:id/follow-ups',
    {
      config: { scope: 'reports:submit', notFound: 'report_not_found' },
      schema: {
        operationId: 'addFollowUp',
        tags: ['follow-ups'],
        summary: 'Give an office something to do about a report',
        description:
          'The own office, or one below it in whose region the place of the report lies. The same `Idempotency-Key` with ' +
          'the same content answers with the follow-up that stands.',
        params: ReportParams,
        headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
        body: AddFollowUp,
        bodyExamples: { patrol: addFollowUpExample },
        response: {
          201: added,
          ...problems('report_not_found', 'transition_not_allowed', 'idempotency_conflict'),
        },
      },
    },
    async ({ context, params, body: given, headers }, reply) => {
      const key = headers['idempotency-key']
      return answerAdded(reply, await addFollowUp(context, params.id, { given, key }))
    },
  )

  app.get(
    '/reports/:id/follow-ups',
    {
      config: { scope: 'reports:read', notFound: 'report_not_found' },
      schema: {
        operationId: 'listReportFollowUps',
        tags: ['follow-ups'],
        summary: 'What is done about a report, the first due first',
        params: ReportParams,
        querystring: PageQuery,
        response: {
          200: respond(FollowUpPage, { headers: { Link: linkHeader } }),
          ...problems('report_not_found', 'cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const context = { ...request.context, cursorKey }
      const { items, next } = await listReportFollowUps(context, request.params.id, request.query)
      if (next !== null) reply.header('link', linkNext(request.url, next))
      return { items: items.map(followUpView), next }
    },
  )
}
