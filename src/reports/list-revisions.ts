import { sql } from 'drizzle-orm'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { statement } from '../database/statement.ts'
import { DomainError } from '../errors.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { findReportIn } from './queries.ts'
import type { ListRevisionsQuery } from './revision-schemas.ts'

const { placeholder } = sql

interface Row extends Record<string, unknown> {
  version: number
  document: string
}

const utc = (column: string) => sql.raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)

// The first version is told by the report itself. The first belt of the contents stands in the join; row-level security is the second.
const list = statement(
  'list_revisions',
  sql`SELECT version, row_to_json(revision)::text AS document FROM (
    SELECT 1 AS version, 'submitted' AS action, ${utc('received_at')} AS at, office_code AS office, client_id AS client, submitted_by AS "by",
      'submitted' AS status, CASE WHEN office_code = '00' THEN 'national' WHEN length(office_code) = 2 THEN 'province' ELSE 'regency' END AS level,
      '{}'::text[] AS changed, NULL AS reason, '{"before":{},"after":{}}'::json AS changes
    FROM reports WHERE id = ${placeholder('id')}
    UNION ALL
    SELECT v.version, v.action, ${utc('v.changed_at')}, v.office_code, v.client_id, v.actor, v.status, v.level, v.changed, c.reason, c.changes
    FROM report_revisions v LEFT JOIN report_revision_contents c ON c.report_id = v.report_id AND c.version = v.version
      AND greatest(c.handling, c.content_handling) <= ${placeholder('clearance')}::smallint
    WHERE v.report_id = ${placeholder('id')}
  ) revision
  WHERE version > ${placeholder('after')}::integer ORDER BY version LIMIT ${placeholder('rows')}`,
)

/**
 * Every version of a report, the first one first: who made it, when, how, what changed and why. What was said under a higher
 * handling than the caller is cleared for is withheld, and the version is not.
 * @returns JSON texts, one a version
 * @throws DomainError report_not_found, cursor_invalid
 */
export async function listRevisions(
  context: Context & { cursorKey: Uint8Array },
  id: string,
  { limit, cursor }: ListRevisionsQuery,
): Promise<{ items: string[]; next: string | null }> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'reports:read')
  const bound = { sort: 'version', filterHash: hashOf(id), scopeHash: hashOf([caller.scope, caller.clientId]) }
  const after = cursor === undefined ? 0 : Number(openCursor(cursorKey, cursor, bound, now)[0])
  return db.transaction(caller, async (tx) => {
    const [report, rows] = await Promise.all([
      findReportIn(tx, { ...context, caller }, caller.scope, id),
      tx.run<Row>(list, { id, after, clearance: caller.scope.clearance, rows: limit + 1 }),
    ])
    if (!report) throw new DomainError('report_not_found', { id })
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    const next = last ? sealCursor(cursorKey, [String(last.version)], bound, now) : null
    return { items: shown.map(({ document }) => document), next }
  })
}
