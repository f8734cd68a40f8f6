import { asc, desc, gt, lt, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { utc } from './document.ts'

/** A value that a list is ordered by, and how it is written in a cursor. */
export interface Key {
  column: PgColumn
  type: 'timestamptz' | 'smallint'
  /** Of one that may be null: what lies before and after all values, as an index has it. Null comes last, whichever way round. */
  ends?: { lowest: string; highest: string }
}

/** The order of a list: by the keys and then the id, all the same way round. */
export interface Order {
  keys: readonly Key[]
  id: PgColumn
  isDescending: boolean
}

const nameOf = (place: number) => sql.identifier(`key${place}`)
const directionOf = ({ isDescending }: Order) => (isDescending ? desc : asc)

/** A key in SQL, never null. */
function valueIn({ column, type, ends }: Key, { isDescending }: Order, value: SQL = sql`${column}`): SQL {
  if (!ends) return value
  return sql`coalesce(${value}, ${sql.raw(`'${isDescending ? ends.lowest : ends.highest}'::${type}`)})`
}

/** The columns `key0`, ... that a page is ordered by, and `position`: the JSON text of their values with the id. */
export function orderColumns(order: Order): SQL {
  const columns = order.keys.map((key, place) => sql`${valueIn(key, order)} AS ${nameOf(place)}`)
  const values = order.keys.map(({ column, type }) => (type === 'timestamptz' ? utc(column) : sql`${column}`))
  return sql`${sql.join(columns, sql`, `)}, json_build_array(${sql.join([...values, sql`${order.id}`], sql`, `)})::text AS position`
}

/** By the columns of the table, as its indexes have them; the id comes last. */
export function orderBy(order: Order): SQL {
  const direction = directionOf(order)
  return sql.join([...order.keys.map((key) => direction(valueIn(key, order))), direction(order.id)], sql`, `)
}

/** By the columns of `orderColumns`. */
export function orderByNames(order: Order): SQL {
  const direction = directionOf(order)
  return sql.join([...order.keys.map((_, place) => direction(sql`${nameOf(place)}`)), direction(sql`id`)], sql`, `)
}

/** What comes after a position; its values are the placeholders `after0`, ... */
export function comesAfter(order: Order): SQL {
  const columns = sql.join([...order.keys.map((key) => valueIn(key, order)), sql`${order.id}`], sql`, `)
  const given = (place: number, type: string) => sql`${sql.placeholder(`after${place}`)}::${sql.raw(type)}`
  const values = order.keys.map((key, place) => valueIn(key, order, given(place, key.type)))
  const position = sql.join([...values, given(order.keys.length, 'uuid')], sql`, `)
  return (order.isDescending ? lt : gt)(sql`(${columns})`, sql`(${position})`)
}

export function afterValues(position: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(position.map((value, place) => [`after${place}`, value]))
}
