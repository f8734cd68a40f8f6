import { z } from 'zod'
import { officeLevels } from '../access/vocabulary.ts'
import { Cursor, Limit, OpenList, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { Reason } from './correction-schemas.ts'
import { revisionActions } from './revisions.ts'
import { ReportView, reportMembers } from './schemas.ts'
import { statuses } from './vocabulary.ts'

const Member = OpenList(reportMembers as [string, ...string[]])

const Members = ReportView.partial().meta({ id: 'ReportMembers' })
const ChangesView = z
  .strictObject({ before: Members, after: Members })
  .describe(
    'The members that it changed, before and after; null where that was said under a handling above your clearance',
  )
  .meta({ id: 'ReportChanges' })

/** One version of a report. */
export const RevisionView = z
  .strictObject({
    version: z.int().min(1).max(1_000_000),
    action: OpenList(['submitted', ...revisionActions]).describe(
      'How it came about; an event `report.<action>` tells of it',
    ),
    at: Timestamp,
    office: RegionCode.nullable().describe("Whose office; null for Waspada's own work"),
    client: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/)
      .describe('The client that acted, or the part of Waspada'),
    by: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[\s\S]+$/)
      .describe('The official, or the client itself'),
    status: z.enum(statuses).describe('From this version on'),
    level: z.enum(officeLevels).describe('Who holds it from this version on'),
    changed: z.array(Member).max(100).describe('Members that it changed'),
    reason: Reason.nullable(),
    changes: ChangesView.nullable(),
  })
  .meta({ id: 'ReportRevision' })

export const RevisionPage = z
  .strictObject({
    items: z.array(RevisionView).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'ReportRevisionPage' })

export const ListRevisionsQuery = z.strictObject({
  limit: Limit,
  cursor: Cursor.optional().describe('`next` of the page before'),
})
export type ListRevisionsQuery = z.output<typeof ListRevisionsQuery>
