import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { handlingLevels } from '../access/vocabulary.ts'
import { nationCode } from '../regions/region.ts'
import { reports as r } from '../reports/table.ts'

/** What reports can be counted by. `week` is the ISO week of the day it happened, in the region. */
export const dimensions = [
  'region',
  'election',
  'stage',
  'stageGroup',
  'athg',
  'domain',
  'incidentType',
  'severity',
  'phase',
  'status',
  'handling',
  'week',
] as const
export type CountedDimension = (typeof dimensions)[number]
/** `day` and `month` are of the day it happened, in the region, as is `week`. */
export type Dimension = CountedDimension | 'day' | 'month'

/** Of the life of a report, what counts: neither rejected nor withdrawn. */
export const countedStatuses = ['submitted', 'verified', 'escalated', 'closed'] as const

/** What a region is rolled up to. */
export const countedLevels = ['province', 'regency', 'district'] as const
export type CountedLevel = (typeof countedLevels)[number]

/** Where the stages of a report are read from: its primary one, or each that was open. */
export type StageBasis = 'primary_stage' | 'any_stage'

const nation = sql.raw(`'${nationCode}'`)
/** A report above the level asked for stands under its own region, so that no report drops out of a total. */
const regionAt: Record<CountedLevel, SQL> = {
  province: sql`coalesce(${r.provinceCode}, ${nation})`,
  regency: sql`coalesce(${r.regencyCode}, ${r.provinceCode}, ${nation})`,
  district: sql`${r.regionCode}`,
}
const handlingWord = sql`(ARRAY[${sql.raw(handlingLevels.map((word) => `'${word}'`).join(', '))}])[${r.handling} + 1]`

const plain: Record<Exclude<Dimension, 'region' | 'election' | 'stage' | 'stageGroup'>, SQL | PgColumn> = {
  athg: r.athg,
  domain: r.domain,
  incidentType: r.incidentType,
  severity: r.severity,
  phase: r.phase,
  status: r.status,
  handling: handlingWord,
  day: r.localDate,
  week: r.localDate,
  month: r.localDate,
}
const formats = { day: 'YYYY-MM-DD', week: 'IYYY-"W"IW', month: 'YYYY-MM' } as const
const ofPrimary = { election: r.primaryElection, stage: r.primaryStage }
const stages = {
  primary: { ...ofPrimary, stageGroup: sql`${r.stages} #>> '{0,group}'` },
  each: { election: sql`open.election`, stage: sql`open.stage`, stageGroup: sql`open."group"` },
  totalled: { ...ofPrimary, stageGroup: sql`${r}.stage_group` },
}
/** Where the stages stand in what is counted: in `reports`, in `reports` joined to `openStages`, or in totals called `reports`. */
export type Rows = keyof typeof stages

/** Whether a dimension is told otherwise than it stands in a row. */
export function isPeriod(dimension: Dimension): dimension is keyof typeof formats {
  return dimension in formats
}

/** How a dimension is told, of what `columnOf` gave. */
export function toldOf(dimension: Dimension, value: SQL): SQL {
  return isPeriod(dimension) ? sql`to_char(${value}::timestamp, ${sql.raw(`'${formats[dimension]}'`)})` : value
}

/** What a dimension is of a row; of a period the day, from which `toldOf` tells it. */
export function columnOf(dimension: Dimension, level: CountedLevel, rows: Rows): SQL | PgColumn {
  if (dimension === 'region') return regionAt[level]
  if (dimension === 'election' || dimension === 'stage' || dimension === 'stageGroup') return stages[rows][dimension]
  return plain[dimension]
}

/** A row for each stage that was open, one without a stage where none was. */
export const openStages = sql`LEFT JOIN LATERAL jsonb_to_recordset(${r.stages}) AS open (election text, stage text, "group" text) ON true`
