import { and, eq, gte, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Values } from '../database/statement.ts'
import { DomainError, type Fault } from '../errors.ts'
import type { Reference } from '../reference/store.ts'
import type { Region } from '../regions/region.ts'
import type { ReportFilters } from './filter-schemas.ts'
import { reports as r } from './table.ts'

const { placeholder } = sql
const outsideEveryStage = 'none'

/** One condition of a query. Filters of one `shape` have one SQL text, so that their statement is compiled and prepared once. */
export interface Filter {
  shape: string
  condition: SQL | undefined
  values: Values
}

/** The conditions of a query beside the caller's scope. @param now deadlines are past or not at this moment. @throws DomainError parameter_invalid naming what does not exist */
export function filtersOf(query: ReportFilters, reference: Reference, now: Date): Filter[] {
  refuseUnknown(query, reference)
  const region = query.region === undefined ? undefined : reference.regions.today(query.region)
  const filters = [
    region && within(region, r),
    stagesOf(query),
    oneOf('athg', r.athg, query.athg),
    oneOf('domain', r.domain, query.domain),
    oneOf('incidentType', r.incidentType, query.incidentType),
    oneOf('phase', r.phase, query.phase),
    oneOf('severity', r.severity, query.severity),
    oneOf('status', r.status, query.status),
    oneOf('level', r.level, query.level),
    compared('counted', eq(r.counted, placeholder('counted')), query.counted),
    overdue(query.overdue, now),
    compared('exercise', eq(r.exercise, placeholder('exercise')), query.exercise),
    compared('occurredFrom', gte(r.occurredAt, placeholder('occurredFrom')), query.occurredFrom),
    compared('occurredTo', lt(r.occurredAt, placeholder('occurredTo')), query.occurredTo),
    compared('receivedFrom', gte(r.receivedAt, placeholder('receivedFrom')), query.receivedFrom),
    compared('receivedTo', lt(r.receivedAt, placeholder('receivedTo')), query.receivedTo),
    compared('dateFrom', gte(r.localDate, placeholder('dateFrom')), query.dateFrom),
    compared('dateTo', lte(r.localDate, placeholder('dateTo')), query.dateTo),
  ]
  return filters.filter((filter) => filter !== undefined)
}

/** A comparison with a value of the query, where it is given. */
export function compared(name: string, condition: SQL, value: unknown): Filter | undefined {
  return value === undefined ? undefined : { shape: name, condition, values: { [name]: value } }
}

function overdue(asked: boolean | undefined, now: Date): Filter | undefined {
  if (asked === undefined) return undefined
  const isDue = sql`${r.dueAt} < ${placeholder('now')}::timestamptz`
  const condition = asked ? isDue : sql`(${r.dueAt} IS NULL OR NOT ${isDue})`
  return { shape: `overdue:${asked}`, condition, values: { now } }
}

const among = (name: string, column: PgColumn | SQL) => sql`${column} = ANY (${placeholder(name)}::text[])`

/** Any of the words given. */
export function oneOf(name: string, column: PgColumn, words: readonly string[] | undefined): Filter | undefined {
  return compared(name, among(name, column), words)
}

/** Which columns say where a row lies. */
export interface Located {
  provinceCode: PgColumn
  regencyCode: PgColumn
  regionCode: PgColumn
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

function stagesOf({ election, stage, anyStage }: ReportFilters): Filter | undefined {
  if (!election && !stage) return undefined
  const named = stage?.filter((code) => code !== outsideEveryStage)
  const outside = stage?.includes(outsideEveryStage) === true
  const shape = `stages:${[anyStage, election !== undefined, named && named.length > 0, outside].join(':')}`
  const asked = { election: election !== undefined, stage: named !== undefined && named.length > 0 }
  const inside = asked.election || asked.stage ? (anyStage ? inAnyStage(asked) : inPrimary(asked)) : undefined
  return {
    shape,
    condition: or(inside, outside ? isNull(r.primaryStage) : undefined),
    values: { election: election ?? null, stage: named ?? null },
  }
}

interface Asked {
  election: boolean
  stage: boolean
}

function inPrimary({ election, stage }: Asked): SQL | undefined {
  return and(
    election ? among('election', r.primaryElection) : undefined,
    stage ? among('stage', r.primaryStage) : undefined,
  )
}

function inAnyStage({ election, stage }: Asked): SQL {
  const matches = and(
    election ? among('election', sql`open.election`) : undefined,
    stage ? among('stage', sql`open.stage`) : undefined,
  )
  return sql`EXISTS (SELECT FROM jsonb_to_recordset(${r.stages}) AS open (election text, stage text) WHERE ${matches})`
}

/** A filter on what does not exist is a slip of the hand: an empty list would be believed. */
function refuseUnknown({ region, election, stage, incidentType }: ReportFilters, reference: Reference): void {
  const faults: Fault[] = []
  if (region !== undefined && !reference.regions.today(region))
    faults.push({ parameter: 'region', code: 'region_unknown' })
  if (election || stage) faults.push(...unknownStages(election, stage, reference))
  if (incidentType?.some((code) => !reference.incidentTypes.has(code))) {
    faults.push({ parameter: 'incidentType', code: 'incident_type_unknown' })
  }
  if (faults.length > 0) throw new DomainError('parameter_invalid', {}, faults)
}

function unknownStages(election: string[] | undefined, stage: string[] | undefined, { calendar }: Reference): Fault[] {
  const faults: Fault[] = []
  const known = new Set(calendar.elections.map(({ code }) => code))
  const stages = new Set(calendar.elections.flatMap((each) => each.stages.map(({ code }) => code))).add(
    outsideEveryStage,
  )
  if (election?.some((code) => !known.has(code))) faults.push({ parameter: 'election', code: 'election_unknown' })
  if (stage?.some((code) => !stages.has(code))) faults.push({ parameter: 'stage', code: 'stage_unknown' })
  // Outside every stage is outside every election: the two together can match nothing.
  if (election && stage?.every((code) => code === outsideEveryStage)) {
    faults.push({ parameter: 'stage', code: 'not_allowed', params: { allowed: [...known].join(', ') } })
  }
  return faults
}
