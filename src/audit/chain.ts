import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'

/** The columns of a row as it is chained: every one of them but those that the chain adds. */
export const chainedColumns =
  sql.raw(`id, (extract(epoch FROM occurred_at) * 1000)::bigint::text AS "occurredAt", action, operation,
  client_id AS "clientId", actor, office_code AS office, agency, request_id AS "requestId", resource_type AS "resourceType",
  resource_id AS "resourceId", resource_version AS "resourceVersion", handling, break_glass_id AS "breakGlassId", details::text AS details`)

/** A row as `chainedColumns` give it. */
export interface ChainedRow extends Record<string, unknown> {
  /** Lower case, with hyphens. */
  id: string
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
  /** The JSON text as it is stored, to the character. */
  details: string | null
}

/** A place in the chain. Before the first row it is sequence 0 and 32 zero bytes. */
export interface ChainHead {
  sequence: number
  hash: Buffer
}

/**
 * The canonical text of a row: a JSON array, as JSON.stringify writes it, of the version of this form and the fields in a
 * fixed order. Times are UTC with milliseconds; the details are the stored text, as one JSON string. No version of
 * PostgreSQL, time zone or locale has a part in it.
 */
export function canonicalText(sequence: number, row: ChainedRow): string {
  return JSON.stringify([
    'waspada-audit-1',
    sequence,
    row.id,
    new Date(Number(row.occurredAt)).toISOString(),
    row.action,
    row.operation,
    row.clientId,
    row.actor,
    row.office,
    row.agency,
    row.requestId,
    row.resourceType,
    row.resourceId,
    row.resourceVersion,
    row.handling,
    row.breakGlassId,
    row.details,
  ])
}

/** SHA-256 of the hash before (32 bytes), followed by the canonical text of the row in UTF-8. */
export function chainHash(previous: Buffer, sequence: number, row: ChainedRow): Buffer {
  return createHash('sha256').update(previous).update(canonicalText(sequence, row), 'utf8').digest()
}

/** A head as people note it: `4711:9f86d0...`. */
export function headText({ sequence, hash }: ChainHead): string {
  return `${sequence}:${hash.toString('hex')}`
}
