import { type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { handlingRank } from '../access/vocabulary.ts'
import { DomainError } from '../errors.ts'
import { type Statement, statement, type Values } from './statement.ts'

const { placeholder } = sql

/** What the clients table and the reference data say to a caller; only when all hold is the scope entered. */
export interface EntryAnswer extends Record<string, unknown> {
  /** The client exists, is not disabled, and belongs and is cleared as the token claims; the token is not revoked. */
  known: boolean
  /** The client holds the scope that the operation needs, and its break-glass grant, if it names one, is in force. */
  granted: boolean
  /** The caller's process holds the latest reference data. */
  current: boolean
  /** Separated by blanks: the driver takes longer over an array than the server over the rest of the row. */
  scopes: string | null
}

/** The role of a transaction: that of the caller's tier, but for work with grants of its own. */
const role = sql`'waspada_' || CASE ${placeholder('needs')}::text WHEN 'clients:manage' THEN 'administrator'
  WHEN 'audit:read' THEN 'auditor' ELSE c.tier END`

const inForce = sql`EXISTS (SELECT FROM break_glass_grants b WHERE b.id = ${placeholder('breakGlass')}::uuid AND b.client_id = c.client_id
  AND b.actor = ${placeholder('actor')}::text AND b.clearance >= ${placeholder('clearance')}::smallint
  AND b.expires_at > ${placeholder('now')}::timestamptz AND b.closed_at IS NULL AND 'access:break-glass' = ANY (c.scopes))`

/**
 * Sets every scope variable and the role for this transaction if the clients table agrees to each claim and the caller's
 * reference data is the latest. Otherwise no role is set, and nothing that follows is allowed. One row in any case.
 */
function entrySql(glass: SQL): SQL {
  return sql`SELECT c.client_id IS NOT NULL AS known, g.granted, s.revision = ${placeholder('revision')} AS current, array_to_string(c.scopes, ' ') AS scopes,
    CASE WHEN g.granted AND s.revision = ${placeholder('revision')} THEN
      set_config('waspada.region', coalesce(c.office_code, ''), true) || set_config('waspada.agency', coalesce(c.agency, ''), true)
      || set_config('waspada.clearance', ${placeholder('clearance')}::text, true) || set_config('waspada.client', c.client_id, true)
      || set_config('waspada.actor', ${placeholder('actor')}::text, true) || set_config('role', ${role}, true)
    END AS entered
  FROM reference_state s
  LEFT JOIN clients c ON c.client_id = ${placeholder('clientId')} AND c.disabled_at IS NULL
    AND coalesce(c.office_code, c.agency) = ${placeholder('place')}::text AND c.tier = ${placeholder('tier')}
    AND c.clearance >= ${placeholder('claimed')}::smallint
    AND (c.tokens_valid_from IS NULL OR c.tokens_valid_from <= ${placeholder('issuedAt')}::timestamptz)
    AND NOT EXISTS (SELECT FROM revoked_tokens r WHERE r.issuer = ${placeholder('issuer')}::text AND r.jti = ${placeholder('tokenId')}::text)
  CROSS JOIN LATERAL (SELECT c.client_id IS NOT NULL
    AND (${placeholder('needs')}::text IS NULL OR ${placeholder('needs')}::text = ANY (c.scopes)) AND ${glass} AS granted) g`
}

const enter = statement('enter_scope', entrySql(sql`true`))
const enterThroughGlass = statement('enter_scope_through_glass', entrySql(inForce))

/** What enters a scope: the statement that checks the client and sets every scope variable, with its values. */
export interface Entry {
  statement: Statement
  values: Values
}

/** @param revision of the reference data that the caller's process holds in memory */
export function enterScope(caller: Caller, revision: number): Entry {
  const { region, tier, clearance } = caller.scope
  const { breakGlass, token } = caller
  return {
    statement: breakGlass === null ? enter : enterThroughGlass,
    values: {
      clientId: caller.clientId,
      actor: caller.subject,
      place: caller.agency ?? region,
      tier,
      clearance,
      claimed: handlingRank(caller.clearance),
      needs: caller.needs,
      issuer: token.issuer,
      tokenId: token.id,
      issuedAt: token.issuedAt,
      revision,
      ...(breakGlass !== null && { breakGlass: breakGlass.id, now: breakGlass.at }),
    },
  }
}

/**
 * Work that no caller asks for, and the role with the grants of that work alone. `national` is for looking where something happened,
 * and nothing that it reads reaches a caller.
 */
export type Work = 'issuer' | 'administrator' | 'worker' | 'national'

const enterAsWork = statement(
  'enter_work',
  sql`SELECT true AS known, true AS granted, true AS current, NULL::text AS scopes,
    set_config('waspada.region', '', true) || set_config('waspada.agency', '', true) || set_config('waspada.clearance', '3', true)
    || set_config('waspada.client', ${placeholder('client')}::text, true) || set_config('waspada.actor', ${placeholder('actor')}::text, true)
    || set_config('role', 'waspada_' || ${placeholder('work')}::text, true) AS entered`,
)

/** @param by whom the audit names: `system:` and the part of Waspada, which no client can be called */
export function enterWork(work: Work, by: { client: `system:${string}`; actor: string }): Entry {
  return { statement: enterAsWork, values: { work, ...by } }
}

export function isEntered({ known, granted, current }: EntryAnswer): boolean {
  return known && granted && current
}

/**
 * A client that is unknown or disabled is told what a forged token is told.
 * @throws DomainError token_invalid or scope_missing, where newer reference data would not help
 */
export function refuseCaller({ known, granted }: EntryAnswer, { needs }: Pick<Caller, 'needs'>): void {
  if (!known) throw new DomainError('token_invalid')
  if (!granted) throw new DomainError('scope_missing', needs === null ? {} : { scope: needs })
}
