import { z } from 'zod'
import { BreakGlassHeader, throughGlass } from '../break-glass/through-glass.ts'
import { officeDay } from '../classification/office-day.ts'
import { exported, exportNote } from '../exports/documented.ts'
import { exportAsked, sendExport, varies } from '../exports/send-export.ts'
import { problems } from '../http/contract/problems.ts'
import { rawJson, respond } from '../http/contract/responses.ts'
import type { BodyFaults, Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { etagOf, isUnmodified } from '../http/etag.ts'
import { etagHeader, linkHeader, locationHeader } from '../http/header-docs.ts'
import { IdempotencyKey, IfNoneMatch } from '../http/schemas.ts'
import { contentFaults } from './content-faults.ts'
import { storedReportExample, submitReportExample } from './examples.ts'
import { exportReports } from './export-reports.ts'
import { listReports } from './list-reports.ts'
import { ListReportsQuery, ReportPage } from './list-schemas.ts'
import type { ReportSettings } from './new-report.ts'
import { findReport, type StoredReport } from './queries.ts'
import { ReportParams, ReportView, SubmitReport } from './schemas.ts'
import { submitReport } from './submit-report.ts'

const alsoWrong: BodyFaults = ({ context: { db, caller } }, body) => contentFaults(body, caller.scope, db.held)

export interface ReportOptions {
  cursorKey: Uint8Array
  settings: ReportSettings
}

export const reportRoutes: Routes<ReportOptions> = async (app, { cursorKey, settings }) => {
  app.post(
    '/reports',
    {
      config: { scope: 'reports:submit' },
      schema: {
        operationId: 'submitReport',
        tags: ['reports'],
        summary: 'Post a report',
        description:
          'Stores an ATHG report about the own region, numbers it, and classifies it by election stage and region. ' +
          'The same `clientReference` or `Idempotency-Key` with the same content answers with the report that stands.',
        headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
        body: SubmitReport,
        bodyFaults: alsoWrong,
        bodyExamples: { apkVandalism: submitReportExample },
        response: {
          201: respond(ReportView, {
            description: 'The report as it stands',
            headers: {
              Location: locationHeader,
              ETag: etagHeader,
              'Idempotent-Replayed': {
                description: '`true` when it had been posted before',
                schema: { type: 'string', enum: ['true'] },
              },
            },
            examples: { apkVandalism: storedReportExample },
          }),
          ...problems('reference_conflict', 'idempotency_conflict'),
        },
      },
    },
    async (request, reply) => {
      const context = { ...request.context, settings }
      const { report, replayed } = await submitReport(context, request.body, request.headers['idempotency-key'])
      reply.code(201).header('location', `/v1/reports/${report.id}`).header('etag', etagOf(report.id, report.version))
      if (replayed) reply.header('idempotent-replayed', 'true')
      return rawJson(report.document)
    },
  )

  app.get(
    '/reports/:id',
    {
      config: { scope: 'reports:read', notFound: 'report_not_found' },
      schema: {
        operationId: 'findReport',
        tags: ['reports'],
        summary: 'Read a report',
        params: ReportParams,
        headers: z.object({ 'if-none-match': IfNoneMatch.optional(), ...BreakGlassHeader }),
        response: {
          200: respond(ReportView, { headers: { ETag: etagHeader }, examples: { apkVandalism: storedReportExample } }),
          304: respond(null, { description: 'The version that the caller has', headers: { ETag: etagHeader } }),
          ...problems('report_not_found'),
        },
      },
    },
    async (request, reply) => {
      const context = await throughGlass(request.context, request.headers['break-glass'])
      const report: StoredReport = await findReport(context, context.caller.scope, request.params.id)
      const tag = etagOf(report.id, report.version)
      reply.header('etag', tag)
      if (isUnmodified(request.headers['if-none-match'], tag)) return reply.code(304).send()
      return rawJson(report.document)
    },
  )

  app.get(
    '/reports',
    {
      config: { scope: 'reports:read' },
      schema: {
        operationId: 'listReports',
        tags: ['reports'],
        summary: 'List reports by region, stage, kind and time',
        description: exportNote,
        querystring: ListReportsQuery,
        headers: z.object(BreakGlassHeader),
        response: {
          200: respond(ReportPage, {
            headers: { Link: linkHeader, ...exported.headers },
            otherForms: exported.otherForms,
          }),
          ...problems('cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const context = await throughGlass(request.context, request.headers['break-glass'])
      const asked = exportAsked(request)
      if (asked) return sendExport(reply, asked, await exportReports(context, request.query, asked), officeDay(context))
      const { items, next } = await listReports({ ...context, cursorKey }, request.query)
      if (next !== null) reply.header('link', linkNext(request.url, next))
      varies(reply)
      return rawJson(`{"items":[${items.join(',')}],"next":${JSON.stringify(next)}}`)
    },
  )
}
