import { z } from 'zod'
import { fault } from '../http/contract/fault-of-issue.ts'
import { CommaList, Cursor, Limit } from '../http/schemas.ts'
import { refuseReversedRanges, reportFilters } from './filter-schemas.ts'
import { Highlights } from './highlights.ts'
import { narrativeMembers, type ReportMember, ReportView, reportMembers } from './schemas.ts'

/** How a list may be ordered; `-` is newest or most severe first, and the id breaks ties. */
export const sorts = [
  '-occurredAt',
  'occurredAt',
  '-receivedAt',
  'receivedAt',
  '-severity',
  'severity',
  'relevance',
] as const
export type Sort = (typeof sorts)[number]

const fieldWords = ['*', ...reportMembers] as const

export const ListReportsQuery = z
  .strictObject({
    ...reportFilters,
    fields: CommaList(z.enum(fieldWords as readonly ['*', ...ReportMember[]]), fieldWords.length)
      .optional()
      .describe('Members to give beside `id`; `*` for all. Without it: all but the narratives and the actors'),
    sort: z
      .enum(sorts)
      .optional()
      .describe(
        'Without it `-occurredAt`; with `q`, `relevance`, which orders the thousand matches received last. Reports of one ' +
          'severity are ordered by when they occurred',
      ),
    limit: Limit,
    cursor: Cursor.optional().describe('`next` of the page before'),
  })
  .superRefine(refuseReversedRanges)
  .superRefine(({ sort, q }, ctx) => {
    if (sort !== 'relevance' || q !== undefined) return
    const allowed = sorts.filter((word) => word !== 'relevance').join(', ')
    ctx.addIssue({ code: 'custom', path: ['sort'], params: fault('not_allowed', { allowed }) })
  })
export type ListReportsQuery = z.output<typeof ListReportsQuery>

/** The members that a query asks for, in the order of the report; the id is always among them. */
export function membersAsked(fields: ListReportsQuery['fields']): ReportMember[] {
  if (!fields) return reportMembers.filter((member) => !(narrativeMembers as readonly string[]).includes(member))
  if (fields.includes('*')) return reportMembers
  return reportMembers.filter((member) => member === 'id' || fields.includes(member))
}

/** A report in a list: the members asked for, the id always; highlights beside them where `q` was asked. */
export const ReportItem = ReportView.partial()
  .required({ id: true })
  .extend({ highlights: Highlights.optional() })
  .meta({ id: 'ReportItem' })

export const ReportPage = z
  .strictObject({
    items: z.array(ReportItem).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'ReportPage' })
