import { z } from 'zod'
import type { AttachmentFiles } from '../attachments/open-files.ts'
import { BreakGlassHeader, throughGlass } from '../break-glass/through-glass.ts'
import { problems } from '../http/contract/problems.ts'
import { rawJson, respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { etagHeader, linkHeader, locationHeader } from '../http/header-docs.ts'
import { IdempotencyKey } from '../http/schemas.ts'
import { ReportParams } from '../reports/schemas.ts'
import { releaseReportExample } from './examples.ts'
import { listReportReleases } from './list-report-releases.ts'
import { releaseReport } from './release-report.ts'
import { ListReportReleasesQuery, ReleaseReport, ReleaseVersionPage, ReleaseVersionView } from './schemas.ts'
import { answer, versionView } from './version-view.ts'

/** What of a report agencies receive: an office releases it, and offices see what was released. */
export const reportReleaseRoutes: Routes<{ files: AttachmentFiles; cursorKey: Uint8Array }> = async (
  app,
  { files, cursorKey },
) => {
  app.post(
    '/reports/:id/releases',
    {
      config: { scope: 'reports:release', notFound: 'report_not_found' },
      schema: {
        operationId: 'releaseReport',
        tags: ['releases'],
        summary: 'Release a copy of a verified report to agencies',
        description:
          'By an official of the holding level or above. Exactly the `fields` are copied, as the report says them now; later ' +
          'changes of the report leave the copy as it is. From `secret` on, of the report or of the release, as either is or ever was, it is `proposed`, and ' +
          'no agency hears of it before another official approves. One report may have several releases, for different agencies.',
        params: ReportParams,
        headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
        body: ReleaseReport,
        bodyExamples: { cyber: releaseReportExample },
        response: {
          201: respond(ReleaseVersionView, {
            description: 'The release, published or proposed',
            headers: {
              Location: locationHeader,
              ETag: etagHeader,
              'Idempotent-Replayed': {
                description: '`true` when it had been made before',
                schema: { type: 'string', enum: ['true'] },
              },
            },
          }),
          ...problems(
            'report_not_found',
            'not_in_charge',
            'person_required',
            'transition_not_allowed',
            'attachment_unavailable',
            'idempotency_conflict',
          ),
        },
      },
    },
    async ({ context, params: { id: reportId }, headers, body: given }, reply) => {
      const idempotencyKey = headers['idempotency-key']
      const { made, replayed } = await releaseReport(context, files, { reportId, given, idempotencyKey })
      reply.code(201).header('location', `/v1/releases/${made.releaseId}`)
      if (replayed) reply.header('idempotent-replayed', 'true')
      return answer(reply, made)
    },
  )

  app.get(
    '/reports/:id/releases',
    {
      config: { scope: 'reports:read', notFound: 'report_not_found' },
      schema: {
        operationId: 'listReportReleases',
        tags: ['releases'],
        summary: 'What was released of a report: every version, to whom, and who decided it',
        description: 'Oldest first. A release is seen by offices that are cleared for the most secret of its versions.',
        params: ReportParams,
        querystring: ListReportReleasesQuery,
        headers: z.object(BreakGlassHeader),
        response: {
          200: respond(ReleaseVersionPage, { headers: { Link: linkHeader } }),
          ...problems('report_not_found', 'cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const context = await throughGlass(request.context, request.headers['break-glass'])
      const { items, next } = await listReportReleases({ ...context, cursorKey }, request.params.id, request.query)
      if (next !== null) reply.header('link', linkNext(request.url, next))
      return rawJson(JSON.stringify({ items: items.map(versionView), next }))
    },
  )
}
