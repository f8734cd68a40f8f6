import { sql } from 'drizzle-orm'
import { appendAudit } from '../audit/append-audit.ts'
import type { Database } from '../database/database.ts'
import { statement } from '../database/statement.ts'
import type { Reference } from '../reference/store.ts'
import { clockTolerance, longestLife, TokenId } from './claims.ts'
import type { Trace } from './context.ts'
import { readJwt } from './read-jwt.ts'

const { placeholder } = sql

/** A token by its issuer and `jti`. */
export interface RevokedToken {
  issuer: string
  id: string
}

const revoke = statement(
  'revoke_token',
  sql`INSERT INTO revoked_tokens (issuer, jti, revoked_at, expires_at)
  VALUES (${placeholder('issuer')}, ${placeholder('id')}, ${placeholder('now')}, ${placeholder('until')}) ON CONFLICT DO NOTHING`,
)

/**
 * What a person at the console means: a whole token says whose it is, a bare id is one of the issuers named.
 * @throws Error for what can be neither
 */
export function tokenNamed(given: string, issuers: readonly string[]): RevokedToken[] {
  // Not verified: to refuse what nobody believes does no harm.
  const token = given.split('.').length === 3 ? readJwt(given, 8192).claims : undefined
  const id = TokenId.safeParse(token ? token.jti : given)
  if (!id.success || (token && typeof token.iss !== 'string')) {
    throw new Error('That is neither an access token nor the id of one')
  }
  return (token ? [String(token.iss)] : issuers).map((issuer) => ({ issuer, id: id.data }))
}

/** Refuses tokens from their next request on, whichever process it meets, until they would have ended by themselves. */
export async function revokeToken(
  by: { db: Database<Reference>; actor: string; trace: Trace; now: Date },
  tokens: readonly RevokedToken[],
): Promise<void> {
  const { db, actor, trace, now } = by
  const until = new Date(now.getTime() + (longestLife + 2 * clockTolerance) * 1000)
  const client = 'system:console'
  const who = { clientId: client, subject: actor, office: null, agency: null, breakGlassId: null, trace, now } as const
  await db.workAs('administrator', { client, actor }, async (tx) => {
    for (const { issuer, id } of tokens) {
      await tx.run(revoke, { issuer, id, now, until })
      await appendAudit(tx, who, { action: 'token.revoked', resource: { type: 'token', id }, details: { issuer } })
    }
  })
}
