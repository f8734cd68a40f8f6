import { z } from 'zod'
import type { AttachmentFiles } from '../attachments/open-files.ts'
import { BreakGlassHeader, throughGlass } from '../break-glass/through-glass.ts'
import { problems } from '../http/contract/problems.ts'
import { rawJson, respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { etagOf, requireIfMatch } from '../http/etag.ts'
import { etagHeader, linkHeader, locationHeader } from '../http/header-docs.ts'
import { IdempotencyKey, IfMatch } from '../http/schemas.ts'
import { ReportParams } from '../reports/schemas.ts'
import { approveRelease } from './approve-release.ts'
import { endReleaseExample, releaseReportExample } from './examples.ts'
import { listReportReleases } from './list-report-releases.ts'
import { refuseRelease } from './refuse-release.ts'
import { releaseReport } from './release-report.ts'
import { retractRelease } from './retract-release.ts'
import { reviseRelease } from './revise-release.ts'
import {
  EndRelease,
  ListReportReleasesQuery,
  ReleaseParams,
  ReleaseReport,
  ReleaseVersionPage,
  ReleaseVersionView,
} from './schemas.ts'
import { type ShownVersion, versionView } from './version-view.ts'

const ofReport = { scope: 'reports:release', notFound: 'report_not_found' } as const
const ofRelease = { scope: 'reports:release', notFound: 'release_not_found' } as const
const changing = {
  tags: ['releases'],
  params: ReleaseParams,
  headers: z.object({
    'if-match': IfMatch.optional().describe(
      'The `etag` of the latest version; 428 without it, 412 when another stands',
    ),
  }),
}
const refusals = [
  'release_not_found',
  'version_stale',
  'precondition_required',
  'not_in_charge',
  'person_required',
  'transition_not_allowed',
] as const
const ended = {
  200: respond(ReleaseVersionView, { description: 'The version as it ended', headers: { ETag: etagHeader } }),
  ...problems(...refusals),
}
const because = { because: endReleaseExample }

/** What offices decide of releases: what of a report agencies receive, and until when. */
export const officeReleaseRoutes: Routes<{ files: AttachmentFiles; cursorKey: Uint8Array }> = async (
  app,
  { files, cursorKey },
) => {
  app.post(
    '/reports/:id/releases',
    {
      config: ofReport,
      schema: {
        operationId: 'releaseReport',
        tags: ['releases'],
        summary: 'Release a copy of a verified report to agencies',
        description:
          'By an official of the holding level or above. Exactly the `fields` are copied, as the report says them now; later ' +
          'changes of the report leave the copy as it is. From `secret` on, of the report or of the release, it is `proposed`, and ' +
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

  app.post(
    '/releases/:id/versions',
    {
      config: ofRelease,
      schema: {
        ...changing,
        operationId: 'reviseRelease',
        summary: 'Release a new version, from the report as it is now',
        description:
          'Says everything anew: what is not among `fields` is gone for agencies. Once published it replaces the version before; ' +
          'agencies that it no longer reaches are told that it was taken back. If-Match makes it safe to send again: 412.',
        body: ReleaseReport,
        bodyExamples: { cyber: releaseReportExample },
        response: {
          201: respond(ReleaseVersionView, {
            description: 'The new version, published or proposed',
            headers: { Location: locationHeader, ETag: etagHeader },
          }),
          ...problems(...refusals, 'attachment_unavailable'),
        },
      },
    },
    async ({ context, params: { id }, headers, body: given }, reply) => {
      const ifMatch = requireIfMatch(headers['if-match'])
      const made = await reviseRelease(context, files, { id, ifMatch, given })
      reply.code(201).header('location', `/v1/releases/${made.releaseId}`)
      return answer(reply, made)
    },
  )

  app.post(
    '/releases/:id/approve',
    {
      config: ofRelease,
      schema: {
        ...changing,
        operationId: 'approveRelease',
        summary: 'Agree to a proposed release as the second official',
        description:
          'Another official than the one who proposed it. What was copied is published exactly as it was proposed.',
        response: {
          200: respond(ReleaseVersionView, { description: 'The version in force', headers: { ETag: etagHeader } }),
          ...problems(...refusals, 'proposer_may_not_approve'),
        },
      },
    },
    async ({ context, params: { id }, headers }, reply) =>
      answer(reply, await approveRelease(context, { id, ifMatch: requireIfMatch(headers['if-match']) })),
  )

  app.post(
    '/releases/:id/refuse',
    {
      config: ofRelease,
      schema: {
        ...changing,
        operationId: 'refuseRelease',
        summary: 'Turn down a proposed release',
        description: 'By any official who could approve it, and by the one who proposed it. What is in force stays.',
        body: EndRelease,
        bodyExamples: because,
        response: ended,
      },
    },
    async ({ context, params: { id }, headers, body: { reason } }, reply) =>
      answer(reply, await refuseRelease(context, { id, ifMatch: requireIfMatch(headers['if-match']), reason })),
  )

  app.post(
    '/releases/:id/retract',
    {
      config: ofRelease,
      schema: {
        ...changing,
        operationId: 'retractRelease',
        summary: 'Take a release back for good',
        description:
          'Agencies that could see it find 410 in its place. It can be done whatever became of the report, and not be undone.',
        body: EndRelease,
        bodyExamples: because,
        response: ended,
      },
    },
    async ({ context, params: { id }, headers, body: { reason } }, reply) =>
      answer(reply, await retractRelease(context, { id, ifMatch: requireIfMatch(headers['if-match']), reason })),
  )
}

function answer(reply: { header(name: string, value: string): unknown }, version: ShownVersion) {
  reply.header('etag', etagOf(version.releaseId, version.version))
  return rawJson(JSON.stringify(versionView(version)))
}
