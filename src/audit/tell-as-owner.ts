import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { type AuditEntry, storable } from './append-audit.ts'

/** The act of a command that works as the owner of the tables. */
export interface OwnersAct extends AuditEntry {
  /** The command. */
  operation: string
  now: Date
}

/** As `appendAudit`, for work on a connection of the owner: the audit names the role that is connected. */
export async function tellAsOwner(
  client: Pick<pg.ClientBase, 'query'>,
  { action, operation, resource, details, now }: OwnersAct,
): Promise<void> {
  const { type, id, handling = 0 } = resource
  await client.query(
    `INSERT INTO audit_entries (id, occurred_at, action, operation, client_id, actor, request_id, resource_type, resource_id, handling, details)
    VALUES ($1, $2, $3, $4, 'system:owner', session_user, $1::uuid::text, $5, $6, $7, $8)`,
    [
      uuidv7(),
      now.toISOString(),
      action,
      operation,
      type,
      id === null ? null : storable(id),
      handling,
      details === undefined ? null : JSON.stringify(details),
    ],
  )
}
