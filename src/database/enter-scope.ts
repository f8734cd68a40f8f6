import { sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { DomainError } from '../errors.ts'
import { type Statement, statement, type Values } from './statement.ts'

const { placeholder } = sql

/** What the clients table and the reference data say to a caller; only when all hold is the scope entered. */
export interface EntryAnswer extends Record<string, unknown> {
  /** The client exists, is not disabled, and belongs and is cleared as the token claims. */
  known: boolean
  /** The client holds the scope that the operation needs. */
  granted: boolean
  /** The caller's process holds the latest reference data. */
  current: boolean
  scopes: string[] | null
}

/**
 * Sets every scope variable and the tier's role for this transaction if the clients table agrees to each claim and the
 * caller's reference data is the latest. Otherwise no role is set, and nothing that follows is allowed. One row in any case.
 */
const enter = statement(
  'enter_scope',
  sql`SELECT c.client_id IS NOT NULL AS known, g.granted, s.revision = ${placeholder('revision')} AS current, c.scopes,
    CASE WHEN g.granted AND s.revision = ${placeholder('revision')} THEN
      set_config('waspada.region', coalesce(c.office_code, ''), true) || set_config('waspada.agency', coalesce(c.agency, ''), true)
      || set_config('waspada.clearance', ${placeholder('clearance')}::text, true) || set_config('role', 'waspada_' || c.tier, true)
    END AS entered
  FROM reference_state s
  LEFT JOIN clients c ON c.client_id = ${placeholder('clientId')} AND c.disabled_at IS NULL
    AND coalesce(c.office_code, c.agency) = ${placeholder('place')}::text AND c.tier = ${placeholder('tier')}
    AND c.clearance >= ${placeholder('clearance')}::smallint
  CROSS JOIN LATERAL (SELECT c.client_id IS NOT NULL
    AND (${placeholder('needs')}::text IS NULL OR ${placeholder('needs')}::text = ANY (c.scopes)) AS granted) g`,
)

/** What enters a scope: the statement that checks the client and sets every scope variable, with its values. */
export interface Entry {
  statement: Statement
  values: Values
}

/** @param revision of the reference data that the caller's process holds in memory */
export function enterScope(caller: Caller, revision: number): Entry {
  const { region, tier, clearance } = caller.scope
  const place = caller.agency ?? region
  return {
    statement: enter,
    values: { clientId: caller.clientId, place, tier, clearance, needs: caller.needs, revision },
  }
}

export function isEntered({ known, granted, current }: EntryAnswer): boolean {
  return known && granted && current
}

/** @throws DomainError client_refused or scope_missing, where newer reference data would not help */
export function refuseCaller({ known, granted }: EntryAnswer, { needs }: Caller): void {
  if (!known) throw new DomainError('client_refused')
  if (!granted) throw new DomainError('scope_missing', needs === null ? {} : { scope: needs })
}
