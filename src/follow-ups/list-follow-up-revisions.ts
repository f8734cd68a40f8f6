import { sql } from 'drizzle-orm'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { statement } from '../database/statement.ts'
import { DomainError } from '../errors.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { findTold } from './find-follow-up.ts'
import type { FollowUpRevisionPage, FollowUpRevisionView } from './revision-schemas.ts'
import type { PageQuery } from './schemas.ts'
import { type ChangeableMember, changeableMembers } from './vocabulary.ts'

const { placeholder } = sql

type Row = Omit<FollowUpRevisionView, 'changed'> & Record<string, unknown>

// Where a revision lies is where its follow-up lies, which is asked for by the caller's scope in the same transaction.
const list = statement(
  'list_follow_up_revisions',
  sql`SELECT version, action, changed_at AS at, office_code AS office, client_id AS client, actor AS "by", reason, changes
  FROM follow_up_revisions
  WHERE follow_up_id = ${placeholder('id')} AND handling <= ${placeholder('clearance')}::smallint AND version > ${placeholder('after')}::integer
  ORDER BY version LIMIT ${placeholder('rows')}`,
)

/**
 * Every version of a follow-up, the first one first: who made it, when, how, what changed and why.
 * @throws DomainError follow_up_not_found, cursor_invalid
 */
export async function listFollowUpRevisions(
  context: Context & { cursorKey: Uint8Array },
  id: string,
  { limit, cursor }: PageQuery,
): Promise<FollowUpRevisionPage> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'reports:read')
  const bound = { sort: 'version', filterHash: hashOf(id), scopeHash: hashOf([caller.scope, caller.clientId]) }
  const after = cursor === undefined ? 0 : Number(openCursor(cursorKey, cursor, bound, now)[0])
  return db.transaction(caller, async (tx) => {
    const [followUp, rows] = await Promise.all([
      findTold({ ...context, caller }, tx, id),
      tx.run<Row>(list, { id, after, clearance: caller.scope.clearance, rows: limit + 1 }),
    ])
    if (!followUp) throw new DomainError('follow_up_not_found', { id })
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    const next = last ? sealCursor(cursorKey, [String(last.version)], bound, now) : null
    return { items: shown.map(withChanged), next }
  })
}

function withChanged(row: Row): FollowUpRevisionView {
  const { version, action, at, office, client, by, reason, changes } = row
  const isChanged = (member: ChangeableMember) => member in changes.after
  return { version, action, at, office, client, by, changed: changeableMembers.filter(isChanged), reason, changes }
}
