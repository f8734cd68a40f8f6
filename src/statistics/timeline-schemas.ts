import { z } from 'zod'
import { BandView } from '../classification/schemas.ts'
import { LocalDate, Timestamp } from '../http/schemas.ts'
import { timeZones } from '../regions/region.ts'
import { RegionCode } from '../regions/schemas.ts'
import { refuseReversedRanges } from '../reports/filter-schemas.ts'
import { countedLevels, dimensions } from './dimensions.ts'
import { intervals } from './periods.ts'
import { CellCode, statisticsFilters } from './schemas.ts'

export const mostPeriods = 1_500
export const mostPoints = 100_000

const splits = dimensions.filter((dimension) => dimension !== 'week')

export const GetTimelineQuery = z
  .strictObject({
    ...statisticsFilters,
    dateFrom: LocalDate.optional().describe(
      'From this day on, by the calendar of the region where it happened; with the first period that has a report unless said',
    ),
    dateTo: LocalDate.optional().describe(
      'Up to this day, itself included, by the calendar of the region; with the last period that has a report unless said',
    ),
    interval: z.enum(intervals).default('day').describe('A week is that of ISO 8601, from Monday'),
    splitBy: z.enum(splits).optional().describe('A series for each of these; one series of all unless said'),
    regionLevel: z
      .enum(countedLevels)
      .optional()
      .describe('What regions `splitBy=region` is by; one level below the region asked for, or your own, unless said'),
  })
  .superRefine(refuseReversedRanges)
export type GetTimelineQuery = z.output<typeof GetTimelineQuery>

const Count = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

export const TimelinePeriod = z
  .strictObject({
    name: z
      .string()
      .regex(/^\d{4}-(?:W\d{2}|\d{2}(?:-\d{2})?)$/)
      .describe('`2024-11-26`, `2024-W48` or `2024-11`'),
    startsOn: LocalDate.describe('Its first day that lies between `from` and `to`'),
    endsOn: LocalDate.describe('Its last day that lies between `from` and `to`'),
    partial: z.boolean().describe('Whether `from` or `to` cuts days off it, whose reports are not counted'),
  })
  .meta({ id: 'TimelinePeriod' })

export const TimelineSeries = z
  .strictObject({
    key: CellCode.nullable().describe('Null: outside every stage, or all reports where nothing splits them'),
    counts: z
      .array(Count.nullable())
      .min(1)
      .max(mostPeriods)
      .describe('Reports in each period, in the order of `periods`; null where a number is hidden from an agency'),
    total: Count.nullable().describe('Null where it would tell a hidden number'),
  })
  .meta({ id: 'TimelineSeries' })

export const Timeline = z
  .strictObject({
    region: RegionCode,
    timeZone: z
      .enum(timeZones)
      .nullable()
      .describe(
        'Whose days these are; null where the region spans several: each report stands on the day it was there',
      ),
    interval: z.enum(intervals),
    from: LocalDate,
    to: LocalDate,
    splitBy: z.enum(splits).nullable(),
    regionLevel: z.enum(countedLevels).nullable().describe('Null unless split by region'),
    basis: z.enum(['primary_stage', 'any_stage']).describe('Which stages of a report count; see `overlapping`'),
    overlapping: z
      .boolean()
      .describe(
        'Whether a report may stand in several series (`any_stage` split by stage), which then add up to more than `total`',
      ),
    total: Count.nullable().describe(
      'Reports in all; what the series add up to unless they overlap. Null where it would tell a hidden number',
    ),
    periods: z.array(TimelinePeriod).min(1).max(mostPeriods),
    series: z.array(TimelineSeries).max(10_000).describe('By `key`, null last; a value that no report has is left out'),
    bands: z
      .array(BandView)
      .max(10_000)
      .describe(
        'Stages of the calendar in force that are open in `region` on any day from `from` to `to`, the earliest first. ' +
          'A province, or the nation, has those of its own contests alone; see `deviations`',
      ),
    deviations: z
      .int()
      .min(0)
      .max(10_000)
      .describe('How many regencies in `region` have other bands than it in these days, contests aside'),
    calendarVersion: z.int().min(1).max(1_000_000),
    at: Timestamp.describe('When it was counted'),
  })
  .meta({ id: 'Timeline' })
export type Timeline = z.output<typeof Timeline>
