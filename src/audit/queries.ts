import { and, type SQL, sql } from 'drizzle-orm'
import type { Scope } from '../access/caller.ts'
import { rememberedStatement, type Statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { ListAuditQuery } from './schemas.ts'

const { placeholder } = sql

export interface AuditRow extends Record<string, unknown> {
  sequence: string
  /** Milliseconds since 1970, in decimal digits. */
  occurredAt: string
  action: string
  operation: string
  clientId: string
  actor: string
  office: string | null
  agency: string | null
  requestId: string
  resourceType: string
  resourceId: string | null
  resourceVersion: number | null
  handling: number
  breakGlassId: string | null
  details: Record<string, unknown> | null
  exists: boolean | null
  existsIn: string | null
  /** 64 hexadecimal digits. */
  hash: string
}

export type AuditFilters = Omit<ListAuditQuery, 'limit' | 'cursor'>

const conditions: Record<keyof AuditFilters, SQL> = {
  from: sql`a.occurred_at >= ${placeholder('from')}::timestamptz`,
  to: sql`a.occurred_at < ${placeholder('to')}::timestamptz`,
  clientId: sql`a.client_id = ${placeholder('clientId')}`,
  actor: sql`a.actor = ${placeholder('actor')}`,
  action: sql`a.action = ${placeholder('action')}`,
  resourceType: sql`a.resource_type = ${placeholder('resourceType')}`,
  resourceId: sql`a.resource_id = ${placeholder('resourceId')}`,
  office: sql`a.office_code = ${placeholder('office')}`,
  agency: sql`a.agency = ${placeholder('agency')}`,
}

/** Chained rows up to the reader's clearance, newest first. @param after the sequence to go on from, downwards */
export function listAuditEntries(
  tx: Transaction,
  { clearance }: Scope,
  { filters, after, rows }: { filters: AuditFilters; after: number | undefined; rows: number },
): Promise<AuditRow[]> {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined)
  const values = { ...Object.fromEntries(given), clearance, rows, ...(after !== undefined && { after }) }
  const names = given.map(([name]) => name as keyof AuditFilters)
  return tx.run<AuditRow>(pageStatement(names, after !== undefined), values)
}

function pageStatement(names: readonly (keyof AuditFilters)[], continued: boolean): Statement {
  return rememberedStatement('list_audit', `${names.join()} ${continued}`, () => {
    const after = continued ? sql`a.sequence < ${placeholder('after')}::bigint` : undefined
    return pageSql(and(cleared(sql`a.handling`), ...names.map((name) => conditions[name]), after))
  })
}

/** The first belt; row-level security of the auditor is the second. */
function cleared(handling: SQL): SQL {
  return sql`${handling} <= ${placeholder('clearance')}::smallint`
}

const askedForReport = sql`a.action = 'report.not_found'`

/** Only what has the form of an id can be one; the cast of anything else would fail. */
const askedId = sql`CASE WHEN ${askedForReport} AND a."resourceId" ~ '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$' THEN a."resourceId"::uuid END`

function pageSql(where: SQL | undefined): SQL {
  return sql`WITH a AS MATERIALIZED (
    SELECT a.sequence, (extract(epoch FROM a.occurred_at) * 1000)::bigint::text AS "occurredAt", a.action, a.operation,
      a.client_id AS "clientId", a.actor, a.office_code AS office, a.agency, a.request_id AS "requestId", a.resource_type AS "resourceType",
      a.resource_id AS "resourceId", a.resource_version AS "resourceVersion", a.handling, a.break_glass_id AS "breakGlassId", a.details,
      encode(a.hash, 'hex') AS hash
    FROM audit_entries a WHERE a.sequence IS NOT NULL AND ${where} ORDER BY a.sequence DESC LIMIT ${placeholder('rows')})
  SELECT a.*, CASE WHEN ${askedForReport} THEN r.id IS NOT NULL END AS exists, r.office_code AS "existsIn"
  FROM a LEFT JOIN reports r ON r.id = ${askedId} AND ${cleared(sql`r.handling`)} ORDER BY a.sequence DESC`
}
