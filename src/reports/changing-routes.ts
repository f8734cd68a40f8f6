import { z } from 'zod'
import { problems } from '../http/contract/problems.ts'
import { rawJson, respond } from '../http/contract/responses.ts'
import { etagOf } from '../http/etag.ts'
import { etagHeader } from '../http/header-docs.ts'
import { IfMatch } from '../http/schemas.ts'
import { storedReportExample } from './examples.ts'
import type { StoredReport } from './queries.ts'
import { ReportParams, ReportView } from './schemas.ts'

const headers = z.object({ 'if-match': IfMatch.optional() })
/** What every route that makes a new version of a report states. */
export const changing = {
  params: ReportParams,
  headers,
  tags: ['reports'],
  response: {
    200: respond(ReportView, { headers: { ETag: etagHeader }, examples: { apkVandalism: storedReportExample } }),
    ...problems(
      'report_not_found',
      'version_stale',
      'precondition_required',
      'not_in_charge',
      'transition_not_allowed',
    ),
  },
} as const

/** The report as it stands now, with its ETag. */
export function answer(
  reply: { header(name: string, value: string): unknown },
  { id, version, document }: StoredReport,
) {
  reply.header('etag', etagOf(id, version))
  return rawJson(document)
}
