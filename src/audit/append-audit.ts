import { sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { Caller } from '../access/caller.ts'
import type { Trace } from '../access/context.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'

const { placeholder } = sql

/** What was done: the noun and the verb of an event, or of an act that has none. */
export type AuditAction = `${string}.${string}`

/** One act, told without the content of what it touched. */
export interface AuditEntry {
  action: AuditAction
  resource: {
    /** Such as `report`. */
    type: string
    /** As it was asked for; at most 200 characters are kept. */
    id: string | null
    version?: number
    /** Rank, 0 to 3: whoever is not cleared for it does not read of it here either. */
    handling?: number
  }
  /** Names and numbers of what changed, never personal data or the content of a report. */
  details?: Record<string, unknown>
}

/** Who acted, where, and by which request. */
export interface Actor {
  clientId: string
  /** The official, or the client itself. */
  subject: string
  /** Code of the office, null for an agency and for Waspada's own work. */
  office: string | null
  agency: string | null
  breakGlassId: string | null
  trace: Trace
  now: Date
}

const append = statement(
  'append_audit',
  sql`INSERT INTO audit_entries (id, occurred_at, action, operation, client_id, actor, office_code, agency, request_id, resource_type,
    resource_id, resource_version, handling, break_glass_id, details)
  VALUES (${placeholder('id')}, ${placeholder('now')}, ${placeholder('action')}, ${placeholder('operation')}, ${placeholder('clientId')},
    ${placeholder('subject')}, ${placeholder('office')}, ${placeholder('agency')}, ${placeholder('requestId')}, ${placeholder('type')},
    ${placeholder('resourceId')}, ${placeholder('version')}, ${placeholder('handling')}, ${placeholder('breakGlassId')}, ${placeholder('details')})`,
)

/**
 * Writes the act into the audit, in the transaction of the act itself; its place in the chain is given after the commit.
 * The transaction must have been entered by the very actor.
 */
export async function appendAudit(tx: Transaction, actor: Actor, entry: AuditEntry): Promise<void> {
  const { trace, ...who } = actor
  const { action, resource, details } = entry
  await tx.run(append, {
    ...who,
    id: uuidv7(),
    operation: trace.operation,
    requestId: trace.requestId,
    action,
    type: resource.type,
    resourceId: resource.id === null ? null : storable(resource.id),
    version: resource.version ?? null,
    handling: resource.handling ?? 0,
    details: details === undefined ? null : JSON.stringify(details),
  })
}

const appendMany = statement(
  'append_audits',
  sql`INSERT INTO audit_entries (id, occurred_at, action, operation, client_id, actor, office_code, agency, request_id, resource_type,
    resource_id, resource_version, handling, break_glass_id, details)
  SELECT n.id, ${placeholder('now')}::timestamptz, ${placeholder('action')}, ${placeholder('operation')}, ${placeholder('clientId')},
    ${placeholder('subject')}, ${placeholder('office')}, ${placeholder('agency')}, ${placeholder('requestId')}, ${placeholder('type')},
    n.resource_id, n.version, n.handling, ${placeholder('breakGlassId')}::uuid, n.details
  FROM json_to_recordset(${placeholder('resources')}::json) AS n (id uuid, resource_id text, version integer, handling smallint, details json)`,
)

/** As appendAudit, for the same act on many resources of one type. */
export async function appendAudits(
  tx: Transaction,
  actor: Actor,
  { action, type, resources }: { action: AuditAction; type: string; resources: readonly AuditedResource[] },
): Promise<void> {
  const { trace, ...who } = actor
  const rows = resources.map(({ id, version, handling, details }) => ({
    ...{ id: uuidv7(), resource_id: id },
    ...{ version, handling, details },
  }))
  const { operation, requestId } = trace
  await tx.run(appendMany, { ...who, operation, requestId, action, type, resources: JSON.stringify(rows) })
}

/** A resource with a version and a handling (rank, 0 to 3). */
export interface AuditedResource {
  id: string
  version: number
  handling: number
  /** Names and numbers of what changed, never personal data or the content of a report. */
  details?: Record<string, unknown>
}

/** The actor of a request. */
export function actorOf({ caller, trace, now }: { caller: Caller; trace: Trace; now: Date }): Actor {
  const { clientId, subject, scope, agency, breakGlass } = caller
  const office = agency === null ? scope.region : null
  return { clientId, subject, office, agency, breakGlassId: breakGlass?.id ?? null, trace, now }
}

/** What was asked for may be any text: PostgreSQL has no NUL, and UTF-8 no lone surrogate. */
export function storable(id: string): string {
  return [...Buffer.from(id).toString().replaceAll('\0', '\uFFFD')].slice(0, 200).join('')
}
