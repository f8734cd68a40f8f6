import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import type { Scope } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { grants as g, reads as r } from './table.ts'

const { placeholder } = sql

export interface GrantRow extends Record<string, unknown> {
  id: string
  clientId: string
  actor: string
  reason: string
  /** Rank, 1 to 3. */
  clearance: number
  openedAt: Date
  expiresAt: Date
}

export interface ReadRow extends GrantRow {
  reportId: string
  regionCode: string
  /** Rank, 0 to 3. */
  handling: number
  firstReadAt: Date
}

const grantColumns = sql`${g.id}, ${g.clientId} AS "clientId", ${g.actor}, ${g.reason}, ${g.clearance}, ${g.openedAt} AS "openedAt",
  ${g.expiresAt} AS "expiresAt"`

const insert = statement(
  'insert_break_glass_grant',
  sql`INSERT INTO break_glass_grants (id, client_id, actor, reason, clearance, opened_at, expires_at)
  VALUES (${placeholder('id')}, ${placeholder('clientId')}, ${placeholder('actor')}, ${placeholder('reason')}, ${placeholder('clearance')},
    ${placeholder('openedAt')}, ${placeholder('expiresAt')})`,
)

export async function insertGrant(tx: Transaction, grant: GrantRow): Promise<void> {
  await tx.run(insert, grant)
}

const own = and(
  eq(g.id, placeholder('id')),
  eq(g.clientId, placeholder('clientId')),
  eq(g.actor, placeholder('actor')),
  sql`${g.closedAt} IS NULL AND ${g.expiresAt} > ${placeholder('now')}::timestamptz`,
)

/** Which grant, whose, and when. */
export interface OwnGrant {
  id: string
  clientId: string
  actor: string
  now: Date
}

export const findOwnGrant = statement('find_own_break_glass_grant', sql`SELECT ${g.clearance} FROM ${g} WHERE ${own}`)

const close = statement(
  'close_break_glass_grant',
  sql`UPDATE ${g} SET closed_at = ${placeholder('now')} WHERE ${own} RETURNING ${g.id}`,
)

/** False when the caller has no such grant in force. */
export async function closeGrant(tx: Transaction, grant: OwnGrant): Promise<boolean> {
  return (await tx.run(close, { ...grant })).length > 0
}

const list = (label: string, after: SQL | undefined) =>
  statementByTier(
    label,
    (tier) => sql`SELECT ${grantColumns}, ${r.reportId} AS "reportId", ${r.regionCode} AS "regionCode", ${r.handling},
      ${r.firstReadAt} AS "firstReadAt"
    FROM ${r} JOIN ${g} ON ${eq(g.id, r.grantId)} WHERE ${visible(tier, r, after)}
    ORDER BY ${desc(r.firstReadAt)}, ${desc(r.reportId)}, ${desc(r.grantId)} LIMIT ${placeholder('rows')}`,
  )

const key = sql`(${r.firstReadAt}, ${r.reportId}, ${r.grantId})`
const position = sql`(${placeholder('afterRead')}::timestamptz, ${placeholder('afterReport')}::uuid, ${placeholder('afterGrant')}::uuid)`
const firstPage = list('list_break_glass_reads', undefined)
const nextPage = list('list_break_glass_reads_after', lt(key, position))

/** A place in the list: when, which report, under which grant. */
export type ReadPosition = readonly [readAt: string, reportId: string, grantId: string]

/** What was read above the reader's clearance of reports that the caller sees; newest first. */
export async function listReads(
  tx: Transaction,
  scope: Scope,
  { after, rows }: { after: ReadPosition | undefined; rows: number },
): Promise<ReadRow[]> {
  if (!after) return tx.run<ReadRow>(firstPage[scope.tier], { ...scopeValues(scope), rows })
  const [afterRead, afterReport, afterGrant] = after
  return tx.run<ReadRow>(nextPage[scope.tier], { ...scopeValues(scope), rows, afterRead, afterReport, afterGrant })
}
