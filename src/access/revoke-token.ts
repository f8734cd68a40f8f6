import { sql } from 'drizzle-orm'
import { appendAudit } from '../audit/append-audit.ts'
import type { Database } from '../database/database.ts'
import { statement } from '../database/statement.ts'
import type { Reference } from '../reference/store.ts'
import { clockTolerance, longestLife, TokenId } from './claims.ts'
import type { Trace } from './context.ts'
import { builtInTokens } from './issuers.ts'
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
 * What a person at the console means: a whole token says whose it is, unless that is the built-in issuer by whatever name it
 * is reached; a bare id is one of the issuer named.
 * @throws Error for what can be neither
 */
export function tokenNamed(given: string, issuer: string): RevokedToken[] {
  const token = claimsIn(given)
  const id = TokenId.safeParse(token ? token.jti : given)
  // Ids of ours are UUIDs; anything else without an issuer is a piece of a token, or a slip.
  const isOurs = issuer !== builtInTokens || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(given)
  if (!id.success || (!token && !isOurs) || (token && typeof token.iss !== 'string')) {
    throw new Error(
      'That is neither a whole access token nor the id (jti) of one; the id of a token from outside needs --issuer',
    )
  }
  const issuers = token ? [String(token.iss), builtInTokens] : [issuer]
  return issuers.map((each) => ({ issuer: each, id: id.data }))
}

/** Not verified: to refuse what nobody believes does no harm. Undefined for what is no whole token. */
function claimsIn(given: string): Record<string, unknown> | undefined {
  try {
    return given.split('.').length === 3 ? readJwt(given, 8192).claims : undefined
  } catch {
    return undefined
  }
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
    for (const { issuer, id } of tokens) await tx.run(revoke, { issuer, id, now, until })
    const resource = { type: 'token', id: tokens[0]?.id ?? null }
    await appendAudit(tx, who, {
      action: 'token.revoked',
      resource,
      details: { issuers: tokens.map(({ issuer }) => issuer) },
    })
  })
}
