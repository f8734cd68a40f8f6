import { z } from 'zod'
import type { AttachmentFiles } from '../attachments/open-files.ts'
import { problems } from '../http/contract/problems.ts'
import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { requireIfMatch } from '../http/etag.ts'
import { etagHeader, locationHeader } from '../http/header-docs.ts'
import { IfMatch } from '../http/schemas.ts'
import { approveRelease } from './approve-release.ts'
import { endReleaseExample, releaseReportExample } from './examples.ts'
import { refuseRelease } from './refuse-release.ts'
import { retractRelease } from './retract-release.ts'
import { reviseRelease } from './revise-release.ts'
import { EndRelease, ReleaseParams, ReleaseReport, ReleaseVersionView } from './schemas.ts'
import { answer } from './version-view.ts'

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

/** What offices decide of a release that is there. */
export const releaseLifeRoutes: Routes<{ files: AttachmentFiles }> = async (app, { files }) => {
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
          'Another official than the one who proposed it. What was copied is published exactly as it was proposed; 412 where the ' +
          'report changed after the `etag` was read: look whether the copy is `outdated`, then decide.',
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
