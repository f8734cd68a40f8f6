import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { nationCode } from '../regions/region.ts'
import { handlingWord } from '../reports/document.ts'
import type { Located } from '../reports/filters.ts'
import { reports } from '../reports/table.ts'

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

/** The columns that reports, or copies of them, are counted by. */
interface Countable extends Located {
  athg: PgColumn
  domain: PgColumn
  incidentType: PgColumn
  severity: PgColumn
  phase: PgColumn
  handling: PgColumn
  localDate: PgColumn
  primaryElection: PgColumn
  primaryStage: PgColumn
  stages: PgColumn
}

const nation = sql.raw(`'${nationCode}'`)
const stageDimensions = ['election', 'stage', 'stageGroup'] as const
type StageDimension = (typeof stageDimensions)[number]
type Plain = Exclude<Dimension, 'region' | StageDimension>

/** What each dimension is of a row of a table. */
export interface Columns {
  region: Record<CountedLevel, SQL | PgColumn>
  primary: Record<StageDimension, SQL | PgColumn>
  plain: Partial<Record<Plain, SQL | PgColumn>>
  /** A row for each stage that was open, one without a stage where none was. */
  openStages: SQL
}

export function columnsIn(r: Countable): Columns {
  const { athg, domain, incidentType, severity, phase } = r
  return {
    // What lies above the level asked for stands under its own region, so that nothing drops out of a total.
    region: {
      province: sql`coalesce(${r.provinceCode}, ${nation})`,
      regency: sql`coalesce(${r.regencyCode}, ${r.provinceCode}, ${nation})`,
      district: r.regionCode,
    },
    primary: { election: r.primaryElection, stage: r.primaryStage, stageGroup: sql`${r.stages} #>> '{0,group}'` },
    plain: {
      ...{ athg, domain, incidentType, severity, phase },
      handling: handlingWord(r.handling),
      day: r.localDate,
      week: r.localDate,
      month: r.localDate,
    },
    openStages: sql`LEFT JOIN LATERAL jsonb_to_recordset(${r.stages}) AS open (election text, stage text, "group" text) ON true`,
  }
}

const ofAny: Columns = columnsIn(reports)
const ofReports: Columns = { ...ofAny, plain: { ...ofAny.plain, status: reports.status } }
const totalled = { ...ofReports.primary, stageGroup: sql`${reports}.stage_group` }
const ofEach: Columns['primary'] = {
  election: sql`open.election`,
  stage: sql`open.stage`,
  stageGroup: sql`open."group"`,
}

/** Where the stages stand in what is counted: in the table, in it joined to `openStages`, or in totals called `reports`. */
export type Rows = 'primary' | 'each' | 'totalled'

const formats = { day: 'YYYY-MM-DD', week: 'IYYY-"W"IW', month: 'YYYY-MM' } as const

/** Whether a dimension is told otherwise than it stands in a row. */
export function isPeriod(dimension: Dimension): dimension is keyof typeof formats {
  return dimension in formats
}

/** How a dimension is told, of what `columnOf` gave. */
export function toldOf(dimension: Dimension, value: SQL): SQL {
  return isPeriod(dimension) ? sql`to_char(${value}::timestamp, ${sql.raw(`'${formats[dimension]}'`)})` : value
}

/** What a dimension is of a row; of a period the day, from which `toldOf` tells it. */
export function columnOf(
  dimension: Dimension,
  level: CountedLevel,
  rows: Rows,
  columns: Columns = ofReports,
): SQL | PgColumn {
  if (dimension === 'region') return columns.region[level]
  if (isOfStages(dimension)) return { primary: columns.primary, each: ofEach, totalled }[rows][dimension]
  const column = columns.plain[dimension]
  if (!column) throw new Error(`Nothing there is counted by ${dimension}`)
  return column
}

export function isOfStages(dimension: Dimension): dimension is StageDimension {
  return (stageDimensions as readonly Dimension[]).includes(dimension)
}

export const openStages = ofReports.openStages
