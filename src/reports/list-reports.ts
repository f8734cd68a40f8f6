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

/** Reports that the caller may see, by keyset: a walk during inserts loses and repeats nothing. @throws DomainError cursor_invalid */
export async function listReports(
  context: Context & { cursorKey: Uint8Array },
  query: ListReportsQuery,
): Promise<Page> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'reports:read')
  const bound = { sort: query.sort, filterHash: filterHash(query), scopeHash: hashOf([caller.scope, caller.clientId]) }
  const after = query.cursor === undefined ? undefined : openCursor(cursorKey, query.cursor, bound, now)
  return db.transaction(caller, async (tx, reference) => {
    const filters = filtersOf(query, reference, now)
    const sent = tx.run<Row>(pageStatement(caller, query, filters, after !== undefined), {
      ...Object.assign({}, ...filters.map(({ values }) => values)),
      ...scopeValues(caller.scope),
      ...tellingValues({ ...context, caller }),
      ...(after && { afterPosition: after[0], afterId: after[1] }),
      rows: query.limit + 1,
      shown: query.limit,
    })
    const [rows] = await Promise.all([sent, tx.commit()])
    const shown = rows.slice(0, query.limit)
    const last = rows.length > query.limit ? shown.at(-1) : undefined
    const next = last ? sealCursor(cursorKey, [last.position.toISOString(), last.id], bound, now) : null
    return { items: shown.map(({ document }) => document), next }
  })
}

function pageStatement(caller: Caller, query: ListReportsQuery, filters: Filter[], continued: boolean): Statement {
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
