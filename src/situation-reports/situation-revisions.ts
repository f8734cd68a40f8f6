import { sql } from 'drizzle-orm'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues, visible } from '../access/scope.ts'
import type { Actor } from '../audit/append-audit.ts'
import { statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { utc } from './document.ts'
import { findSituationIn } from './queries.ts'
import type { ListSituationRevisionsQuery } from './revision-schemas.ts'
import { situationReports as r } from './table.ts'

const { placeholder } = sql

/** A version after the first. */
export interface NewSituationRevision {
  id: string
  version: number
  officeCode: string
  /** Rank, 0 to 3, of the report from this version on. */
  handling: number
  /** Names of the members that it changed. */
  changed: readonly string[]
  reason: string | null
  changes: { before: Record<string, unknown>; after: Record<string, unknown> }
}

const insert = statement(
  'insert_situation_revision',
  sql`INSERT INTO situation_report_revisions (situation_report_id, version, office_code, handling, changed_at, client_id, actor, changed, reason, changes)
  VALUES (${placeholder('id')}, ${placeholder('version')}, ${placeholder('officeCode')}, ${placeholder('handling')}, ${placeholder('now')},
    ${placeholder('clientId')}, ${placeholder('subject')}, ${placeholder('changed')}, ${placeholder('reason')}, ${placeholder('changes')})`,
)

/** Tells who made a version of a situation report, when and why. The report itself has that version already. */
export async function insertSituationRevision(
  tx: Transaction,
  by: Actor,
  revision: NewSituationRevision,
): Promise<void> {
  const { clientId, subject, now } = by
  await tx.run(insert, { ...revision, changes: JSON.stringify(revision.changes), clientId, subject, now })
}

// The first version is told by the report itself.
const list = statementByTier(
  'list_situation_revisions',
  (tier) => sql`SELECT version, row_to_json(revision)::text AS document FROM (
    SELECT 1 AS version, 'submitted' AS action, ${utc(r.receivedAt)} AS at, ${r.officeCode} AS office, client_id AS client, submitted_by AS "by",
      '{}'::text[] AS changed, NULL AS reason, '{"before":{},"after":{}}'::json AS changes
    FROM ${r} WHERE ${visible(tier, r)} AND ${r.id} = ${placeholder('id')}
    UNION ALL
    SELECT v.version, 'corrected', ${utc(sql`v.changed_at`)}, v.office_code, v.client_id, v.actor, v.changed, v.reason, v.changes
    FROM situation_report_revisions v WHERE v.situation_report_id = ${placeholder('id')} AND v.handling <= ${placeholder('clearance')}::smallint
  ) revision
  WHERE version > ${placeholder('after')}::integer ORDER BY version LIMIT ${placeholder('rows')}`,
)

/**
 * Every version of a situation report, the first one first: who made it, when, what changed and why.
 * @returns JSON texts, one a version
 * @throws DomainError situation_report_not_found, cursor_invalid
 */
export async function listSituationRevisions(
  context: Context & { cursorKey: Uint8Array },
  id: string,
  { limit, cursor }: ListSituationRevisionsQuery,
): Promise<{ items: string[]; next: string | null }> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'reports:read')
  const bound = {
    sort: 'version',
    filterHash: hashOf(['situation', id]),
    scopeHash: hashOf([caller.scope, caller.clientId]),
  }
  const after = cursor === undefined ? 0 : Number(openCursor(cursorKey, cursor, bound, now)[0])
  return db.transaction(caller, async (tx) => {
    const values = { ...scopeValues(caller.scope), id, after, rows: limit + 1 }
    const [report, rows] = await Promise.all([
      findSituationIn(tx, { ...context, caller }, id),
      tx.run<{ version: number; document: string }>(list[caller.scope.tier], values),
    ])
    if (!report) throw new DomainError('situation_report_not_found', { id })
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    const next = last ? sealCursor(cursorKey, [String(last.version)], bound, now) : null
    return { items: shown.map(({ document }) => document), next }
  })
}
