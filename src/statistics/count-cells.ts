import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { rememberedStatement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Filter } from '../reports/filters.ts'
import { reports as r } from '../reports/table.ts'
import { type CountedLevel, columnOf, type Dimension, openStages, type Rows, type StageBasis } from './dimensions.ts'
import { type TotalsTable, totalsFor } from './totals.ts'

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

/**
 * Counts what statistics count (see `reports.counted`) of what the caller may see: from totals where they say all that is asked,
 * else from the reports. Sent at once; the rows come in no order.
 * @param from told by tests alone, which compare
 */
export async function countCells(
  tx: Transaction,
  caller: Caller,
  count: Count,
  from = totalsFor({ ...count, tier: caller.scope.tier }),
): Promise<Cells> {
  const { groupBy, level, basis, filters } = count
  const { tier } = caller.scope
  // An agency sees what was released to it and no report, nor may its role read any.
  if (tier === 'agency') return { cells: [], total: 0 }
  const shape = [from, tier, groupBy.join(), level, basis, ...filters.map((filter) => filter.shape)].join(' ')
  const rows = await tx.run<Row>(
    rememberedStatement('count_cells', shape, () => countSql(caller, count, from)),
    { ...Object.assign({}, ...filters.map(({ values }) => values)), ...scopeValues(caller.scope) },
  )
  const cells = rows.flatMap(({ values, count }) => (values ? [{ values, count }] : []))
  return { cells, total: rows.find(({ values }) => values === null)?.count ?? 0 }
}

function countSql(caller: Caller, count: Count, from: TotalsTable | 'reports'): SQL {
  const names = count.groupBy.map((_, place) => sql.identifier(`v${place}`))
  const list = sql.join(names, sql`, `)
  const { number, rows } = from === 'reports' ? reportsSql(caller, count) : totalsSql(caller, count, from)
  return sql`SELECT CASE WHEN grouping(${list}) = 0 THEN ARRAY[${list}]::text[] END AS values, ${number}::int AS count
    FROM (${rows}) counted GROUP BY GROUPING SETS ((${list}), ()) HAVING ${number} <> 0`
}

function reportsSql({ scope: { tier } }: Caller, { filters, ...count }: Count): { number: SQL; rows: SQL } {
  const each = count.basis === 'any_stage'
  const where = visible(tier, r, eq(r.counted, sql`true`), and(...filters.map(({ condition }) => condition)))
  return {
    number: each ? sql`count(DISTINCT id)` : sql`count(*)`,
    rows: sql`SELECT ${r.id}, ${valuesSql(count, each ? 'each' : 'primary')} FROM ${each ? sql`${r} ${openStages}` : r} WHERE ${where}`,
  }
}

/**
 * Totals, and what is yet to be added to them, in one statement and so of one moment. Both have the columns of `reports` by their
 * names and are called so: every condition on reports is one on them.
 */
function totalsSql({ scope: { tier } }: Caller, { filters, ...count }: Count, from: TotalsTable) {
  const values = valuesSql(count, 'totalled')
  const where = visible(tier, r, and(...filters.map(({ condition }) => condition)))
  return {
    number: sql`coalesce(sum(n), 0)`,
    rows: sql`SELECT ${r}.count AS n, ${values} FROM ${sql.identifier(from)} AS ${r} WHERE ${where}
      UNION ALL SELECT ${r}.change, ${values} FROM report_count_pending AS ${r} WHERE ${where}`,
  }
}

function valuesSql({ groupBy, level }: Omit<Count, 'filters'>, rows: Rows): SQL {
  const columns = groupBy.map(
    (dimension, place) => sql`${columnOf(dimension, level, rows)} AS ${sql.identifier(`v${place}`)}`,
  )
  return sql.join(columns, sql`, `)
}
