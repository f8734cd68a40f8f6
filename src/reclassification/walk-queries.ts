import { type SQL, sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { reports as r } from '../reports/table.ts'
import type { Position } from './run-queries.ts'
import type { Stretch } from './touched.ts'

const { placeholder } = sql

/** What the classification of a report depends on, and the one in force. */
export interface ClassifiedReport extends Record<string, unknown> {
  id: string
  occurredAt: Date
  /** Today's when it was classified. */
  regionCode: string
  /** What the office told, where that was another. */
  postedRegionCode: string | null
  provinceCode: string | null
  regencyCode: string | null
  longitude: number | null
  latitude: number | null
  positionBasis: string | null
  positionRegionCode: string | null
  positionDistanceMetres: number | null
  placeFlags: string[]
  timeZone: string
  /** `YYYY-MM-DD` */
  localDate: string
  primaryElection: string | null
  primaryStage: string | null
  stages: unknown[]
}

export const classifiedColumns = sql`${r.id}, ${r.occurredAt} AS "occurredAt", ${r.regionCode} AS "regionCode",
  ${r.postedRegionCode} AS "postedRegionCode", ${r.provinceCode} AS "provinceCode", ${r.regencyCode} AS "regencyCode", ${r.longitude}, ${r.latitude},
  ${r.positionBasis} AS "positionBasis", ${r.positionRegionCode} AS "positionRegionCode",
  ${r.positionDistanceMetres} AS "positionDistanceMetres", ${r.placeFlags} AS "placeFlags",
  ${r.timeZone} AS "timeZone", ${r.localDate}::text AS "localDate", ${r.primaryElection} AS "primaryElection",
  ${r.primaryStage} AS "primaryStage", ${r.stages}`

// A day more on either side: a local date begins at another instant in each zone, and to look at a report too many does no harm.
const days = sql`${r.occurredAt} >= coalesce(${placeholder('from')}::date - 1, '-infinity')::timestamp AT TIME ZONE 'UTC'
  AND ${r.occurredAt} < coalesce(${placeholder('to')}::date + 2, 'infinity')::timestamp AT TIME ZONE 'UTC'`
const after = sql`(${r.occurredAt}, ${r.id}) > (coalesce(${placeholder('afterOccurredAt')}::timestamptz, '-infinity'),
  coalesce(${placeholder('afterId')}::uuid, '00000000-0000-0000-0000-000000000000'))`

function pageOf(where: SQL) {
  return sql`SELECT ${classifiedColumns} FROM ${r} WHERE ${where} AND ${days} AND ${after}
    ORDER BY ${r.occurredAt}, ${r.id} LIMIT ${placeholder('most')}`
}

const pages = {
  regency: statement('list_reports_of_regency', pageOf(sql`${r.regencyCode} = ${placeholder('code')}`)),
  itself: statement(
    'list_reports_of_region_itself',
    pageOf(sql`${r.regionCode} = ${placeholder('code')} AND ${r.regencyCode} IS NULL`),
  ),
  located: statement(
    'list_located_reports',
    sql`SELECT ${classifiedColumns} FROM ${r} WHERE ${r.longitude} IS NOT NULL
      AND ${r.id} > coalesce(${placeholder('afterId')}::uuid, '00000000-0000-0000-0000-000000000000')
    ORDER BY ${r.id} LIMIT ${placeholder('most')}`,
  ),
}

/** The next reports of a stretch, in its own order. They are not locked. */
export async function listReports(
  tx: Transaction,
  stretch: Stretch,
  { afterOccurredAt, afterId }: Position,
  most: number,
): Promise<ClassifiedReport[]> {
  if ('located' in stretch) return tx.run<ClassifiedReport>(pages.located, { afterId, most })
  const { region, from, to } = stretch
  const isRegency = region.length >= regencyLength
  const code = region.slice(0, regencyLength)
  return tx.run<ClassifiedReport>(isRegency ? pages.regency : pages.itself, {
    ...{ code, from, to },
    ...{ afterOccurredAt, afterId, most },
  })
}

/** Of a code such as `74.71`; a district's begins with it. */
const regencyLength = 5

const listById = statement(
  'list_reports_by_id',
  sql`SELECT ${classifiedColumns} FROM ${r} WHERE ${r.id} = ANY (${placeholder('ids')}::uuid[]) ORDER BY ${r.id}`,
)

/** Reports that were passed over before, as they stand now. */
export async function listReportsById(tx: Transaction, ids: readonly string[]): Promise<ClassifiedReport[]> {
  return tx.run<ClassifiedReport>(listById, { ids })
}
