import { type Caller, callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues } from '../access/scope.ts'
import { tellingValues } from '../audit/told-reads.ts'
import type { Statement, Values } from '../database/statement.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import type { Reference } from '../reference/store.ts'
import { withHighlights } from './highlights.ts'
import { afterValues } from './keyset.ts'
import { refuseUnknown } from './known-filters.ts'
import type { ListReportsQuery, Sort } from './list-schemas.ts'
import { filteredPage, type PageRow, searchedPage } from './page-statement.ts'
import { filtersOf } from './report-filters.ts'
import { needsSearch, searchValues } from './search.ts'
import type { Position } from './walk-pages.ts'

/** A page as JSON texts, one a report. */
export interface Page {
  items: string[]
  /** Sealed cursor of the next page, null at the end. */
  next: string | null
}

/** What is listed, in which order: a query without its place in the list. */
export type Listed = Omit<ListReportsQuery, 'limit' | 'cursor' | 'sort'> & { sort: Sort }

/** Reports that the caller may see, by keyset: a walk during inserts loses and repeats nothing. @throws DomainError cursor_invalid */
export async function listReports(
  context: Context & { cursorKey: Uint8Array },
  query: ListReportsQuery,
): Promise<Page> {
  const { now, cursorKey } = context
  const { scope, clientId } = callerFor(context.caller, 'reports:read')
  const sort = query.sort ?? (query.q === undefined ? '-occurredAt' : 'relevance')
  const bound = { sort, filterHash: filterHash(query), scopeHash: hashOf([scope, clientId]) }
  const after = query.cursor === undefined ? null : openCursor(cursorKey, query.cursor, bound, now)
  const { rows, last } = await pageOfReports(context, { ...query, sort }, { after, size: query.limit })
  const items = rows.map(query.q === undefined ? ({ document }) => document : withHighlights)
  return { items, next: last && sealCursor(cursorKey, last as Parameters<typeof sealCursor>[1], bound, now) }
}

/**
 * The reports after a position, in a transaction of its own; `last` is null at the end.
 * @throws DomainError token_invalid, scope_missing or parameter_invalid
 */
export async function pageOfReports(
  context: Context,
  listed: Listed,
  { after, size }: { after: Position | null; size: number },
): Promise<{ rows: PageRow[]; last: Position | null }> {
  const { db, now } = context
  const caller = callerFor(context.caller, 'reports:read')
  return db.transaction(caller, async (tx, reference) => {
    const { statement, values } = pageRead(caller, { listed, after }, reference, now)
    const sent = tx.run<PageRow>(statement, {
      ...values,
      ...scopeValues(caller.scope),
      ...tellingValues({ ...context, caller }),
      rows: size + 1,
      shown: size,
    })
    const [rows] = await Promise.all([sent, tx.commit()])
    const shown = rows.slice(0, size)
    const end = rows.length > size ? shown.at(-1) : undefined
    return { rows: shown, last: end ? JSON.parse(end.position) : null }
  })
}

function pageRead(
  caller: Caller,
  { listed, after }: { listed: Listed; after: Position | null },
  reference: Reference,
  now: Date,
): { statement: Statement; values: Values } {
  const { sort } = listed
  const asked = { query: listed, continued: after !== null }
  if (sort === 'relevance' || needsSearch(listed)) {
    refuseUnknown(listed, reference)
    const values = { ...searchValues(listed, reference, now), sort, after: after && JSON.stringify(after) }
    return { statement: searchedPage(caller, { ...asked, sort }), values }
  }
  const filters = filtersOf(listed, reference, now)
  const values = Object.assign({}, ...filters.map((filter) => filter.values), after && afterValues(after))
  return { statement: filteredPage(caller, { ...asked, sort }, filters), values }
}

/** A cursor continues the very query that gave it; the size of the page and its members may change on the way. */
function filterHash(query: ListReportsQuery): string {
  const { cursor: _cursor, limit: _limit, fields: _fields, ...filters } = query
  return hashOf(filters)
}
