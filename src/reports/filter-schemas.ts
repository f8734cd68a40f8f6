import { z } from 'zod'
import { officeLevels } from '../access/vocabulary.ts'
import { ElectionCode, StageCode } from '../elections/codes.ts'
import { fault } from '../http/contract/fault-of-issue.ts'
import { BooleanParam, CommaList, LocalDate, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import * as words from './vocabulary.ts'

const anyOf = <Word extends string>(list: readonly [Word, ...Word[]]) => CommaList(z.enum(list), list.length).optional()

/** What reports can be asked for by, wherever they are listed, counted or exported: all of it combined. */
export const reportFilters = {
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
  dateFrom: LocalDate.optional().describe('From this day on, by the calendar of the region where it happened'),
  dateTo: LocalDate.optional().describe('Up to this day, itself included, by the calendar of the region'),
}

const Filters = z.strictObject(reportFilters)
export type ReportFilters = z.output<typeof Filters>

/** Ranges of moments end before their second one; a range of days may be of one day. */
export function refuseReversedRanges(query: ReportFilters, ctx: z.RefinementCtx): void {
  const refuse = (parameter: keyof ReportFilters) =>
    ctx.addIssue({ code: 'custom', path: [parameter], params: fault('range_reversed') })
  const { occurredFrom, occurredTo, receivedFrom, receivedTo, dateFrom, dateTo } = query
  if (occurredFrom && occurredTo && occurredFrom >= occurredTo) refuse('occurredTo')
  if (receivedFrom && receivedTo && receivedFrom >= receivedTo) refuse('receivedTo')
  if (dateFrom && dateTo && dateFrom > dateTo) refuse('dateTo')
}
