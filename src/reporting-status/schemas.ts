import { z } from 'zod'
import { OfficeCode } from '../access/claims.ts'
import { officeLevels } from '../access/vocabulary.ts'
import { fault } from '../http/contract/fault-of-issue.ts'
import { CommaList, LocalDate, Text, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { parsePeriod } from '../situation-reports/period.ts'
import { PeriodName } from '../situation-reports/schemas.ts'
import { periodKinds } from '../situation-reports/vocabulary.ts'

/** What became of a report that an office owed. */
export const reportingStates = ['on_time', 'late', 'silent', 'pending'] as const
export type ReportingState = (typeof reportingStates)[number]

export const ReportingStatusQuery = z
  .strictObject({
    period: PeriodName,
    kind: z.enum(periodKinds).optional().describe('The kind of the period, which its form says already'),
    region: RegionCode.optional().describe('A region of your own with all that lies below it'),
    status: CommaList(z.enum(reportingStates), reportingStates.length)
      .optional()
      .describe('Offices to give in `items`; the sums stay those of all'),
  })
  .superRefine(({ period, kind }, ctx) => {
    if (kind !== undefined && parsePeriod(period) && parsePeriod(period)?.kind !== kind)
      ctx.addIssue({ code: 'custom', path: ['period'], params: fault('period_invalid') })
  })
export type ReportingStatusQuery = z.output<typeof ReportingStatusQuery>

const Count = z.int().min(0).max(1_000)
const Share = z.number().min(0).max(1).nullable()

const sums = {
  owed: Count.describe('Offices that owe a report'),
  due: Count.describe('Those of them whose deadline has passed'),
  reported: Count.describe('`onTime` and `late`'),
  onTime: Count,
  late: Count,
  silent: Count.describe('No report, and the deadline has passed'),
  pending: Count.describe('No report yet, and still time'),
  completeness: Share.describe(
    'Of the offices whose deadline has passed, the share that has reported, in time or late; null while there is none',
  ),
  timeliness: Share.describe(
    'Of the offices whose deadline has passed, the share that reported in time; null while there is none',
  ),
}

const ReportingSums = z.strictObject(sums).meta({ id: 'ReportingSums' })
const ProvinceSums = z
  .strictObject({ region: RegionCode.describe('A province; `00` for the national office itself'), ...sums })
  .meta({ id: 'ProvinceReportingSums' })

const OfficeStatus = z
  .strictObject({
    office: OfficeCode,
    level: z.enum(officeLevels),
    name: Text(1, 200),
    status: z.enum(reportingStates),
    dueAt: Timestamp.describe('The deadline, on the clock of the office'),
    receivedAt: Timestamp.nullable(),
    situationReport: z.uuid().nullable().describe('Its report; null where there is none that you are cleared for'),
    nothingToReport: z.boolean().nullable().describe('What that report says; null where it is not for you'),
    silence: z.uuid().nullable().describe('Subject of the event `situation_report.missing`, once it was announced'),
  })
  .meta({ id: 'OfficeReportingStatus' })

export const ReportingStatus = z
  .strictObject({
    kind: z.enum(periodKinds),
    period: PeriodName,
    periodFrom: LocalDate,
    periodTo: LocalDate,
    at: Timestamp.describe('The moment of this answer'),
    total: ReportingSums,
    provinces: z.array(ProvinceSums).max(100).describe('By province; they add up to `total`'),
    items: z.array(OfficeStatus).max(1_000).describe('Each office that owes a report, by its code'),
  })
  .meta({ id: 'ReportingStatus' })
export type ReportingStatus = z.output<typeof ReportingStatus>

const Obligation = z
  .strictObject({
    id: z.uuid(),
    level: z.enum(officeLevels),
    office: OfficeCode.nullable().describe(
      'One office, in place of what its level owes; null for every office of the level',
    ),
    kind: z.enum(periodKinds),
    owed: z.boolean().describe('False: the office is exempt'),
    daysAfter: z.int().min(0).max(31).nullable().describe('Days from the last day of the period to the deadline'),
    dueTime: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .nullable()
      .describe("Time of the deadline on the office's own clock"),
    validFrom: LocalDate.describe('Periods that begin on this day or later'),
    validTo: LocalDate.nullable().describe('Periods that begin on this day or earlier; null for no end'),
  })
  .meta({ id: 'ReportingObligation' })
export type Obligation = z.output<typeof Obligation>

export const ObligationList = z
  .strictObject({ items: z.array(Obligation).max(5_000) })
  .meta({ id: 'ReportingObligationList' })
