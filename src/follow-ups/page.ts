import { and, asc, desc, gt, lt, type SQL, sql } from 'drizzle-orm'
import type { Context } from '../access/context.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { rememberedStatement, type Statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { type CursorBound, sealCursor } from '../http/cursor.ts'
import type { Filter } from '../reports/filters.ts'
import { type FollowUpRow, followUpColumns, rows } from './queries.ts'
import { followUps as f } from './table.ts'
import type { FollowUpSort } from './vocabulary.ts'

const { placeholder } = sql

export interface Page {
  items: FollowUpRow[]
  /** Sealed cursor of the next page, null at the end. */
  next: string | null
}

/** What a page holds, and where it goes on. */
export interface PageAsked {
  sort: FollowUpSort
  filters: readonly Filter[]
  limit: number
  /** Position of the last row of the page before: its day or moment, and its id. */
  after: readonly unknown[] | undefined
  bound: CursorBound
}

/** Follow-ups that the caller may see, by keyset: a walk during inserts loses and repeats nothing. */
export async function readPage(
  { caller, now, cursorKey }: Context & { cursorKey: Uint8Array },
  tx: Transaction,
  { sort, filters, limit, after, bound }: PageAsked,
): Promise<Page> {
  const found = await tx.run<FollowUpRow>(pageStatement(caller.scope.tier, sort, filters, after !== undefined), {
    ...Object.assign({}, ...filters.map(({ values }) => values)),
    ...scopeValues(caller.scope),
    ...(after && { afterPosition: after[0], afterId: after[1] }),
    rows: limit + 1,
  })
  const items = found.slice(0, limit)
  const last = found.length > limit ? items.at(-1) : undefined
  return { items, next: last ? sealCursor(cursorKey, [positionOf(sort, last), last.id], bound, now) : null }
}

function pageStatement(
  tier: Context['caller']['scope']['tier'],
  sort: FollowUpSort,
  filters: readonly Filter[],
  continued: boolean,
): Statement {
  const shape = [tier, sort, continued, ...filters.map((filter) => filter.shape)].join(' ')
  return rememberedStatement('list_follow_ups', shape, () => {
    const conditions = [...filters.map(({ condition }) => condition), continued ? afterPosition(sort) : undefined]
    const order = isLatestFirst(sort) ? desc : asc
    return sql`SELECT ${followUpColumns} FROM ${rows} WHERE ${visible(tier, f, and(...conditions))}
      ORDER BY ${order(columnOf(sort))}, ${order(f.id)} LIMIT ${placeholder('rows')}`
  })
}

function afterPosition(sort: FollowUpSort): SQL {
  const key = sql`(${columnOf(sort)}, ${f.id})`
  const type = sort.endsWith('dueOn') ? sql`date` : sql`timestamptz`
  const from = sql`(${placeholder('afterPosition')}::${type}, ${placeholder('afterId')}::uuid)`
  return isLatestFirst(sort) ? lt(key, from) : gt(key, from)
}

function columnOf(sort: FollowUpSort) {
  return sort.endsWith('dueOn') ? f.dueOn : f.addedAt
}

function positionOf(sort: FollowUpSort, { dueOn, addedAt }: FollowUpRow): string {
  return sort.endsWith('dueOn') ? dueOn : addedAt.toISOString()
}

function isLatestFirst(sort: FollowUpSort): boolean {
  return sort.startsWith('-')
}
