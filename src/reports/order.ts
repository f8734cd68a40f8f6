import { asc, desc, gt, lt, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { utc } from './document.ts'
import type { Sort } from './list-schemas.ts'
import { reports as r } from './table.ts'

/** The value that a list is ordered by, and how it is written in a cursor. */
interface Key {
  column: PgColumn
  type: 'timestamptz' | 'smallint'
}

const occurred: Key = { column: r.occurredAt, type: 'timestamptz' }
const received: Key = { column: r.receivedAt, type: 'timestamptz' }
const severity: Key = { column: r.severityRank, type: 'smallint' }
const keys = { occurredAt: [occurred], receivedAt: [received], severity: [severity, occurred] } as const

export type PlainSort = Exclude<Sort, 'relevance'>

function keysOf(sort: PlainSort): readonly Key[] {
  return keys[sort.replace('-', '') as keyof typeof keys]
}

const isDescending = (sort: PlainSort) => sort.startsWith('-')
const nameOf = (place: number) => sql.identifier(`key${place}`)

/** The columns `key0`, ... that a page is ordered by, and `position`: the JSON text of their values with the id. */
export function orderColumns(sort: PlainSort): SQL {
  const columns = keysOf(sort).map(({ column }, place) => sql`${column} AS ${nameOf(place)}`)
  const values = keysOf(sort).map(({ column, type }) => (type === 'timestamptz' ? utc(column) : sql`${column}`))
  return sql`${sql.join(columns, sql`, `)}, json_build_array(${sql.join([...values, sql`${r.id}`], sql`, `)})::text AS position`
}

/** By the columns of the table, as its indexes have them; the id comes last. */
export function orderBy(sort: PlainSort): SQL {
  const direction = isDescending(sort) ? desc : asc
  return sql.join([...keysOf(sort).map(({ column }) => direction(column)), direction(r.id)], sql`, `)
}

/** By the columns of `orderColumns`. */
export function orderByNames(sort: PlainSort): SQL {
  const direction = isDescending(sort) ? desc : asc
  return sql.join([...keysOf(sort).map((_, place) => direction(sql`${nameOf(place)}`)), direction(sql`id`)], sql`, `)
}

/** What comes after a position; its values are the placeholders `after0`, ... */
export function comesAfter(sort: PlainSort): SQL {
  const columns = sql.join([...keysOf(sort).map(({ column }) => sql`${column}`), sql`${r.id}`], sql`, `)
  const types = [...keysOf(sort).map(({ type }) => type), 'uuid']
  const values = types.map((type, place) => sql`${sql.placeholder(`after${place}`)}::${sql.raw(type)}`)
  return (isDescending(sort) ? lt : gt)(sql`(${columns})`, sql`(${sql.join(values, sql`, `)})`)
}

export function afterValues(position: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(position.map((value, place) => [`after${place}`, value]))
}
