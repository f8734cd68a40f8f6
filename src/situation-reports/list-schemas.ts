import { z } from 'zod'
import { OfficeCode } from '../access/claims.ts'
import { fault } from '../http/contract/fault-of-issue.ts'
import { BooleanParam, Cursor, Limit, LocalDate } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { PeriodName, SituationReportView } from './schemas.ts'
import { periodKinds, timelinesses } from './vocabulary.ts'

export const ListSituationReportsQuery = z
  .strictObject({
    office: OfficeCode.optional().describe('The office that reported'),
    region: RegionCode.optional().describe('Offices of a region and of all that lies below it'),
    kind: z.enum(periodKinds).optional(),
    period: PeriodName.optional(),
    periodFrom: LocalDate.optional().describe('Periods that end on this day or later'),
    periodTo: LocalDate.optional().describe('Periods that begin on this day or earlier'),
    nothingToReport: BooleanParam.optional(),
    timeliness: z.enum(timelinesses).optional(),
    exercise: BooleanParam.optional(),
    limit: Limit,
    cursor: Cursor.optional().describe('`next` of the page before'),
  })
  .superRefine(({ periodFrom, periodTo }, ctx) => {
    if (periodFrom !== undefined && periodTo !== undefined && periodFrom > periodTo)
      ctx.addIssue({ code: 'custom', path: ['periodTo'], params: fault('range_reversed') })
  })
export type ListSituationReportsQuery = z.output<typeof ListSituationReportsQuery>

/** A situation report in a list: without its narratives and the reports that it rests on. */
export const SituationReportItem = SituationReportView.omit({ situation: true, sections: true, reports: true }).meta({
  id: 'SituationReportItem',
})
export const itemMembers = Object.keys(SituationReportItem.shape) as (keyof z.output<typeof SituationReportItem>)[]

export const SituationReportPage = z
  .strictObject({
    items: z.array(SituationReportItem).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'SituationReportPage' })
