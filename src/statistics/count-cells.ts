import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { rememberedStatement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Filter } from '../reports/filters.ts'
import { reports as r } from '../reports/table.ts'
import {
  type CountedLevel,
  columnOf,
  type Dimension,
  isPeriod,
  openStages,
  type Rows,
  type StageBasis,
  toldOf,
} from './dimensions.ts'
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
  /** The values of each, and last how many. Null where nothing was counted. */
  cells: (string | number | null)[][] | null
  total: number | null
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
  const [counted] = await tx.run<Row>(
    rememberedStatement('count_cells', shape, () => countSql(caller, count, from)),
    { ...Object.assign({}, ...filters.map(({ values }) => values)), ...scopeValues(caller.scope) },
  )
  const cells = (counted?.cells ?? []).map((cell) => ({ count: cell.pop() as number, values: cell as Cell['values'] }))
  return { cells, total: counted?.total ?? 0 }
}

/** One row with all cells as JSON, which is read many times as fast as a row with an array for each. */
function countSql(caller: Caller, count: Count, from: TotalsTable | 'reports'): SQL {
  const names = count.groupBy.map((_, place) => sql.identifier(`v${place}`))
  const list = sql.join(names, sql`, `)
  const { number, rows } = from === 'reports' ? reportsSql(caller, count) : totalsSql(caller, count, from)
  const told = count.groupBy.some(isPeriod) ? toldSql(count, rows, from === 'reports') : rows
  const grouped = sql`SELECT ${list}, grouping(${list}) = 0 AS cell, ${number}::int AS count FROM (${told}) counted
    GROUP BY GROUPING SETS ((${list}), ()) HAVING ${number} <> 0`
  return sql`SELECT json_agg(json_build_array(${list}, count)) FILTER (WHERE cell) AS cells, max(count) FILTER (WHERE NOT cell) AS total
    FROM (${grouped}) grouped`
}

/** Periods as they are told. Totals are added up by the day first: there are few days, and to write one takes longer than to add. */
function toldSql({ groupBy }: Count, rows: SQL, each: boolean): SQL {
  const names = groupBy.map((_, place) => sql.identifier(`v${place}`))
  const told = groupBy.map(
    (dimension, place) => sql`${toldOf(dimension, sql`v${sql.raw(String(place))}`)} AS ${names[place]}`,
  )
  if (each) return sql`SELECT id, ${sql.join(told, sql`, `)} FROM (${rows}) raw`
  return sql`SELECT sum(n) AS n, ${sql.join(told, sql`, `)} FROM (${rows}) raw GROUP BY ${sql.join(names, sql`, `)}`
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
