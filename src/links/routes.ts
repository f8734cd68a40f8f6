import { z } from 'zod'
import { BreakGlassHeader, throughGlass } from '../break-glass/through-glass.ts'
import { problems } from '../http/contract/problems.ts'
import { rawJson, respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { etagOf, requireIfMatch } from '../http/etag.ts'
import { etagHeader, linkHeader, locationHeader } from '../http/header-docs.ts'
import { IdempotencyKey, IfMatch } from '../http/schemas.ts'
import { ReportParams } from '../reports/schemas.ts'
import { linkReport } from './link-report.ts'
import { listLinks } from './list-links.ts'
import { listSimilar } from './list-similar.ts'
import type { LinkRow } from './queries.ts'
import { LinkPage, LinkReport, LinkView, ListLinksQuery, ListSimilarQuery, SimilarReports } from './schemas.ts'
import { unlinkReport } from './unlink-report.ts'

const ifMatch = IfMatch.optional().describe(
  'The ETag of the report in the path; 428 without it, 412 when another stands',
)
const newVersion = { ...etagHeader, description: 'Of the new version of the report in the path' }

/** How reports belong together, and which may do so. */
export const linkRoutes: Routes<{ cursorKey: Uint8Array }> = async (app, { cursorKey }) => {
  app.post(
    '/reports/:id/links',
    {
      config: { scope: 'reports:verify', notFound: 'report_not_found' },
      schema: {
        operationId: 'linkReport',
        tags: ['reports'],
        summary: 'Say that a report is a duplicate or a part of another, or follows from it',
        description:
          'By the office that holds the report, or one above, of two reports that it sees. A duplicate leaves the statistics, ' +
          'so its original must have been verified. The link is there for those alone who may see both.',
        params: ReportParams,
        headers: z.object({ 'if-match': ifMatch, 'idempotency-key': IdempotencyKey.optional() }),
        body: LinkReport,
        bodyExamples: {
          duplicate: {
            type: 'duplicate_of',
            target: '0193616c-4f80-7000-8000-000000000001',
            reason: 'Baliho yang sama, dilaporkan juga oleh kantor provinsi.',
          },
        },
        response: {
          201: respond(LinkView, {
            description: 'The link',
            headers: {
              Location: locationHeader,
              ETag: { ...newVersion, required: false },
              'Idempotent-Replayed': {
                description: '`true` when it had been made before; there is no ETag then',
                schema: { type: 'string', enum: ['true'] },
              },
            },
          }),
          ...problems(
            'report_not_found',
            'version_stale',
            'precondition_required',
            'not_in_charge',
            'link_not_allowed',
            'idempotency_conflict',
          ),
        },
      },
    },
    async ({ context, params: { id }, headers, body }, reply) => {
      const link = {
        ...body,
        id,
        ifMatch: requireIfMatch(headers['if-match']),
        idempotencyKey: headers['idempotency-key'],
      }
      const { made, replayed } = await linkReport(context, link)
      reply.code(201).header('location', `/v1/reports/${id}/links/${made.link.id}`)
      if (made.version !== null) reply.header('etag', etagOf(made.link.reportId, made.version))
      if (replayed) reply.header('idempotent-replayed', 'true')
      return viewOf(made.link)
    },
  )

  app.delete(
    '/reports/:id/links/:linkId',
    {
      config: { scope: 'reports:verify', notFound: 'report_not_found' },
      schema: {
        operationId: 'unlinkReport',
        tags: ['reports'],
        summary: 'Take back a link of a report',
        description: 'From the report that was linked; a duplicate counts again.',
        params: ReportParams.extend({ linkId: z.uuid() }),
        headers: z.object({ 'if-match': ifMatch }),
        response: {
          204: respond(null, { description: 'It is taken back', headers: { ETag: newVersion } }),
          ...problems('report_not_found', 'link_not_found', 'version_stale', 'precondition_required', 'not_in_charge'),
        },
      },
    },
    async ({ context, params, headers }, reply) => {
      const { id, version } = await unlinkReport(context, { ...params, ifMatch: requireIfMatch(headers['if-match']) })
      return reply.code(204).header('etag', etagOf(id, version)).send()
    },
  )

  app.get(
    '/reports/:id/links',
    {
      config: { scope: 'reports:read', notFound: 'report_not_found' },
      schema: {
        operationId: 'listLinks',
        tags: ['reports'],
        summary: 'What a report is linked to, both ways, and how many offices reported the incident',
        params: ReportParams,
        querystring: ListLinksQuery,
        headers: z.object(BreakGlassHeader),
        response: {
          200: respond(LinkPage, { headers: { Link: linkHeader } }),
          ...problems('report_not_found', 'cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const context = await throughGlass(request.context, request.headers['break-glass'])
      const { items, ...page } = await listLinks({ ...context, cursorKey }, request.params.id, request.query)
      if (page.next !== null) reply.header('link', linkNext(request.url, page.next))
      const shown = items.map(({ link, other }) => ({ ...viewOf(link), other: JSON.parse(other) }))
      return rawJson(JSON.stringify({ items: shown, ...page }))
    },
  )

  app.get(
    '/reports/:id/similar',
    {
      config: { scope: 'reports:read', notFound: 'report_not_found' },
      schema: {
        operationId: 'listSimilar',
        tags: ['reports'],
        summary: 'Which other reports may tell of the same incident?',
        description:
          'Those in the same regency or one next to it (for a report of a province, in that province), near in time, whose ' +
          'subject and facts share many words. `score` is the mean of both likenesses (pg_trgm), less up to three tenths ' +
          'with the days between: half of that for the first day. Below 0.25 nothing is given.',
        params: ReportParams,
        querystring: ListSimilarQuery,
        headers: z.object(BreakGlassHeader),
        response: { 200: SimilarReports, ...problems('report_not_found') },
      },
    },
    async (request) => {
      const context = await throughGlass(request.context, request.headers['break-glass'])
      const found = await listSimilar(context, request.params.id, request.query)
      const items = found.map(({ document, ...scores }) => ({ ...scores, report: JSON.parse(document) }))
      return rawJson(JSON.stringify({ items }))
    },
  )
}

function viewOf({ id, type, reportId, targetId, reason, officeCode, linkedAt }: LinkRow): LinkView {
  return { id, type, report: reportId, target: targetId, reason, office: officeCode, linkedAt }
}
