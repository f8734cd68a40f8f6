import { type SQL, sql } from 'drizzle-orm'
import type { Statement, Values } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Filter } from '../reports/filters.ts'
import { type Columns, type CountedLevel, columnOf, type Dimension, type Rows, type StageBasis } from './dimensions.ts'

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
  values: (string | null)[] | null
  count: number
}

/** Runs a statement of `cellsSql`; the cells come in no order. */
export async function runCount(tx: Transaction, statement: Statement, values: Values): Promise<Cells> {
  const rows = await tx.run<Row>(statement, values)
  const cells = rows.flatMap(({ values, count }) => (values ? [{ values, count }] : []))
  return { cells, total: rows.find(({ values }) => values === null)?.count ?? 0 }
}

/** @param rows with the columns of `valuesSql`. @param number what is counted of them */
export function cellsSql(groupBy: readonly Dimension[], number: SQL, rows: SQL): SQL {
  const names = groupBy.map((_, place) => sql.identifier(`v${place}`))
  const list = sql.join(names, sql`, `)
  return sql`SELECT CASE WHEN grouping(${list}) = 0 THEN ARRAY[${list}]::text[] END AS values, ${number}::int AS count
    FROM (${rows}) counted GROUP BY GROUPING SETS ((${list}), ()) HAVING ${number} <> 0`
}

/** The values of each row, in the order of `groupBy`. */
export function valuesSql({ groupBy, level }: Omit<Count, 'filters'>, rows: Rows, columns?: Columns): SQL {
  const values = groupBy.map(
    (dimension, place) => sql`${columnOf(dimension, level, rows, columns)} AS ${sql.identifier(`v${place}`)}`,
  )
  return sql.join(values, sql`, `)
}
