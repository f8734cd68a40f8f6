import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { tellingValues } from '../audit/told-reads.ts'
import type { Transaction } from '../database/transaction.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import type { Filter } from '../reports/filters.ts'
import { withHighlights } from '../reports/highlights.ts'
import { afterValues } from '../reports/keyset.ts'
import type { PageRow } from '../reports/page-statement.ts'
import type { Position } from '../reports/walk-pages.ts'
import { filtersOf } from './filters.ts'
import type { ListReleasesQuery, Sort } from './list-schemas.ts'
import { orderedPage, rankedPage } from './page-statement.ts'
import { changedSince, positionOf, unchangedSince, walkAt } from './walk.ts'

/** What is listed, in which order: a query without its place in the list. */
export type Listed = Omit<ListReleasesQuery, 'limit' | 'cursor' | 'sort'> & { sort: Sort }

/**
 * Releases that reach the calling agency, by keyset: a walk loses nothing that was there when it began, whatever is released or
 * changed meanwhile. Every one that is given is told to the audit.
 * @returns items as JSON texts
 * @throws DomainError cursor_invalid, parameter_invalid
 */
export async function listReleases(
  context: Context & { cursorKey: Uint8Array },
  query: ListReleasesQuery,
): Promise<{ items: string[]; next: string | null }> {
  const { now, cursorKey } = context
  const { scope, clientId, agency } = callerFor(context.caller, 'releases:read')
  const { cursor, limit, fields: _fields, ...filters } = query
  const sort = query.sort ?? (query.q === undefined ? '-releasedAt' : 'relevance')
  const bound = {
    sort,
    filterHash: hashOf(['releases', filters]),
    scopeHash: hashOf([scope, clientId, agency]),
  }
  const after = cursor === undefined ? null : openCursor(cursorKey, cursor, bound, now)
  const { rows, last } = await pageOfReleases(context, { ...query, sort }, { after, size: limit })
  const items = rows.map(query.q === undefined ? ({ document }) => document : withHighlights)
  return { items, next: last && sealCursor(cursorKey, last as Parameters<typeof sealCursor>[1], bound, now) }
}

/** The releases after a position, in a transaction of its own; `last` is null at the end. @throws DomainError as `listReleases` */
export async function pageOfReleases(
  context: Context,
  listed: Listed,
  { after, size }: { after: Position | null; size: number },
): Promise<{ rows: PageRow[]; last: Position | null }> {
  const caller = callerFor(context.caller, 'releases:read')
  return context.db.transaction(caller, async (tx, reference) => {
    const read = readerOf(tx, { ...context, caller }, listed, filtersOf(listed, reference))
    if (after === null) {
      const [rows] = await Promise.all([read(listed.sort, null, size), tx.commit()])
      return pageAmong([{ rows, begun: context.now, isLate: false }], size)
    }
    const { begun, isLate, after: place } = walkAt(after)
    const rows = isLate ? [] : await read(listed.sort, place, size, unchangedSince(begun))
    if (rows.length > size) return pageAmong([{ rows, begun, isLate }], size)
    const late = await read('releasedAt', isLate ? place : null, size - rows.length, changedSince(begun))
    return pageAmong(
      [
        { rows, begun, isLate },
        { rows: late, begun, isLate: true },
      ],
      size,
    )
  })
}

/** Reads what follows a position in an order, one more than is shown and told. */
function readerOf(tx: Transaction, context: Context, { fields, bbox, q }: Listed, asked: readonly Filter[]) {
  const { caller } = context
  return (sort: Sort, after: Position | null, size: number, since?: Filter): Promise<PageRow[]> => {
    const filters = since ? [...asked, since] : asked
    const page = { query: { fields, bbox, q }, continued: after !== null, filters }
    return tx.run<PageRow>(sort === 'relevance' ? rankedPage(page) : orderedPage(sort, page), {
      ...Object.assign({}, ...filters.map(({ values }) => values)),
      ...(after && afterValues(after)),
      ...tellingValues(context, 'told'),
      clearance: caller.scope.clearance,
      agency: caller.agency,
      rows: size + 1,
      shown: size,
    })
  }
}

interface Part {
  rows: PageRow[]
  begun: Date
  isLate: boolean
}

function pageAmong(parts: readonly Part[], size: number): { rows: PageRow[]; last: Position | null } {
  const all = parts.flatMap(({ rows, ...walk }) => rows.map((row) => ({ row, ...walk })))
  const shown = all.slice(0, size)
  const end = all.length > size ? shown.at(-1) : undefined
  const last = end ? positionOf({ ...end, after: JSON.parse(end.row.position) }) : null
  return { rows: shown.map(({ row }) => row), last }
}
