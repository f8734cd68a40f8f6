import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { rememberedStatement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { reports as r } from '../reports/table.ts'
import { type Cells, type Count, type Counted, cellsSql, runCount, valuesSql } from './cells.ts'
import { countReleases } from './count-releases.ts'
import { openStages } from './dimensions.ts'
import { type TotalsTable, totalsFor } from './totals.ts'

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
  if (tier === 'agency') return countReleases(tx, caller, count)
  const shape = [from, tier, groupBy.join(), level, basis, ...filters.map((filter) => filter.shape)].join(' ')
  return runCount(
    tx,
    rememberedStatement('count_cells', shape, () => countSql(caller, count, from)),
    { ...Object.assign({}, ...filters.map(({ values }) => values)), ...scopeValues(caller.scope) },
  )
}

function countSql(caller: Caller, count: Count, from: TotalsTable | 'reports'): SQL {
  if (from !== 'reports') return cellsSql(count.groupBy, totalsSql(caller, count, from))
  return cellsSql(count.groupBy, reportsSql(caller, count))
}

function reportsSql({ scope: { tier } }: Caller, { filters, ...count }: Count): Counted {
  const each = count.basis === 'any_stage'
  const where = visible(tier, r, eq(r.counted, sql`true`), and(...filters.map(({ condition }) => condition)))
  return {
    number: each ? 'rows of one id' : 'rows',
    rows: sql`SELECT ${r.id}, ${valuesSql(count, each ? 'each' : 'primary')} FROM ${each ? sql`${r} ${openStages}` : r} WHERE ${where}`,
  }
}

/**
 * Totals, and what is yet to be added to them, in one statement and so of one moment. Both have the columns of `reports` by their
 * names and are called so: every condition on reports is one on them.
 */
function totalsSql({ scope: { tier } }: Caller, { filters, ...count }: Count, from: TotalsTable): Counted {
  const values = valuesSql(count, 'totalled')
  const where = visible(tier, r, and(...filters.map(({ condition }) => condition)))
  return {
    number: 'sum of n',
    rows: sql`SELECT ${r}.count AS n, ${values} FROM ${sql.identifier(from)} AS ${r} WHERE ${where}
      UNION ALL SELECT ${r}.change, ${values} FROM report_count_pending AS ${r} WHERE ${where}`,
  }
}
