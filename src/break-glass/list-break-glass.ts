import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { handlingOf } from '../access/vocabulary.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { type GrantRow, listReads, type ReadPosition, type ReadRow } from './queries.ts'
import type { BreakGlassGrant, BreakGlassPage, ListBreakGlassQuery } from './schemas.ts'

/** What was read above the reader's clearance, of the reports that the caller may see. @throws DomainError cursor_invalid */
export async function listBreakGlass(
  context: Context & { cursorKey: Uint8Array },
  { limit, cursor }: ListBreakGlassQuery,
): Promise<BreakGlassPage> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'reports:read')
  const scopeHash = hashOf([caller.scope, caller.clientId])
  const bound = { sort: '-firstReadAt', filterHash: hashOf('break-glass'), scopeHash }
  const opened = cursor === undefined ? undefined : openCursor(cursorKey, cursor, bound, now)
  const after = opened as ReadPosition | undefined
  const rows = await db.transaction(caller, async (tx) => {
    const [found] = await Promise.all([listReads(tx, caller.scope, { after, rows: limit + 1 }), tx.commit()])
    return found
  })
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { items: shown.map(viewOf), next: last ? sealCursor(cursorKey, positionOf(last), bound, now) : null }
}

/** A grant as it is answered. */
export function grantView({ id, clientId, actor, reason, clearance, openedAt, expiresAt }: GrantRow): BreakGlassGrant {
  return { id, clientId, actor, reason, clearance: handlingOf(clearance), openedAt, expiresAt }
}

function viewOf(row: ReadRow): BreakGlassPage['items'][number] {
  const { reportId, regionCode, handling, firstReadAt } = row
  return {
    grant: grantView(row),
    report: { id: reportId, regionCode, handling: handlingOf(handling) },
    firstReadAt,
  }
}

function positionOf({ firstReadAt, reportId, id }: ReadRow): ReadPosition {
  return [firstReadAt.toISOString(), reportId, id]
}
