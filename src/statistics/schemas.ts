import { z } from 'zod'
import { BooleanParam, CommaList, Timestamp } from '../http/schemas.ts'
import { refuseReversedRanges, reportFilters } from '../reports/filter-schemas.ts'
import { countedLevels, countedStatuses, dimensions } from './dimensions.ts'

// What is an exercise, a duplicate, rejected or withdrawn counts nowhere: to ask for it here would be answered by zero for ever.
const { counted: _counted, exercise: _exercise, ...filters } = reportFilters
export const statisticsFilters = {
  ...filters,
  status: CommaList(z.enum(countedStatuses), countedStatuses.length).optional(),
}

export const CountReportsQuery = z
  .strictObject({
    ...statisticsFilters,
    groupBy: CommaList(z.enum(dimensions), 4).describe('What to count by: up to four, each once'),
    regionLevel: z
      .enum(countedLevels)
      .optional()
      .describe('What regions are counted by; one level below the region asked for, or your own, unless said'),
    zeros: BooleanParam.default(false).describe(
      'Whether cells that no report is in are told too, with 0: every region of the level, stage of the calendar, word of a list ' +
        'and week between the days asked for, or between the first and the last counted',
    ),
  })
  .superRefine(refuseReversedRanges)
export type CountReportsQuery = z.output<typeof CountReportsQuery>

/** A code of reference data, a word of a closed list, a day, a week or a month. */
export const CellCode = z
  .string()
  .max(60)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
const Code = CellCode.nullable().optional()

export const CountedCell = z
  .strictObject({
    ...(Object.fromEntries(dimensions.map((name) => [name, Code])) as Record<(typeof dimensions)[number], typeof Code>),
    count: z
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .nullable()
      .describe('Null: hidden from an agency, so that a small number points at nobody'),
  })
  .meta({ id: 'CountedCell' })

export const ReportCounts = z
  .strictObject({
    groupBy: z.array(z.enum(dimensions)).min(1).max(4),
    regionLevel: z.enum(countedLevels).nullable().describe('Null where nothing is counted by region'),
    basis: z
      .enum(['primary_stage', 'any_stage'])
      .describe(
        '`any_stage`: a report counts in every stage that was open, so that the cells add up to more than the total',
      ),
    total: z
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .nullable()
      .describe('Reports in all, each once; null where it would tell a hidden number'),
    items: z.array(CountedCell).max(50_000),
    at: Timestamp.describe('When it was counted'),
  })
  .meta({ id: 'ReportCounts' })
export type ReportCounts = z.output<typeof ReportCounts>
