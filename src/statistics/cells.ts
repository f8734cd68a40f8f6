import { type SQL, sql } from 'drizzle-orm'
import type { Statement, Values } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Filter } from '../reports/filters.ts'
import {
  type Columns,
  type CountedLevel,
  columnOf,
  type Dimension,
  isPeriod,
  type Rows,
  type StageBasis,
  toldOf,
} from './dimensions.ts'

/** What is counted by what. */
export interface Count {
  groupBy: readonly Dimension[]
  level: CountedLevel
  basis: StageBasis
  filters: readonly Filter[]
}

/** How many have these values, in the order of `groupBy`; null: outside every stage. */
export interface Cell {
  values: (string | null)[]
  count: number
}

export interface Cells {
  cells: Cell[]
  /** How many in all. With `any_stage` less than the sum of the cells, where one lies in several. */
  total: number
}

interface Row extends Record<string, unknown> {
  /** The values of each, and last how many. Null where nothing was counted. */
  cells: (string | number | null)[][] | null
  total: number | null
}

/** Runs a statement of `cellsSql`; the cells come in no order. */
export async function runCount(tx: Transaction, statement: Statement, values: Values): Promise<Cells> {
  const [counted] = await tx.run<Row>(statement, values)
  const cells = (counted?.cells ?? []).map((cell) => ({ count: cell.pop() as number, values: cell as Cell['values'] }))
  return { cells, total: counted?.total ?? 0 }
}

/** What is counted: rows with the columns of `valuesSql` and `id`, each or each id once; or the sum of their `n`. */
export interface Counted {
  number: 'rows' | 'rows of one id' | 'sum of n'
  rows: SQL
}

const numbers = {
  rows: sql`count(*)`,
  'rows of one id': sql`count(DISTINCT id)`,
  'sum of n': sql`coalesce(sum(n), 0)`,
}

/** One row with all cells as JSON, which is read many times as fast as a row with an array for each. */
export function cellsSql(groupBy: readonly Dimension[], counted: Counted): SQL {
  const list = sql.join(namesOf(groupBy), sql`, `)
  const number = numbers[counted.number]
  const rows = groupBy.some(isPeriod) ? toldSql(groupBy, counted) : counted.rows
  const grouped = sql`SELECT ${list}, grouping(${list}) = 0 AS cell, ${number}::int AS count FROM (${rows}) counted
    GROUP BY GROUPING SETS ((${list}), ()) HAVING ${number} <> 0`
  return sql`SELECT json_agg(json_build_array(${list}, count)) FILTER (WHERE cell) AS cells, max(count) FILTER (WHERE NOT cell) AS total
    FROM (${grouped}) grouped`
}

/** Periods as they are told. Totals are added up by the day first: there are few days, and to write one takes longer than to add. */
function toldSql(groupBy: readonly Dimension[], { number, rows }: Counted): SQL {
  const names = namesOf(groupBy)
  const told = sql.join(
    groupBy.map((dimension, place) => sql`${toldOf(dimension, sql`${names[place]}`)} AS ${names[place]}`),
    sql`, `,
  )
  if (number !== 'sum of n') return sql`SELECT id, ${told} FROM (${rows}) raw`
  return sql`SELECT sum(n) AS n, ${told} FROM (${rows}) raw GROUP BY ${sql.join(names, sql`, `)}`
}

const namesOf = (groupBy: readonly Dimension[]) => groupBy.map((_, place) => sql.identifier(`v${place}`))

/** The values of each row, in the order of `groupBy`. */
export function valuesSql({ groupBy, level }: Omit<Count, 'filters'>, rows: Rows, columns?: Columns): SQL {
  const values = groupBy.map(
    (dimension, place) => sql`${columnOf(dimension, level, rows, columns)} AS ${sql.identifier(`v${place}`)}`,
  )
  return sql.join(values, sql`, `)
}
