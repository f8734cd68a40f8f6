import { z } from 'zod'
import { problems } from '../http/contract/problems.ts'
import { rawJson, respond } from '../http/contract/responses.ts'
import type { BodyFaults, Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { etagOf, isUnmodified, requireIfMatch } from '../http/etag.ts'
import { etagHeader, linkHeader, locationHeader } from '../http/header-docs.ts'
import { IdempotencyKey, IfMatch, IfNoneMatch } from '../http/schemas.ts'
import { correctSituationReport } from './correct-situation-report.ts'
import { nothingToReportExample, storedSituationReportExample, submitSituationReportExample } from './examples.ts'
import { ListSituationReportsQuery, SituationReportPage } from './list-schemas.ts'
import { listSituationReports } from './list-situation-reports.ts'
import { findSituationReport } from './queries.ts'
import { ListSituationRevisionsQuery, SituationRevisionPage } from './revision-schemas.ts'
import { CorrectSituationReport, SituationReportParams, SituationReportView, SubmitSituationReport } from './schemas.ts'
import { situationFaults } from './situation-faults.ts'
import { listSituationRevisions } from './situation-revisions.ts'
import { submitSituationReport } from './submit-situation-report.ts'

const tags = ['situation-reports'] as const
const examples = { daily: storedSituationReportExample }
const notFound = 'situation_report_not_found'
const alsoWrong: BodyFaults = ({ context: { db, caller, now } }, body) =>
  situationFaults(body, { scope: caller.scope, reference: db.held, now })

/** What each office owes its level above: the situation of its region by day, week and month. */
export const situationReportRoutes: Routes<{ cursorKey: Uint8Array }> = async (app, { cursorKey }) => {
  app.post(
    '/situation-reports',
    {
      config: { scope: 'reports:submit' },
      schema: {
        operationId: 'submitSituationReport',
        tags,
        summary: 'Report the situation of the own region for a day, a week or a month',
        description:
          'LAPSITDA; "nothing to report" (laporan nihil) is a report. One for each office, kind and period, exercises apart: ' +
          'the same content again answers with the report that stands, other content is 409. A late one is flagged and never refused.',
        headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
        body: SubmitSituationReport,
        bodyFaults: alsoWrong,
        bodyExamples: { daily: submitSituationReportExample, nothingToReport: nothingToReportExample },
        response: {
          201: respond(SituationReportView, {
            description: 'The situation report as it stands',
            headers: {
              Location: locationHeader,
              ETag: etagHeader,
              'Idempotent-Replayed': {
                description: '`true` when it had been posted before',
                schema: { type: 'string', enum: ['true'] },
              },
            },
            examples,
          }),
          ...problems('situation_report_exists', 'idempotency_conflict'),
        },
      },
    },
    async ({ context, body, headers }, reply) => {
      const { made, replayed } = await submitSituationReport(context, body, headers['idempotency-key'])
      reply
        .code(201)
        .header('location', `/v1/situation-reports/${made.id}`)
        .header('etag', etagOf(made.id, made.version))
      if (replayed) reply.header('idempotent-replayed', 'true')
      return rawJson(made.document)
    },
  )

  app.get(
    '/situation-reports/:id',
    {
      config: { scope: 'reports:read', notFound },
      schema: {
        operationId: 'findSituationReport',
        tags,
        summary: 'Read a situation report',
        params: SituationReportParams,
        headers: z.object({ 'if-none-match': IfNoneMatch.optional() }),
        response: {
          200: respond(SituationReportView, { headers: { ETag: etagHeader }, examples }),
          304: respond(null, { description: 'The version that the caller has', headers: { ETag: etagHeader } }),
          ...problems(notFound),
        },
      },
    },
    async ({ context, params, headers }, reply) => {
      const { id, version, document } = await findSituationReport(context, params.id)
      const tag = etagOf(id, version)
      reply.header('etag', tag)
      if (isUnmodified(headers['if-none-match'], tag)) return reply.code(304).send()
      return rawJson(document)
    },
  )

  app.patch(
    '/situation-reports/:id',
    {
      config: { scope: 'reports:submit', notFound },
      schema: {
        operationId: 'correctSituationReport',
        tags,
        summary: 'Correct a situation report',
        description:
          'A JSON Merge Patch, which makes a new version; by the office that reported, with a reason once the deadline has ' +
          'passed. When it was received, and so whether it came in time, stays as it is.',
        params: SituationReportParams,
        headers: z.object({ 'if-match': IfMatch.optional() }),
        body: CorrectSituationReport,
        bodyExamples: {
          more: { situation: 'Situasi kondusif hingga pukul 24.00.', reason: 'Data malam hari menyusul.' },
        },
        response: {
          200: respond(SituationReportView, { headers: { ETag: etagHeader }, examples }),
          ...problems(notFound, 'version_stale', 'precondition_required', 'not_in_charge'),
        },
      },
    },
    async ({ context, params: { id }, headers, body: patch }, reply) => {
      const ifMatch = requireIfMatch(headers['if-match'])
      const { version, document } = await correctSituationReport(context, { id, ifMatch, patch })
      reply.header('etag', etagOf(id, version))
      return rawJson(document)
    },
  )

  app.get(
    '/situation-reports/:id/revisions',
    {
      config: { scope: 'reports:read', notFound },
      schema: {
        operationId: 'listSituationRevisions',
        tags,
        summary: 'Every version of a situation report: who, when, what changed and why',
        params: SituationReportParams,
        querystring: ListSituationRevisionsQuery,
        response: {
          200: respond(SituationRevisionPage, { headers: { Link: linkHeader } }),
          ...problems(notFound, 'cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const { context, params, query } = request
      const { items, next } = await listSituationRevisions({ ...context, cursorKey }, params.id, query)
      if (next !== null) reply.header('link', linkNext(request.url, next))
      return rawJson(`{"items":[${items.join(',')}],"next":${JSON.stringify(next)}}`)
    },
  )

  app.get(
    '/situation-reports',
    {
      config: { scope: 'reports:read' },
      schema: {
        operationId: 'listSituationReports',
        tags,
        summary: 'List situation reports by office, region and period, the last received first',
        querystring: ListSituationReportsQuery,
        response: {
          200: respond(SituationReportPage, { headers: { Link: linkHeader } }),
          ...problems('cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const { items, next } = await listSituationReports({ ...request.context, cursorKey }, request.query)
      if (next !== null) reply.header('link', linkNext(request.url, next))
      return rawJson(`{"items":[${items.join(',')}],"next":${JSON.stringify(next)}}`)
    },
  )
}
