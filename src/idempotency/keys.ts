import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Scope } from '../access/caller.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'

const { placeholder } = sql
const days = 86_400_000
const headerKeysLast = 30 * days

/** What makes a change safe to send again. `reference`: chosen by the office, for ever; `header`: an Idempotency-Key, 30 days. */
export interface IdempotencyKey {
  kind: 'reference' | 'header'
  /** The operation that it belongs to, such as `submitReport`. */
  operation: string
  key: string
}

/** The key is in use: a change with it has been made before. Thrown to undo the transaction that tried to claim it. */
export class KeyInUse extends Error {
  readonly key: IdempotencyKey

  constructor(key: IdempotencyKey) {
    super(`Key in use: ${key.kind}`)
    this.key = key
  }
}

// A key in force is refused by the NOT NULL of its own column: the failure ends the transaction, so that whatever was sent
// behind the claim, COMMIT included, comes to nothing. A claim that only answered would have to be waited for.
const claim = statement(
  'claim_idempotency_key',
  sql`INSERT INTO idempotency_keys AS k (office_code, operation, key, fingerprint, resource_id, created_at, expires_at)
  VALUES (${placeholder('office')}, ${placeholder('operation')}, ${placeholder('key')}, ${placeholder('fingerprint')},
    ${placeholder('resourceId')}, ${placeholder('now')}, ${placeholder('expiresAt')})
  ON CONFLICT (office_code, operation, key) DO UPDATE SET resource_id = excluded.resource_id, created_at = excluded.created_at,
    expires_at = excluded.expires_at, fingerprint = CASE WHEN k.expires_at <= excluded.created_at THEN excluded.fingerprint END`,
)

/**
 * Writes the key in the transaction of the change; it need not be awaited before the change is sent. A transaction that
 * holds the same key is waited for.
 * @throws KeyInUse and undoes the transaction
 */
export async function claimKey(
  tx: Transaction,
  scope: Scope,
  key: IdempotencyKey,
  change: { fingerprint: Buffer; resourceId: string; now: Date },
): Promise<void> {
  const expiresAt = key.kind === 'reference' ? null : new Date(change.now.getTime() + headerKeysLast)
  try {
    await tx.run(claim, { ...change, ...stored(scope, key), expiresAt })
  } catch (error) {
    throw isRefusedClaim(error) ? new KeyInUse(key) : error
  }
}

function isRefusedClaim(error: unknown): boolean {
  const { code, table, column } = error as { code?: string; table?: string; column?: string }
  return code === '23502' && table === 'idempotency_keys' && column === 'fingerprint'
}

const claimMany = statement(
  'claim_references',
  sql`INSERT INTO idempotency_keys AS k (office_code, operation, key, fingerprint, resource_id, created_at, expires_at)
  SELECT ${placeholder('office')}, ${placeholder('operation')}, n.key, n.fingerprint, n.resource_id, ${placeholder('now')}::timestamptz, NULL
  FROM json_to_recordset(${placeholder('changes')}::json) AS n (key text, fingerprint bytea, resource_id uuid)
  ON CONFLICT (office_code, operation, key) DO UPDATE SET fingerprint = NULL`,
)

/** A change that is made by the office's own reference. */
export interface ReferencedChange {
  reference: string
  fingerprint: Buffer
  resourceId: string
}

/**
 * As claimKey, for many references of an office at once, none of them twice. They are taken in one order in every process alike, so
 * that two that take the same ones never wait for each other in a ring.
 * @throws KeyInUse and undoes the transaction
 */
export async function claimReferences(
  tx: Transaction,
  scope: Scope,
  operation: string,
  { changes, now }: { changes: readonly ReferencedChange[]; now: Date },
): Promise<void> {
  const rows = changes
    .toSorted((a, b) => (a.reference < b.reference ? -1 : 1))
    .map(({ reference, fingerprint, resourceId }) => ({
      key: reference,
      fingerprint: `\\x${fingerprint.toString('hex')}`,
      resource_id: resourceId,
    }))
  const key: IdempotencyKey = { kind: 'reference', operation, key: '' }
  try {
    await tx.run(claimMany, { ...stored(scope, key), changes: JSON.stringify(rows), now })
  } catch (error) {
    throw isRefusedClaim(error) ? new KeyInUse(key) : error
  }
}

const findMany = statement(
  'find_references',
  sql`SELECT key AS reference, fingerprint, resource_id AS "resourceId" FROM idempotency_keys
  WHERE office_code = ${placeholder('office')} AND operation = ${placeholder('operation')}
    AND key = ANY (${placeholder('references')}::text[])`,
)

/** The changes that were made by any of these references. */
export async function findReferences(
  tx: Transaction,
  scope: Scope,
  operation: string,
  references: readonly string[],
): Promise<Map<string, ReferencedChange>> {
  const key: IdempotencyKey = { kind: 'reference', operation, key: '' }
  const found = await tx.run<ReferencedChange & Record<string, unknown>>(findMany, {
    ...stored(scope, key),
    references,
  })
  return new Map(found.map((change) => [change.reference, change]))
}

const find = statement(
  'find_idempotency_key',
  sql`SELECT fingerprint, resource_id AS "resourceId" FROM idempotency_keys
  WHERE office_code = ${placeholder('office')} AND operation = ${placeholder('operation')} AND key = ${placeholder('key')}
    AND (expires_at IS NULL OR expires_at > ${placeholder('now')})`,
)

/** The change that was made with a key that is in force, or undefined. */
export async function findKey(
  tx: Transaction,
  scope: Scope,
  key: IdempotencyKey,
  now: Date,
): Promise<{ fingerprint: Buffer; resourceId: string } | undefined> {
  const [row] = await tx.run<{ fingerprint: Buffer; resourceId: string }>(find, { ...stored(scope, key), now })
  return row
}

/** SHA-256 of a content, the same whatever the order of its members; an unknown (null) member counts as absent. */
export function fingerprintOf(content: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(content, sortedMembers)).digest()
}

function sortedMembers(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const known = Object.entries(value).filter(([, member]) => member !== null && member !== undefined)
  return Object.fromEntries(known.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Both kinds share one table: the kind is part of the operation's name there. */
function stored(scope: Scope, { kind, operation, key }: IdempotencyKey) {
  return { office: scope.region, operation: `${operation}:${kind}`, key }
}
