import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { rememberedStatement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Filter } from '../reports/filters.ts'
import { reports as r } from '../reports/table.ts'
import { type CountedLevel, columnOf, type Dimension, openStages, type StageBasis } from './dimensions.ts'

/** What is counted by what. */
export interface Count {
  groupBy: readonly Dimension[]
  level: CountedLevel
  basis: StageBasis
  filters: readonly Filter[]
}

/** How many reports have these values, in the order of `groupBy`; null: outside every stage. */
export interface Cell {
  values: (string | null)[]
  count: number
}

export interface Cells {
  cells: Cell[]
  /** Reports in all. With `any_stage` less than the sum of the cells, where a report lies in several. */
  total: number
}

interface Row extends Record<string, unknown> {
  values: (string | null)[] | null
  count: number
}

/** Counts what statistics count (see `reports.counted`) of what the caller may see. Sent at once; the rows come in no order. */
export async function countCells(tx: Transaction, caller: Caller, count: Count): Promise<Cells> {
  const { groupBy, level, basis, filters } = count
  const { tier } = caller.scope
  // An agency sees what was released to it and no report, nor may its role read any.
  if (tier === 'agency') return { cells: [], total: 0 }
  const shape = [tier, groupBy.join(), level, basis, ...filters.map((filter) => filter.shape)].join(' ')
  const rows = await tx.run<Row>(
    rememberedStatement('count_cells', shape, () => countSql(caller, count)),
    { ...Object.assign({}, ...filters.map(({ values }) => values)), ...scopeValues(caller.scope) },
  )
  const cells = rows.flatMap(({ values, count }) => (values ? [{ values, count }] : []))
  return { cells, total: rows.find(({ values }) => values === null)?.count ?? 0 }
}

function countSql({ scope: { tier } }: Caller, { groupBy, level, basis, filters }: Count): SQL {
  const columns = groupBy.map((dimension) => sql`${columnOf(dimension, level, basis)}`)
  const names = columns.map((_, place) => sql.identifier(`v${place}`))
  const values = sql.join(
    columns.map((column, place) => sql`${column} AS ${names[place]}`),
    sql`, `,
  )
  const where = visible(tier, r, eq(r.counted, sql`true`), and(...filters.map(({ condition }) => condition)))
  const from = basis === 'any_stage' ? sql`${r} ${openStages}` : sql`${r}`
  const counted = basis === 'any_stage' ? sql`count(DISTINCT id)` : sql`count(*)`
  const list = sql.join(names, sql`, `)
  return sql`SELECT CASE WHEN grouping(${list}) = 0 THEN ARRAY[${list}]::text[] END AS values, ${counted}::int AS count
    FROM (SELECT ${r.id}, ${values} FROM ${from} WHERE ${where}) counted GROUP BY GROUPING SETS ((${list}), ())`
}
