import pg from 'pg'
import { type Handling, handlingRank, officeLevelOf, scopesOf } from './vocabulary.ts'

/** A client that `waspada token` cannot speak for. The message tells the administrator why. */
export class ClientRefused extends Error {}

export interface ClientGrant {
  clientId: string
  place: { region: string } | { agency: string }
  scopes: readonly string[]
  clearance: Handling
  now: Date
}

interface ClientRow {
  place: string
  scopes: string[]
  clearance: number
  issued_by_command: boolean
  disabled: boolean
}

/**
 * Makes sure that a client exists and is granted what a token is about to claim. A client that this command made is
 * widened; one that an administrator keeps is never touched.
 * @param url a role that owns the tables
 * @throws ClientRefused
 */
export async function registerClient(url: string, grant: ClientGrant): Promise<void> {
  refuseScopes(grant)
  const client = new pg.Client({ connectionString: url, application_name: 'waspada token' })
  await client.connect()
  try {
    await client.query('BEGIN')
    await insertClient(client, grant)
    const { rows } = await client.query<ClientRow>(
      `SELECT coalesce(office_code, agency) AS place, scopes, clearance, issued_by_command, disabled_at IS NOT NULL AS disabled
      FROM clients WHERE client_id = $1 FOR UPDATE`,
      [grant.clientId],
    )
    const [row] = rows
    if (!row) throw new Error('The client was not written')
    refuseOther(row, grant)
    if (row.issued_by_command) await widen(client, grant)
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}

function placeOf({ place }: ClientGrant): string {
  return 'region' in place ? place.region : place.agency
}

function refuseScopes({ place, scopes }: ClientGrant): void {
  const tier = 'region' in place ? officeLevelOf(place.region) : 'agency'
  const refused = scopes.filter((scope) => !(scopesOf(tier) as readonly string[]).includes(scope))
  if (refused.length > 0)
    throw new ClientRefused(
      `${tier} clients cannot hold ${refused.join(' ')}; they may hold ${scopesOf(tier).join(' ')}`,
    )
}

function refuseOther(row: ClientRow, grant: ClientGrant): void {
  const { clientId, scopes, clearance } = grant
  if (row.place !== placeOf(grant))
    throw new ClientRefused(`Client ${clientId} belongs to ${row.place}; choose another --client`)
  if (row.disabled) throw new ClientRefused(`Client ${clientId} is disabled`)
  if (row.issued_by_command) return
  const missing = scopes.filter((scope) => !row.scopes.includes(scope))
  if (missing.length > 0) throw new ClientRefused(`Client ${clientId} is not granted ${missing.join(' ')}`)
  if (handlingRank(clearance) > row.clearance)
    throw new ClientRefused(`Client ${clientId} is not cleared for ${clearance}`)
}

async function insertClient(client: pg.Client, grant: ClientGrant): Promise<void> {
  const { clientId, place, scopes, clearance, now } = grant
  const office = 'region' in place ? place.region : null
  if (office !== null) {
    const { rowCount } = await client.query('SELECT FROM offices WHERE code = $1', [office])
    if (rowCount === 0) throw new ClientRefused(`There is no office ${office}`)
  }
  await client.query(
    `INSERT INTO clients (client_id, office_code, agency, scopes, clearance, issued_by_command, created_at)
    VALUES ($1, $2, $3, $4, $5, true, $6) ON CONFLICT (client_id) DO NOTHING`,
    [clientId, office, 'agency' in place ? place.agency : null, scopes, handlingRank(clearance), now],
  )
}

async function widen(client: pg.Client, { clientId, scopes, clearance }: ClientGrant): Promise<void> {
  await client.query(
    `UPDATE clients SET clearance = greatest(clearance, $2),
      scopes = ARRAY(SELECT DISTINCT unnest(scopes || $3::text[]) ORDER BY 1) WHERE client_id = $1`,
    [clientId, handlingRank(clearance), scopes],
  )
}
