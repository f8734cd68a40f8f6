import type pg from 'pg'
import { scopesOf, tiers } from './vocabulary.ts'

const misgranted = `SELECT c.client_id AS client, array_agg(s.scope ORDER BY s.scope) AS scopes
  FROM clients c CROSS JOIN LATERAL unnest(c.scopes) AS s (scope)
  WHERE c.disabled_at IS NULL AND NOT coalesce($1::jsonb -> c.tier ? s.scope, false)
  GROUP BY c.client_id ORDER BY c.client_id`

/** Clients in good standing that the table grants a scope which their tier may not hold: somebody meant something else. */
export async function findMisgrantedClients(db: Pick<pg.Pool, 'query'>): Promise<string[]> {
  const allowed = Object.fromEntries(tiers.map((tier) => [tier, scopesOf(tier)]))
  const { rows } = await db.query<{ client: string; scopes: string[] }>(misgranted, [JSON.stringify(allowed)])
  return rows.map(
    ({ client, scopes }) =>
      `The client ${client} is granted ${scopes.join(' ')}, which its tier may not hold. Take it away, or disable the client`,
  )
}
