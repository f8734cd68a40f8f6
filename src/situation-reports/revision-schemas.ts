import { z } from 'zod'
import { Cursor, Limit, OpenList, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { Reason } from '../reports/correction-schemas.ts'
import { SituationReportView, situationMembers } from './schemas.ts'

const Members = SituationReportView.omit({ reports: true }).partial().meta({ id: 'SituationReportMembers' })
const Member = OpenList(situationMembers as [string, ...string[]])

/** One version of a situation report. */
export const SituationRevisionView = z
  .strictObject({
    version: z.int().min(1).max(1_000_000),
    action: OpenList(['submitted', 'corrected']),
    at: Timestamp,
    office: RegionCode,
    client: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
      .describe('The client that acted'),
    by: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[\s\S]+$/)
      .describe('The official, or the client itself'),
    changed: z.array(Member).max(100).describe('Members that it changed'),
    reason: Reason.nullable(),
    changes: z
      .strictObject({ before: Members, after: Members })
      .describe('Those members before and after; without the ids of `reports`')
      .meta({ id: 'SituationReportChanges' }),
  })
  .meta({ id: 'SituationReportRevision' })

export const SituationRevisionPage = z
  .strictObject({
    items: z.array(SituationRevisionView).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'SituationReportRevisionPage' })

export const ListSituationRevisionsQuery = z.strictObject({
  limit: Limit,
  cursor: Cursor.optional().describe('`next` of the page before'),
})
export type ListSituationRevisionsQuery = z.output<typeof ListSituationRevisionsQuery>
