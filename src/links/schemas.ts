import { z } from 'zod'
import { Cursor, IntegerParam, Limit, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { Reason } from '../reports/correction-schemas.ts'
import { type ReportMember, ReportView } from '../reports/schemas.ts'
import { linkTypes } from './link-rules.ts'

const Type = z
  .enum(linkTypes)
  .describe('`duplicate_of` the same incident, `part_of` a larger one, `follows` from an earlier one')

export const LinkReport = z
  .strictObject({
    type: Type,
    target: z.uuid().describe('The other report: for a duplicate its original, for a part the whole'),
    reason: Reason.optional().describe('Why; read only by those who may see both reports'),
  })
  .meta({ id: 'LinkReport' })
export type LinkReport = z.output<typeof LinkReport>

const link = {
  id: z.uuid(),
  type: Type,
  report: z.uuid().describe('The report that was linked: the duplicate, the part, the follower'),
  target: z.uuid().describe('What it was linked to'),
  reason: Reason.nullable().describe('Null also where it was written under a handling above your clearance'),
  office: RegionCode.describe('The office that linked them'),
  linkedAt: Timestamp,
}
export const LinkView = z.strictObject(link).meta({ id: 'ReportLink' })
export type LinkView = z.output<typeof LinkView>

/** What is shown of a report beside another. */
export const reportSummaryMembers = [
  'id',
  'number',
  'office',
  'status',
  'level',
  'exercise',
  'incidentType',
  'severity',
  'handling',
  'subject',
  'location',
  'occurredAt',
] as const satisfies readonly ReportMember[]
const picked = Object.fromEntries(reportSummaryMembers.map((name) => [name, true])) as {
  [Name in (typeof reportSummaryMembers)[number]]: true
}
const ReportSummary = ReportView.pick(picked).meta({ id: 'ReportSummary' })

const LinkItem = z
  .strictObject({ ...link, other: ReportSummary.describe('The report at the other end') })
  .meta({ id: 'ReportLinkItem' })

export const LinkPage = z
  .strictObject({
    items: z.array(LinkItem).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
    independentSources: z
      .int()
      .min(0)
      .max(1_000)
      .describe(
        'How many offices reported this incident: of this report, its original and their duplicates that you may see and that were neither rejected nor withdrawn',
      ),
  })
  .meta({ id: 'ReportLinkPage' })

export const ListLinksQuery = z.strictObject({
  limit: Limit,
  cursor: Cursor.optional().describe('`next` of the page before'),
})
export type ListLinksQuery = z.output<typeof ListLinksQuery>

export const ListSimilarQuery = z.strictObject({
  days: IntegerParam(1, 30).default(3).meta({ description: 'Days before and after, 1 to 30' }),
  limit: IntegerParam(1, 20).default(10).meta({ description: 'How many at most, 1 to 20' }),
})
export type ListSimilarQuery = z.output<typeof ListSimilarQuery>

const Score = z.number().min(0).max(1)

export const SimilarReports = z
  .strictObject({
    items: z
      .array(
        z
          .strictObject({
            score: Score.describe('How alike the two are, 1 at most; the likeliest duplicate first'),
            subjectScore: Score.describe('Trigrams that the subjects share'),
            factsScore: Score.describe('Trigrams that the beginnings of the facts share'),
            sameRegion: z.boolean().describe('False for a neighbour'),
            linked: z.boolean().describe('A link between the two is there already'),
            report: ReportSummary,
          })
          .meta({ id: 'SimilarReport' }),
      )
      .max(20),
  })
  .meta({ id: 'SimilarReports' })
