import { sql } from 'drizzle-orm'
import type pg from 'pg'
import type { Caller } from '../access/caller.ts'
import { DomainError } from '../errors.ts'
import { statement, valuesOf } from './statement.ts'
import type { Entry } from './transaction.ts'

const { placeholder } = sql

/**
 * Sets every scope variable and the tier's role for this transaction, if the clients table agrees to each claim and the
 * caller's reference data is the latest. Otherwise no row comes back, no role is set, and nothing that follows is allowed.
 */
const enter = statement(
  'enter_scope',
  sql`SELECT c.scopes,
    set_config('waspada.region', coalesce(c.office_code, ''), true),
    set_config('waspada.agency', coalesce(c.agency, ''), true),
    set_config('waspada.clearance', ${placeholder('clearance')}::text, true),
    set_config('role', 'waspada_' || c.tier, true)
  FROM clients c, reference_state s
  WHERE c.client_id = ${placeholder('clientId')} AND c.disabled_at IS NULL
    AND coalesce(c.office_code, c.agency) = ${placeholder('place')}::text AND c.tier = ${placeholder('tier')}
    AND c.clearance >= ${placeholder('clearance')}::smallint
    AND (${placeholder('needs')}::text IS NULL OR ${placeholder('needs')}::text = ANY (c.scopes))
    AND s.revision = ${placeholder('revision')}`,
)

const standing = statement(
  'client_standing',
  sql`SELECT scopes FROM clients WHERE client_id = ${placeholder('clientId')} AND disabled_at IS NULL
    AND coalesce(office_code, agency) = ${placeholder('place')}::text AND tier = ${placeholder('tier')}
    AND clearance >= ${placeholder('clearance')}::smallint`,
)

/** @param revision of the reference data that the caller's process holds in memory */
export function enterScope(caller: Caller, revision: number): Entry {
  return { statement: enter, values: { ...claimsOf(caller), needs: caller.needs, revision } }
}

/** Why `enterScope` gave no row. */
export async function whyRefused(pool: pg.Pool, caller: Caller): Promise<DomainError> {
  const { rowCount } = await pool.query(standing.text, valuesOf(standing, claimsOf(caller)))
  if (rowCount === 1 && caller.needs !== null) return new DomainError('scope_missing', { scope: caller.needs })
  if (rowCount === 1) return new DomainError('service_unavailable')
  return new DomainError('client_refused')
}

function claimsOf(caller: Caller): { clientId: string; place: string; tier: string; clearance: number } {
  const { region, tier, clearance } = caller.scope
  return { clientId: caller.clientId, place: caller.agency ?? region, tier, clearance }
}
