import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { MadeCredential } from './credential.ts'
import { mostCredentials } from './schemas.ts'

const { placeholder } = sql

const keyInForce = statement(
  'find_key_in_force',
  sql`SELECT FROM client_credentials k WHERE k.public_jwk->>'kid' = ${placeholder('kid')}
    AND (k.expires_at IS NULL OR k.expires_at > ${placeholder('now')}::timestamptz)`,
)

/** One key is one client's: @throws DomainError body_invalid where it is in force already */
export async function refuseKeyInUse(tx: Transaction, { kid }: MadeCredential, now: Date): Promise<void> {
  if (kid === null) return
  const found = await tx.run(keyInForce, { kid, now })
  if (found.length > 0) throw new DomainError('body_invalid', {}, [{ pointer: '/credential/jwk', code: 'key_in_use' }])
}

const insertKey = statement(
  'insert_client_credential',
  sql`INSERT INTO client_credentials (id, client_id, kind, secret_sha256, public_jwk, created_at)
  VALUES (${placeholder('id')}, ${placeholder('clientId')}, ${placeholder('kind')}, ${placeholder('secretSha256')}, ${placeholder('publicJwk')},
    ${placeholder('now')})`,
)

export async function insertCredential(
  tx: Transaction,
  clientId: string,
  made: MadeCredential,
  now: Date,
): Promise<void> {
  const { id, kind, secretSha256, publicJwk } = made
  await tx.run(insertKey, { id, clientId, kind, secretSha256, publicJwk, now })
}

const endEarlier = statement(
  'end_credentials',
  sql`UPDATE client_credentials SET expires_at = least(expires_at, ${placeholder('until')}::timestamptz) WHERE client_id = ${placeholder('clientId')}`,
)
const removeEnded = statement(
  'remove_ended_credentials',
  sql`DELETE FROM client_credentials WHERE client_id = ${placeholder('clientId')} AND (expires_at <= ${placeholder('now')}::timestamptz OR id IN (
    SELECT id FROM client_credentials WHERE client_id = ${placeholder('clientId')} ORDER BY created_at DESC, id DESC OFFSET ${mostCredentials - 1}))`,
)

/** Lets every credential of a client end at a moment, or earlier where that was said before; what has ended is removed. */
export async function endCredentials(tx: Transaction, clientId: string, until: Date, now: Date): Promise<void> {
  await tx.run(endEarlier, { clientId, until })
  await tx.run(removeEnded, { clientId, now })
}

const standing = statement(
  'find_credentials',
  sql`SELECT id FROM client_credentials WHERE id = ANY (${placeholder('ids')}::uuid[])`,
)

/** Which of the credentials are stored. */
export async function findCredentialIds(tx: Transaction, ids: string[]): Promise<string[]> {
  const rows = await tx.run<{ id: string }>(standing, { ids })
  return rows.map(({ id }) => id)
}
