import { and, asc, desc, gt, lt, sql } from 'drizzle-orm'
import { callerFor, type Scope } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { passingStatement, rememberedStatement, type Statement } from '../database/statement.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { reportDocument } from './document.ts'
import { type Filter, filtersOf } from './filters.ts'
import { type ListReportsQuery, membersAsked } from './list-schemas.ts'
import { reports as r } from './table.ts'

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
    const filters = filtersOf(query, reference)
    const sent = tx.run<Row>(pageStatement(caller.scope, query, filters, after !== undefined), {
      ...Object.assign({}, ...filters.map(({ values }) => values)),
      ...scopeValues(caller.scope),
      ...(after && { afterPosition: after[0], afterId: after[1] }),
      rows: query.limit + 1,
    })
    const [rows] = await Promise.all([sent, tx.commit()])
    const shown = rows.slice(0, query.limit)
    const last = rows.length > query.limit ? shown.at(-1) : undefined
    const next = last ? sealCursor(cursorKey, [last.position.toISOString(), last.id], bound, now) : null
    return { items: shown.map(({ document }) => document), next }
  })
}

function pageStatement(scope: Scope, query: ListReportsQuery, filters: Filter[], continued: boolean): Statement {
  const members = membersAsked(query.fields)
  const shape = [scope.tier, query.sort, continued, members.join(), ...filters.map((filter) => filter.shape)].join(' ')
  const build = () => {
    const column = query.sort.endsWith('occurredAt') ? r.occurredAt : r.receivedAt
    const newestFirst = query.sort.startsWith('-')
    const key = sql`(${column}, ${r.id})`
    const from = sql`(${sql.placeholder('afterPosition')}::timestamptz, ${sql.placeholder('afterId')}::uuid)`
    const after = newestFirst ? lt(key, from) : gt(key, from)
    const order = newestFirst ? desc : asc
    const where = visible(
      scope.tier,
      r,
      and(...filters.map(({ condition }) => condition)),
      continued ? after : undefined,
    )
    return sql`SELECT ${r.id}, ${column} AS position, ${reportDocument(members)}::text AS document FROM ${r}
      WHERE ${where} ORDER BY ${order(column)}, ${order(r.id)} LIMIT ${sql.placeholder('rows')}`
  }
  // Members can be chosen in so many ways that they would crowd out the statements worth preparing.
  const chosen = query.fields !== undefined && !query.fields.includes('*')
  return chosen ? passingStatement(build()) : rememberedStatement('list_reports', shape, build)
}

/** A cursor continues the very query that gave it; the size of the page and its members may change on the way. */
function filterHash(query: ListReportsQuery): string {
  const { cursor: _cursor, limit: _limit, fields: _fields, ...filters } = query
  return hashOf(filters)
}
