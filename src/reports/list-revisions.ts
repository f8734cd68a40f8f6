import { eq, sql } from 'drizzle-orm'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues, visible } from '../access/scope.ts'
import type { Tier } from '../access/vocabulary.ts'
import { type Telling, tellingOf, tellingValues, toldRead } from '../audit/told-reads.ts'
import { type Statement, statement, statementByTier } from '../database/statement.ts'
import { DomainError } from '../errors.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { placed } from './queries.ts'
import type { ListRevisionsQuery } from './revision-schemas.ts'
import { reports as r } from './table.ts'

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

// Versions follow each other without a gap: the page is those up to `after` and `limit`. What it tells may be more secret than the report of today.
const saidUnder = sql`(SELECT coalesce(max(c.content_handling), 0) FROM report_revision_contents c WHERE c.report_id = ${r.id}
  AND c.version > ${placeholder('after')}::integer AND c.version <= ${placeholder('after')}::integer + ${placeholder('limit')}::integer
  AND greatest(c.handling, c.content_handling) <= ${placeholder('clearance')}::smallint)`

const find: Record<Telling, Record<Tier, Statement>> = {
  untold: findBy('untold'),
  told: findBy('told'),
  through_glass: findBy('through_glass'),
}

function findBy(telling: Telling): Record<Tier, Statement> {
  return statementByTier(`find_report_of_revisions_${telling}`, (tier) => {
    const where = visible(tier, r, eq(r.id, placeholder('id')))
    if (telling === 'untold') return sql`SELECT ${r.id} FROM ${r} WHERE ${where}`
    const query = sql`SELECT ${placed}, greatest(${r.handling}, ${saidUnder})::smallint AS said_under FROM ${r} WHERE ${where}`
    return toldRead(telling, { query, columns: sql`id`, shownHandling: sql`said_under` })
  })
}

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
  const values = { ...scopeValues(caller.scope), ...tellingValues({ ...context, caller }), id, after, limit }
  return db.transaction(caller, async (tx) => {
    const [[report], rows] = await Promise.all([
      tx.run(find[tellingOf(caller)][caller.scope.tier], values),
      tx.run<Row>(list, { ...values, rows: limit + 1 }),
    ])
    if (!report) throw new DomainError('report_not_found', { id })
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    const next = last ? sealCursor(cursorKey, [String(last.version)], bound, now) : null
    return { items: shown.map(({ document }) => document), next }
  })
}
