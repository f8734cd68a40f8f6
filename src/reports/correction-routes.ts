import { z } from 'zod'
import { BreakGlassHeader, throughGlass } from '../break-glass/through-glass.ts'
import { problems } from '../http/contract/problems.ts'
import { rawJson, respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { requireIfMatch } from '../http/etag.ts'
import { linkHeader } from '../http/header-docs.ts'
import { answer, changing } from './changing-routes.ts'
import { correctReport } from './correct-report.ts'
import { CorrectReport } from './correction-schemas.ts'
import { listRevisions } from './list-revisions.ts'
import { ListRevisionsQuery, RevisionPage } from './revision-schemas.ts'
import type { ReportOptions } from './routes.ts'
import { ReportParams } from './schemas.ts'

export const correctionRoutes: Routes<ReportOptions> = async (app, { cursorKey, settings }) => {
  app.patch(
    '/reports/:id',
    {
      config: { scope: 'reports:submit', notFound: 'report_not_found' },
      schema: {
        ...changing,
        operationId: 'correctReport',
        summary: 'Correct a report, or change its handling',
        description:
          'A JSON Merge Patch, which makes a new revision. The posting office corrects until the report is verified, the ' +
          'holding level later, with a reason. Another time or place classifies it again. The handling is changed on its own: ' +
          'raised by the posting office or any office above, lowered by the holding level with a reason.',
        body: CorrectReport,
        bodyExamples: {
          count: { impact: { lightlyInjured: 2 }, reason: 'Dua korban melapor ke puskesmas pagi ini.' },
          raise: { handling: 'secret' },
        },
      },
    },
    async ({ context, params: { id }, headers, body: patch }, reply) => {
      const ifMatch = requireIfMatch(headers['if-match'])
      const report = await correctReport({ ...context, settings }, { id, ifMatch, patch })
      return answer(reply, report)
    },
  )

  app.get(
    '/reports/:id/revisions',
    {
      config: { scope: 'reports:read', notFound: 'report_not_found' },
      schema: {
        operationId: 'listRevisions',
        tags: ['reports'],
        summary: 'Every version of a report: who, when, what changed and why',
        params: ReportParams,
        querystring: ListRevisionsQuery,
        headers: z.object(BreakGlassHeader),
        response: {
          200: respond(RevisionPage, { headers: { Link: linkHeader } }),
          ...problems('report_not_found', 'cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const context = await throughGlass(request.context, request.headers['break-glass'])
      const { items, next } = await listRevisions({ ...context, cursorKey }, request.params.id, request.query)
      if (next !== null) reply.header('link', linkNext(request.url, next))
      return rawJson(`{"items":[${items.join(',')}],"next":${JSON.stringify(next)}}`)
    },
  )
}
