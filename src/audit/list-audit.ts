import { type Caller, callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { handlingLevels } from '../access/vocabulary.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { actorOf, appendAudit } from './append-audit.ts'
import { type AuditRow, listAuditEntries } from './queries.ts'
import type { AuditEntryView, ListAuditQuery } from './schemas.ts'

export interface AuditPage {
  items: AuditEntryView[]
  /** Sealed cursor of the next page, null at the end. */
  next: string | null
}

/**
 * What was done and read, newest first, as far as it is chained and concerns nothing above the reader's clearance. That it
 * was read is told in the same transaction.
 * @throws DomainError cursor_invalid
 */
export async function listAudit(
  context: Context & { cursorKey: Uint8Array },
  { limit, cursor, ...filters }: ListAuditQuery,
): Promise<AuditPage> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'audit:read')
  const bound = boundOf(caller, filters)
  const after = cursor === undefined ? undefined : Number(openCursor(cursorKey, cursor, bound, now)[0])
  return db.transaction(caller, async (tx) => {
    const listed = listAuditEntries(tx, caller.scope, { filters, after, rows: limit + 1 })
    const names = Object.keys(filters).filter((name) => filters[name as keyof typeof filters] !== undefined)
    const told = appendAudit(tx, actorOf({ ...context, caller }), {
      action: 'audit.read',
      resource: { type: 'audit', id: null },
      details: { filters: names.sort() },
    })
    const [rows] = await Promise.all([listed, told, tx.commit()])
    const shown = rows.slice(0, limit).map(viewOf)
    const last = rows.length > limit ? shown.at(-1) : undefined
    return { items: shown, next: last ? sealCursor(cursorKey, [last.sequence], bound, now) : null }
  })
}

function boundOf({ scope, clientId }: Caller, filters: object) {
  return { sort: '-sequence', filterHash: hashOf(filters), scopeHash: hashOf([scope, clientId]) }
}

function viewOf(row: AuditRow): AuditEntryView {
  const { sequence, occurredAt, resourceType: type, resourceId: id, resourceVersion: version, handling, ...rest } = row
  const resource = { type, id, version, handling: handlingLevels[handling] ?? 'top_secret' }
  return { ...rest, sequence: Number(sequence), occurredAt: new Date(Number(occurredAt)), resource }
}
