import { eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { rememberedStatement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { approved } from '../releases/filters.ts'
import { reaching } from '../releases/page-statement.ts'
import { releases as r } from '../releases/table.ts'
import { type Cells, type Count, cellsSql, runCount, valuesSql } from './cells.ts'
import { columnsIn, type Dimension, isOfStages } from './dimensions.ts'

const columns = columnsIn(r)

/** Counts the releases that reach an agency, exercises out; only those that tell all of what they are counted by. */
export function countReleases(tx: Transaction, caller: Caller, count: Count): Promise<Cells> {
  const { groupBy, level, basis, filters } = count
  const shape = [groupBy.join(), level, basis, ...filters.map((filter) => filter.shape)].join(' ')
  return runCount(
    tx,
    rememberedStatement('count_releases', shape, () => countSql(count)),
    {
      ...Object.assign({}, ...filters.map(({ values }) => values)),
      clearance: caller.scope.clearance,
      agency: caller.agency,
    },
  )
}

function countSql({ filters, ...count }: Count): SQL {
  const each = count.basis === 'any_stage'
  const conditions = [...filters.map(({ condition }) => condition), ...count.groupBy.map(told)]
  const values = valuesSql(count, each ? 'each' : 'primary', columns)
  const from = each ? sql`${r} ${columns.openStages}` : r
  const rows = sql`SELECT ${r.id}, ${values} FROM ${from} WHERE ${reaching(eq(r.exercise, sql`false`), ...conditions)}`
  return cellsSql(count.groupBy, { number: each ? 'rows of one id' : 'rows', rows })
}

/** Whether a release tells its place in a dimension. */
function told(dimension: Dimension): SQL | undefined {
  if (dimension === 'region') return approved.region
  if (isOfStages(dimension)) return approved.stages
  if (dimension === 'handling') return undefined
  if (dimension === 'day' || dimension === 'week' || dimension === 'month') return isNotNull(r.localDate)
  const column = columns.plain[dimension]
  return column && sql`${column} IS NOT NULL`
}
