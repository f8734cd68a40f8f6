import { sql } from 'drizzle-orm'
import type { JWK } from 'jose'
import { statement } from '../../database/statement.ts'
import type { Transaction } from '../../database/transaction.ts'

const { placeholder } = sql

/** A client in good standing with all that it may prove itself with now. */
export interface IssuedTo {
  clientId: string
  officeCode: string | null
  agency: string | null
  scopes: string[]
  /** Rank. */
  clearance: number
  /** Tokens of before were revoked. */
  tokensValidFrom: Date | null
  /** SHA-256 digests. */
  secrets: Buffer[]
  publicKeys: JWK[]
}

const find = statement(
  'find_client_for_token',
  sql`SELECT c.client_id AS "clientId", c.office_code AS "officeCode", c.agency, c.scopes, c.clearance,
    c.tokens_valid_from AS "tokensValidFrom",
    coalesce(array_agg(k.secret_sha256) FILTER (WHERE k.kind = 'secret'), '{}') AS secrets,
    coalesce(json_agg(k.public_jwk) FILTER (WHERE k.kind = 'public_key'), '[]') AS "publicKeys"
  FROM clients c LEFT JOIN client_credentials k ON k.client_id = c.client_id
    AND (k.expires_at IS NULL OR k.expires_at > ${placeholder('now')}::timestamptz)
  WHERE c.client_id = ${placeholder('clientId')}::text AND c.disabled_at IS NULL
  GROUP BY c.client_id`,
)

/** Undefined when there is no such client, or it is disabled. */
export async function findClient(tx: Transaction, clientId: string, now: Date): Promise<IssuedTo | undefined> {
  // PostgreSQL has no NUL in text, and no client has one in its name.
  if (clientId.includes('\0')) return undefined
  const [row] = await tx.run<IssuedTo>(find, { clientId, now })
  return row
}

const claim = statement(
  'claim_assertion',
  sql`INSERT INTO used_assertions (client_id, jti, expires_at)
  VALUES (${placeholder('clientId')}, ${placeholder('jti')}, ${placeholder('expiresAt')}) ON CONFLICT DO NOTHING RETURNING jti`,
)

/** Takes the id of an assertion, once among all processes. False when it was taken before. */
export async function claimAssertion(
  tx: Transaction,
  assertion: { clientId: string; jti: string; expiresAt: Date },
): Promise<boolean> {
  const rows = await tx.run(claim, assertion)
  return rows.length === 1
}
