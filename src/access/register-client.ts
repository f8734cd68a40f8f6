import { eq, sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { tellAsOwner } from '../audit/tell-as-owner.ts'
import { clients } from './table.ts'
import { type Handling, handlingRank, officeLevelOf, scopesOf } from './vocabulary.ts'

type Tx = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0]

/** A client that `waspada token` cannot speak for. The message tells the administrator why. */
export class ClientRefused extends Error {}

export interface ClientGrant {
  clientId: string
  place: { region: string } | { agency: string }
  scopes: readonly string[]
  clearance: Handling
  /** Seconds that the token lives. */
  lifetime: number
  now: Date
}

type ClientRow = typeof clients.$inferSelect

/**
 * Makes sure that a client exists and is granted what a token is about to claim. A client that this command made is
 * widened; one that an administrator keeps is never touched. The audit is told of the token in the same transaction.
 * @param url a role that owns the tables
 * @throws ClientRefused
 */
export async function registerClient(url: string, grant: ClientGrant): Promise<void> {
  refuseScopes(grant)
  const client = new pg.Client({ connectionString: url, application_name: 'waspada token' })
  await client.connect()
  try {
    await drizzle(client).transaction(async (tx) => {
      await insertClient(tx, grant)
      const [row] = await tx.select().from(clients).where(eq(clients.clientId, grant.clientId)).for('update')
      if (!row) throw new Error('The client was not written')
      refuseOther(row, grant)
      if (row.issuedByCommand) await widen(tx, row, grant)
      const { clientId, scopes, clearance, lifetime, now } = grant
      const resource = { type: 'client', id: clientId }
      const details = { scopes, clearance, lifetime }
      await tellAsOwner(client, { action: 'token.issued', operation: 'token', resource, details, now })
    })
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
  const place = placeOf(grant)
  if (row.officeCode !== place && row.agency !== place) {
    throw new ClientRefused(`Client ${clientId} belongs to ${row.officeCode ?? row.agency}; choose another --client`)
  }
  if (row.disabledAt !== null) throw new ClientRefused(`Client ${clientId} is disabled`)
  if (row.issuedByCommand) return
  const missing = scopes.filter((scope) => !row.scopes.includes(scope))
  if (missing.length > 0) throw new ClientRefused(`Client ${clientId} is not granted ${missing.join(' ')}`)
  if (handlingRank(clearance) > row.clearance)
    throw new ClientRefused(`Client ${clientId} is not cleared for ${clearance}`)
}

async function insertClient(tx: Tx, { clientId, place, scopes, clearance, now }: ClientGrant): Promise<void> {
  const officeCode = 'region' in place ? place.region : null
  if (officeCode !== null) {
    const { rowCount } = await tx.execute(sql`SELECT FROM offices WHERE code = ${officeCode}`)
    if (rowCount === 0) throw new ClientRefused(`There is no office ${officeCode}`)
  }
  const agency = 'agency' in place ? place.agency : null
  const granted = { scopes: [...scopes], clearance: handlingRank(clearance) }
  await tx
    .insert(clients)
    .values({ clientId, officeCode, agency, ...granted, issuedByCommand: true, createdAt: now })
    .onConflictDoNothing()
}

async function widen(tx: Tx, row: ClientRow, grant: ClientGrant): Promise<void> {
  const scopes = [...new Set([...row.scopes, ...grant.scopes])].sort()
  const clearance = Math.max(row.clearance, handlingRank(grant.clearance))
  if (scopes.length === row.scopes.length && clearance === row.clearance) return
  const version = sql`${clients.version} + 1`
  await tx.update(clients).set({ scopes, clearance, version }).where(eq(clients.clientId, row.clientId))
}
