import { type Caller, callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues } from '../access/scope.ts'
import { tellingValues } from '../audit/told-reads.ts'
import type { Statement, Values } from '../database/statement.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import type { Reference } from '../reference/store.ts'
import { filtersOf } from './filters.ts'
import { highlightsOf } from './highlights.ts'
import { refuseUnknown } from './known-filters.ts'
import type { ListReportsQuery, Sort } from './list-schemas.ts'
import { afterValues } from './order.ts'
import { filteredPage, type PageRow, searchedPage } from './page-statement.ts'
import { needsSearch, searchValues } from './search.ts'

/** A page as JSON texts, one a report. */
export interface Page {
  items: string[]
  /** Sealed cursor of the next page, null at the end. */
  next: string | null
}

/** Reports that the caller may see, by keyset: a walk during inserts loses and repeats nothing. @throws DomainError cursor_invalid */
export async function listReports(
  context: Context & { cursorKey: Uint8Array },
  query: ListReportsQuery,
): Promise<Page> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'reports:read')
  const sort = query.sort ?? (query.q === undefined ? '-occurredAt' : 'relevance')
  const bound = { sort, filterHash: filterHash(query), scopeHash: hashOf([caller.scope, caller.clientId]) }
  const after = query.cursor === undefined ? undefined : openCursor(cursorKey, query.cursor, bound, now)
  return db.transaction(caller, async (tx, reference) => {
    const { statement, values } = pageRead(caller, { query, sort, after }, reference, now)
    const sent = tx.run<PageRow>(statement, {
      ...values,
      ...scopeValues(caller.scope),
      ...tellingValues({ ...context, caller }),
      rows: query.limit + 1,
      shown: query.limit,
    })
    const [rows] = await Promise.all([sent, tx.commit()])
    const shown = rows.slice(0, query.limit)
    const last = rows.length > query.limit ? shown.at(-1) : undefined
    const next = last ? sealCursor(cursorKey, JSON.parse(last.position), bound, now) : null
    return { items: shown.map(query.q === undefined ? ({ document }) => document : withHighlights), next }
  })
}

interface Asked {
  query: ListReportsQuery
  sort: Sort
  after: readonly unknown[] | undefined
}

function pageRead(
  caller: Caller,
  { query, sort, after }: Asked,
  reference: Reference,
  now: Date,
): { statement: Statement; values: Values } {
  const asked = { query, continued: after !== undefined }
  if (sort === 'relevance' || needsSearch(query)) {
    refuseUnknown(query, reference)
    const values = {
      ...searchValues(query, reference, now),
      sort,
      after: after === undefined ? null : JSON.stringify(after),
    }
    return { statement: searchedPage(caller, { ...asked, sort }), values }
  }
  const filters = filtersOf(query, reference, now)
  const values = Object.assign({}, ...filters.map((filter) => filter.values), after && afterValues(after))
  return { statement: filteredPage(caller, { ...asked, sort }, filters), values }
}

function withHighlights({ document, marked }: PageRow): string {
  return `${document.slice(0, -1)},"highlights":${JSON.stringify(highlightsOf(marked))}}`
}

/** A cursor continues the very query that gave it; the size of the page and its members may change on the way. */
function filterHash(query: ListReportsQuery): string {
  const { cursor: _cursor, limit: _limit, fields: _fields, ...filters } = query
  return hashOf(filters)
}
