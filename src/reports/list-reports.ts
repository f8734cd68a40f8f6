import { and, asc, desc, gt, lt, type SQL, sql } from 'drizzle-orm'
import { type Caller, callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { type Telling, tellingOf, tellingValues, toldRead } from '../audit/told-reads.ts'
import { passingStatement, rememberedStatement, type Statement } from '../database/statement.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { reportDocument } from './document.ts'
import { type Filter, filtersOf } from './filters.ts'
import { type ListReportsQuery, membersAsked, type Sort } from './list-schemas.ts'
import { placed } from './queries.ts'
import type { ReportMember } from './schemas.ts'
import { reports as r } from './table.ts'

const { placeholder } = sql

/** A page as JSON texts, one a report. */
export interface Page {
  items: string[]
  /** Sealed cursor of the next page, null at the end. */
  next: string | null
}

interface Row extends Record<string, unknown> {
  id: string
  document: string
  position: Date
}

/** What is listed, in which order: a query without its place in the list. */
export type Listed = Omit<ListReportsQuery, 'limit' | 'cursor'>

/** The last report that was given. @member at when it occurred or was received, as the order goes: RFC 3339 */
export interface Position {
  at: string
  id: string
}

/** Reports that the caller may see, by keyset: a walk during inserts loses and repeats nothing. @throws DomainError cursor_invalid */
export async function listReports(
  context: Context & { cursorKey: Uint8Array },
  query: ListReportsQuery,
): Promise<Page> {
  const { now, cursorKey } = context
  const { scope, clientId } = callerFor(context.caller, 'reports:read')
  const bound = { sort: query.sort, filterHash: filterHash(query), scopeHash: hashOf([scope, clientId]) }
  const [at, id] = query.cursor === undefined ? [] : openCursor(cursorKey, query.cursor, bound, now)
  const after = typeof at === 'string' && typeof id === 'string' ? { at, id } : null
  const { items, last } = await pageOfReports(context, query, { after, size: query.limit })
  return { items, next: last && sealCursor(cursorKey, [last.at, last.id], bound, now) }
}

/**
 * The reports after a position, in a transaction of its own; `last` is null at the end.
 * @throws DomainError token_invalid, scope_missing or parameter_invalid
 */
export async function pageOfReports(
  context: Context,
  query: Listed,
  { after, size }: { after: Position | null; size: number },
): Promise<{ items: string[]; last: Position | null }> {
  const { db, now } = context
  const caller = callerFor(context.caller, 'reports:read')
  return db.transaction(caller, async (tx, reference) => {
    const filters = filtersOf(query, reference, now)
    const sent = tx.run<Row>(pageStatement(caller, query, filters, after !== null), {
      ...Object.assign({}, ...filters.map(({ values }) => values)),
      ...scopeValues(caller.scope),
      ...tellingValues({ ...context, caller }),
      ...(after && { afterPosition: after.at, afterId: after.id }),
      rows: size + 1,
      shown: size,
    })
    const [rows] = await Promise.all([sent, tx.commit()])
    const shown = rows.slice(0, size)
    const end = rows.length > size ? shown.at(-1) : undefined
    const last = end ? { at: end.position.toISOString(), id: end.id } : null
    return { items: shown.map(({ document }) => document), last }
  })
}

function pageStatement(caller: Caller, query: Listed, filters: Filter[], continued: boolean): Statement {
  const { tier } = caller.scope
  const telling = tellingOf(caller)
  const members = membersAsked(query.fields)
  const shape = [tier, telling, query.sort, continued, members.join(), ...filters.map((filter) => filter.shape)].join(
    ' ',
  )
  const build = () => {
    const conditions = [...filters.map(({ condition }) => condition), continued ? afterPosition(query.sort) : undefined]
    return pageSql(telling, { sort: query.sort, members, where: visible(tier, r, and(...conditions)) })
  }
  // Members can be chosen in so many ways that they would crowd out the statements worth preparing.
  const chosen = query.fields !== undefined && !query.fields.includes('*')
  return chosen ? passingStatement(build()) : rememberedStatement('list_reports', shape, build)
}

function afterPosition(sort: Sort): SQL {
  const key = sql`(${columnOf(sort)}, ${r.id})`
  const from = sql`(${placeholder('afterPosition')}::timestamptz, ${placeholder('afterId')}::uuid)`
  return newestFirst(sort) ? lt(key, from) : gt(key, from)
}

function pageSql(telling: Telling, { sort, members, where }: { sort: Sort; members: ReportMember[]; where: SQL }): SQL {
  const order = newestFirst(sort) ? desc : asc
  const rows = sql`${columnOf(sort)} AS position, ${reportDocument(members)}::text AS document FROM ${r}
    WHERE ${where} ORDER BY ${order(columnOf(sort))}, ${order(r.id)} LIMIT ${placeholder('rows')}`
  if (telling === 'untold') return sql`SELECT ${r.id}, ${rows}`
  const page = { order: sql`${order(sql`position`)}, ${order(sql`id`)}`, shown: sql`${placeholder('shown')}` }
  return toldRead(telling, { query: sql`SELECT ${placed}, ${rows}`, columns: sql`id, position, document`, page })
}

function columnOf(sort: Sort) {
  return sort.endsWith('occurredAt') ? r.occurredAt : r.receivedAt
}

function newestFirst(sort: Sort): boolean {
  return sort.startsWith('-')
}

/** A cursor continues the very query that gave it; the size of the page and its members may change on the way. */
function filterHash(query: ListReportsQuery): string {
  const { cursor: _cursor, limit: _limit, fields: _fields, ...filters } = query
  return hashOf(filters)
}
