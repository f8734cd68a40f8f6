import { z } from 'zod'
import { officeLevels } from '../access/vocabulary.ts'
import { ElectionCode, StageCode } from '../elections/codes.ts'
import { fault } from '../http/contract/fault-of-issue.ts'
import { BooleanParam, CommaList, Cursor, Limit, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { narrativeMembers, type ReportMember, ReportView, reportMembers } from './schemas.ts'
import * as words from './vocabulary.ts'

const anyOf = <Word extends string>(list: readonly [Word, ...Word[]]) => CommaList(z.enum(list), list.length).optional()

/** How a list may be ordered; `-` is newest first, and the id breaks ties. */
export const sorts = ['-occurredAt', 'occurredAt', '-receivedAt', 'receivedAt'] as const
export type Sort = (typeof sorts)[number]

const fieldWords = ['*', ...reportMembers] as const

export const ListReportsQuery = z
  .strictObject({
    region: RegionCode.optional().describe('A region with all that lies below it'),
    election: CommaList(ElectionCode, 20).optional().describe('Election of the primary stage'),
    stage: CommaList(StageCode, 50).optional().describe('Primary stage; `none` asks for what lies outside every stage'),
    anyStage: BooleanParam.default(false).describe(
      'Match `election` and `stage` against every open stage, not the primary one alone',
    ),
    athg: anyOf(words.athgKinds),
    domain: anyOf(words.domains),
    incidentType: CommaList(z.string().regex(/^[a-z][a-z0-9_]{1,49}$/), 50).optional(),
    phase: anyOf(words.phases),
    severity: anyOf(words.severities),
    status: anyOf(words.statuses),
    level: anyOf(officeLevels),
    overdue: BooleanParam.optional().describe('Whether the deadline of the holding level has passed'),
    counted: BooleanParam.optional().describe(
      'Whether statistics count it: no exercise, no duplicate, neither rejected nor withdrawn',
    ),
    exercise: BooleanParam.optional(),
    occurredFrom: Timestamp.optional().describe('From this moment on'),
    occurredTo: Timestamp.optional().describe('Before this moment'),
    receivedFrom: Timestamp.optional().describe('From this moment on'),
    receivedTo: Timestamp.optional().describe('Before this moment'),
    fields: CommaList(z.enum(fieldWords as readonly ['*', ...ReportMember[]]), fieldWords.length)
      .optional()
      .describe('Members to give beside `id`; `*` for all. Without it: all but the narratives and the actors'),
    sort: z.enum(sorts).default('-occurredAt'),
    limit: Limit,
    cursor: Cursor.optional().describe('`next` of the page before'),
  })
  .superRefine((query, ctx) => {
    const reversed = (from: Date | undefined, to: Date | undefined) => from && to && from >= to
    if (reversed(query.occurredFrom, query.occurredTo))
      ctx.addIssue({ code: 'custom', path: ['occurredTo'], params: fault('range_reversed') })
    if (reversed(query.receivedFrom, query.receivedTo))
      ctx.addIssue({ code: 'custom', path: ['receivedTo'], params: fault('range_reversed') })
  })
export type ListReportsQuery = z.output<typeof ListReportsQuery>

/** The members that a query asks for, in the order of the report; the id is always among them. */
export function membersAsked(fields: ListReportsQuery['fields']): ReportMember[] {
  if (!fields) return reportMembers.filter((member) => !(narrativeMembers as readonly string[]).includes(member))
  if (fields.includes('*')) return reportMembers
  return reportMembers.filter((member) => member === 'id' || fields.includes(member))
}

/** A report in a list: the members asked for, the id always. */
export const ReportItem = ReportView.partial().required({ id: true }).meta({ id: 'ReportItem' })

export const ReportPage = z
  .strictObject({
    items: z.array(ReportItem).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'ReportPage' })
