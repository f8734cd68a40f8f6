import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues } from '../access/scope.ts'
import { tellingValues } from '../audit/told-reads.ts'
import { DomainError } from '../errors.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { type KindName, kindNames } from './kinds.ts'
import { type ItemRow, pageStatement } from './page-statement.ts'
import type { ListInboxQuery } from './schemas.ts'

/** A place in the list: the kind, the moment by which it is ordered, and the id of the item. */
type Position = readonly [kind: KindName, position: string, item: string]

/**
 * What waits for the caller's office, the most urgent first. A report may stand there under several kinds.
 * @returns JSON texts, one an item
 * @throws DomainError cursor_invalid
 */
export async function listInbox(
  context: Context & { cursorKey: Uint8Array },
  { kind: wanted = kindNames, limit, cursor }: ListInboxQuery,
): Promise<{ items: string[]; next: string | null }> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'reports:read')
  const { scope, clientId } = caller
  const kinds = kindNames.filter((name) => wanted.includes(name))
  const bound = { sort: 'inbox', filterHash: hashOf(kinds), scopeHash: hashOf([scope, clientId]) }
  const after =
    cursor === undefined ? undefined : (openCursor(cursorKey, cursor, bound, now) as readonly unknown[] as Position)
  const query = pageStatement(caller, kindsFrom(kinds, after), after !== undefined)
  const values = {
    ...scopeValues(scope),
    ...tellingValues({ ...context, caller }),
    ...(after && { afterPosition: after[1], afterItem: after[2] }),
    now,
    rows: limit + 1,
    shown: limit,
  }
  const rows = await db.read<ItemRow>(caller, query, values)
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  const next = last ? sealCursor(cursorKey, positionOf(last), bound, now) : null
  return { items: shown.map(({ document }) => document), next }
}

function kindsFrom(kinds: readonly KindName[], after: Position | undefined): readonly KindName[] {
  if (!after) return kinds
  const first = kinds.indexOf(after[0])
  if (first < 0) throw new DomainError('cursor_invalid')
  return kinds.slice(first)
}

function positionOf({ kind, position, item }: ItemRow): Position {
  return [kind, position.toISOString(), item]
}
