import { z } from 'zod'
import { problems } from '../http/contract/problems.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { requireIfMatch } from '../http/etag.ts'
import { answer, changing } from './changing-routes.ts'
import { closeReport } from './close-report.ts'
import { Reason } from './correction-schemas.ts'
import { escalateReport } from './escalate-report.ts'
import { rejectReport } from './reject-report.ts'
import { reopenReport } from './reopen-report.ts'
import { returnReport } from './return-report.ts'
import type { ReportOptions } from './routes.ts'
import { Outcome } from './schemas.ts'
import { verifyReport } from './verify-report.ts'
import { withdrawReport } from './withdraw-report.ts'

const Explained = z.strictObject({ reason: Reason }).meta({ id: 'Explained' })
const MaybeExplained = z.strictObject({ reason: Reason.optional() }).meta({ id: 'MaybeExplained' })
const Closing = z.strictObject({ outcome: Outcome }).meta({ id: 'CloseReport' })

const judging = {
  ...changing,
  response: {
    ...changing.response,
    ...problems('not_in_charge', 'transition_not_allowed', 'author_may_not_verify', 'person_required'),
  },
} as const
const bySubmitting = { scope: 'reports:submit', notFound: 'report_not_found' } as const
const byVerifying = { scope: 'reports:verify', notFound: 'report_not_found' } as const
const because = { because: { reason: 'Bawaslu Kota Kendari tidak menemukan kerusakan di lokasi.' } }

export const reportLifeRoutes: Routes<Pick<ReportOptions, 'settings'>> = async (app, { settings }) => {
  app.post(
    '/reports/:id/withdraw',
    {
      config: bySubmitting,
      schema: {
        ...changing,
        operationId: 'withdrawReport',
        summary: 'Take back a report that nobody has judged yet',
        body: MaybeExplained,
        bodyOptional: true,
      },
    },
    async ({ context, params: { id }, headers, body }, reply) => {
      const move = { id, ifMatch: requireIfMatch(headers['if-match']), reason: body?.reason ?? null }
      return answer(reply, await withdrawReport({ ...context, settings }, move))
    },
  )

  app.post(
    '/reports/:id/verify',
    {
      config: byVerifying,
      schema: {
        ...judging,
        operationId: 'verifyReport',
        summary: 'Confirm a submitted report',
        description: 'By an official of the holding level or above who neither posted nor corrected it.',
        body: MaybeExplained,
        bodyOptional: true,
      },
    },
    async ({ context, params: { id }, headers, body }, reply) => {
      const move = { id, ifMatch: requireIfMatch(headers['if-match']), reason: body?.reason ?? null }
      return answer(reply, await verifyReport({ ...context, settings }, move))
    },
  )

  app.post(
    '/reports/:id/reject',
    {
      config: byVerifying,
      schema: {
        ...judging,
        operationId: 'rejectReport',
        summary: 'Find that a submitted report does not hold',
        body: Explained,
        bodyExamples: because,
      },
    },
    async ({ context, params: { id }, headers, body: { reason } }, reply) => {
      const move = { id, ifMatch: requireIfMatch(headers['if-match']), reason }
      return answer(reply, await rejectReport({ ...context, settings }, move))
    },
  )

  app.post(
    '/reports/:id/escalate',
    {
      config: byVerifying,
      schema: {
        ...changing,
        operationId: 'escalateReport',
        summary: 'Hand a verified report to the level above',
        body: MaybeExplained,
        bodyOptional: true,
      },
    },
    async ({ context, params: { id }, headers, body }, reply) => {
      const move = { id, ifMatch: requireIfMatch(headers['if-match']), reason: body?.reason ?? null }
      return answer(reply, await escalateReport({ ...context, settings }, move))
    },
  )

  app.post(
    '/reports/:id/return',
    {
      config: byVerifying,
      schema: {
        ...changing,
        operationId: 'returnReport',
        summary: 'Hand an escalated report back to the level below',
        body: Explained,
        bodyExamples: because,
      },
    },
    async ({ context, params: { id }, headers, body: { reason } }, reply) => {
      const move = { id, ifMatch: requireIfMatch(headers['if-match']), reason }
      return answer(reply, await returnReport({ ...context, settings }, move))
    },
  )

  app.post(
    '/reports/:id/close',
    {
      config: byVerifying,
      schema: {
        ...changing,
        operationId: 'closeReport',
        summary: 'End a verified report, with what came of it',
        body: Closing,
        bodyExamples: { done: { outcome: 'Tiga pelaku diamankan Polresta Kendari; situasi kondusif.' } },
      },
    },
    async ({ context, params: { id }, headers, body: { outcome } }, reply) => {
      const closing = { id, ifMatch: requireIfMatch(headers['if-match']), outcome }
      return answer(reply, await closeReport({ ...context, settings }, closing))
    },
  )

  app.post(
    '/reports/:id/reopen',
    {
      config: byVerifying,
      schema: {
        ...changing,
        operationId: 'reopenReport',
        summary: 'Take up a report that had ended',
        description: 'By a level above the one that holds it; the nation reopens its own.',
        body: Explained,
        bodyExamples: because,
      },
    },
    async ({ context, params: { id }, headers, body: { reason } }, reply) => {
      const move = { id, ifMatch: requireIfMatch(headers['if-match']), reason }
      return answer(reply, await reopenReport({ ...context, settings }, move))
    },
  )
}
