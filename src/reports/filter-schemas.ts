import { z } from 'zod'
import { officeLevels } from '../access/vocabulary.ts'
import { ElectionCode, StageCode } from '../elections/codes.ts'
import { fault } from '../http/contract/fault-of-issue.ts'
import { BooleanParam, CommaList, LocalDate, Text, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import * as words from './vocabulary.ts'

const anyOf = <Word extends string>(list: readonly [Word, ...Word[]]) => CommaList(z.enum(list), list.length).optional()

/** Anything is understood; what has no word in it would find nothing, and be believed. */
const Words = Text(2, 200)
  .check(({ value, issues }) => {
    if (!/[\p{L}\p{N}]/u.test(value))
      issues.push({ code: 'custom', input: value, params: fault('too_short', { minimum: 2 }) })
  })
  .describe(
    'Words of subject, narratives or place, in Indonesian: most forms of each word (`membakar` finds `dibakar`; `merusak` does not find `perusakan`), all of them, in any order. ' +
      '`"a phrase"`, which may run on from one of them to the next; `-without`; `or` or `atau` between two words. Function words such as `yang` are left out unless in a phrase',
  )

const degrees = [-180, -90, -180, -90]
/** `[west, south, east, north]` in a query parameter. */
const Box = z
  .codec(z.string(), z.tuple([z.number(), z.number(), z.number(), z.number()]), {
    decode(given, ctx): [number, number, number, number] {
      const sides = given.split(',').map((side) => (/^-?\d{1,3}(\.\d{1,15})?$/.test(side) ? Number(side) : Number.NaN))
      const [west = 0, south = 0, east = 0, north = 0] = sides
      const refuse = (params: Record<string, unknown>) => ctx.issues.push({ code: 'custom', input: given, params })
      if (sides.length !== 4 || sides.some(Number.isNaN))
        refuse(fault('format_invalid', { format: 'west,south,east,north' }))
      else if (sides.some((side, place) => side < (degrees[place] ?? 0))) refuse(fault('too_small', { minimum: -180 }))
      else if (sides.some((side, place) => side > -(degrees[place] ?? 0))) refuse(fault('too_large', { maximum: 180 }))
      else if (west >= east || south >= north) refuse(fault('range_reversed'))
      else return [west, south, east, north]
      return z.NEVER
    },
    encode: (sides) => sides.join(','),
  })
  .describe('`west,south,east,north` in degrees, its edges included; never across the antimeridian')

/** What reports can be asked for by, and what agencies receive of them. */
export const sharedFilters = {
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
  exercise: BooleanParam.optional(),
  occurredFrom: Timestamp.optional().describe('From this moment on'),
  occurredTo: Timestamp.optional().describe('Before this moment'),
  dateFrom: LocalDate.optional().describe('From this day on, by the calendar of the region where it happened'),
  dateTo: LocalDate.optional().describe('Up to this day, itself included, by the calendar of the region'),
  q: Words.optional(),
  bbox: Box.optional(),
  hasCoordinates: BooleanParam.optional().describe('Whether it is said by coordinates where it happened'),
}

/** What reports can be asked for by, wherever they are listed, counted or exported: all of it combined. */
export const reportFilters = {
  ...sharedFilters,
  status: anyOf(words.statuses),
  level: anyOf(officeLevels),
  overdue: BooleanParam.optional().describe('Whether the deadline of the holding level has passed'),
  counted: BooleanParam.optional().describe(
    'Whether statistics count it: no exercise, no duplicate, neither rejected nor withdrawn',
  ),
  receivedFrom: Timestamp.optional().describe('From this moment on'),
  receivedTo: Timestamp.optional().describe('Before this moment'),
}

const Shared = z.strictObject(sharedFilters)
export type SharedFilters = z.output<typeof Shared>
const Filters = z.strictObject(reportFilters)
export type ReportFilters = z.output<typeof Filters>

/** Low is 1, as the column `severity_rank` has it. */
export function severityRank(severity: (typeof words.severities)[number]): number {
  return words.severities.indexOf(severity) + 1
}

type Ends = Date | string | undefined

/** Ranges of moments end before their second one; a range of days may be of one day. */
export function refuseReversedRanges(query: Readonly<Record<string, unknown>>, ctx: z.RefinementCtx): void {
  for (const name of ['occurred', 'received', 'released', 'date']) {
    const [from, to] = [query[`${name}From`] as Ends, query[`${name}To`] as Ends]
    if (from === undefined || to === undefined || from < to || (name === 'date' && from === to)) continue
    ctx.addIssue({ code: 'custom', path: [`${name}To`], params: fault('range_reversed') })
  }
}
