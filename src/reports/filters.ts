import { and, between, eq, gte, isNotNull, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Values } from '../database/statement.ts'
import type { Reference } from '../reference/store.ts'
import type { Region } from '../regions/region.ts'
import { type SharedFilters, severityRank } from './filter-schemas.ts'
import { outsideEveryStage, refuseUnknown } from './known-filters.ts'

const { placeholder } = sql

/** One condition of a query. Filters of one `shape` have one SQL text, so that their statement is compiled and prepared once. */
export interface Filter {
  shape: string
  condition: SQL | undefined
  values: Values
}

/** Which columns say where a row lies. */
export interface Located {
  provinceCode: PgColumn
  regencyCode: PgColumn
  regionCode: PgColumn
}

/** The columns of a table of reports, or of copies of them, that both are asked by. */
export interface Filterable extends Located {
  athg: PgColumn
  domain: PgColumn
  incidentType: PgColumn
  phase: PgColumn
  severityRank: PgColumn
  exercise: PgColumn
  occurredAt: PgColumn
  localDate: PgColumn
  longitude: PgColumn
  latitude: PgColumn
  primaryElection: PgColumn
  primaryStage: PgColumn
  stages: PgColumn
}

/** Of a table of copies, where a null may say that something is not told: when stages or position are, and what lies in a region. */
export interface Told {
  stages: SQL
  position: SQL
  within(region: Region, reference: Reference): Filter
}

/** What can be asked of any such table. What is not told is met by no condition, and neither by the lack of one. */
export function sharedFilters(query: SharedFilters, r: Filterable, reference: Reference, told?: Told): Filter[] {
  refuseUnknown(query, reference)
  const region = query.region === undefined ? undefined : reference.regions.today(query.region)
  const filters = [
    region && (told ? told.within(region, reference) : within(region, r)),
    stagesOf(query, r, told),
    oneOf('athg', r.athg, query.athg),
    oneOf('domain', r.domain, query.domain),
    oneOf('incidentType', r.incidentType, query.incidentType),
    oneOf('phase', r.phase, query.phase),
    oneRank('severity', r.severityRank, query.severity?.map(severityRank)),
    compared('exercise', eq(r.exercise, placeholder('exercise')), query.exercise),
    compared('occurredFrom', gte(r.occurredAt, placeholder('occurredFrom')), query.occurredFrom),
    compared('occurredTo', lt(r.occurredAt, placeholder('occurredTo')), query.occurredTo),
    compared('dateFrom', gte(r.localDate, placeholder('dateFrom')), query.dateFrom),
    compared('dateTo', lte(r.localDate, placeholder('dateTo')), query.dateTo),
    located(query.hasCoordinates, r, told),
    inBox(query.bbox, r),
  ]
  return filters.filter((filter) => filter !== undefined)
}

/** A comparison with a value of the query, where it is given. */
export function compared(name: string, condition: SQL, value: unknown): Filter | undefined {
  return value === undefined ? undefined : { shape: name, condition, values: { [name]: value } }
}

function located(asked: boolean | undefined, r: Filterable, told?: Told): Filter | undefined {
  if (asked === undefined) return undefined
  const condition = asked ? isNotNull(r.longitude) : and(isNull(r.longitude), told?.position)
  return { shape: `located:${asked}`, condition, values: {} }
}

function inBox(bbox: SharedFilters['bbox'], r: Filterable): Filter | undefined {
  if (bbox === undefined) return undefined
  const [west, south, east, north] = bbox
  const condition = and(
    between(r.longitude, placeholder('west'), placeholder('east')),
    between(r.latitude, placeholder('south'), placeholder('north')),
  )
  return { shape: 'bbox', condition, values: { west, south, east, north } }
}

const among = (name: string, column: PgColumn | SQL) => sql`${column} = ANY (${placeholder(name)}::text[])`

/** Any of the words given. One word is an equality, a shape of its own: a list of them gives no order of an index. */
export function oneOf(name: string, column: PgColumn | SQL, words: readonly string[] | undefined): Filter | undefined {
  if (words?.length !== 1) return compared(name, among(name, column), words)
  return { shape: `one:${name}`, condition: sql`${column} = ${placeholder(name)}`, values: { [name]: words[0] } }
}

export function oneRank(name: string, column: PgColumn, ranks: readonly number[] | undefined): Filter | undefined {
  if (ranks?.length !== 1) return compared(name, sql`${column} = ANY (${placeholder(name)}::smallint[])`, ranks)
  return { shape: `one:${name}`, condition: eq(column, placeholder(name)), values: { [name]: ranks[0] } }
}

/** The whole subtree. A district names its regency too, whose index serves it. */
export function within({ code, level, regency }: Region, row: Located): Filter | undefined {
  const isOf = (column: PgColumn, name = 'within') => eq(column, placeholder(name))
  if (level === 'nation') return undefined
  if (level === 'province') return { shape: 'province', condition: isOf(row.provinceCode), values: { within: code } }
  if (level === 'regency') return { shape: 'regency', condition: isOf(row.regencyCode), values: { within: code } }
  const condition = and(isOf(row.regencyCode), isOf(row.regionCode, 'district'))
  return { shape: 'district', condition, values: { within: regency, district: code } }
}

function stagesOf({ election, stage, anyStage }: SharedFilters, r: Filterable, told?: Told): Filter | undefined {
  if (!election && !stage) return undefined
  const named = stage?.filter((code) => code !== outsideEveryStage)
  const outside = stage?.includes(outsideEveryStage) === true
  const columns = anyStage ? ofAnyStage : { election: r.primaryElection, stage: r.primaryStage }
  const parts = [
    election && oneOf('election', columns.election, election),
    named?.length ? oneOf('stage', columns.stage, named) : undefined,
  ].filter((part) => part !== undefined)
  const inside = parts.length > 0 ? and(...parts.map(({ condition }) => condition)) : undefined
  const isOutside = outside ? and(isNull(r.primaryStage), told?.stages) : undefined
  return {
    shape: `stages:${[anyStage, outside, ...parts.map(({ shape }) => shape)].join(':')}`,
    condition: or(inside && anyStage ? inAnyStage(inside, r) : inside, isOutside),
    values: Object.assign({}, ...parts.map(({ values }) => values)),
  }
}

const ofAnyStage = { election: sql`open.election`, stage: sql`open.stage` }

function inAnyStage(matches: SQL, r: Filterable): SQL {
  return sql`EXISTS (SELECT FROM jsonb_to_recordset(${r.stages}) AS open (election text, stage text) WHERE ${matches})`
}
