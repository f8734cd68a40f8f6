import type pg from 'pg'
import { tellAsOwner } from '../audit/tell-as-owner.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import { type RegionFact, readRegionFacts } from '../regions/region-facts.ts'
import { inReferenceTransaction } from './load.ts'
import { raiseRevision } from './queries.ts'
import { regionsInForce } from './regions-in-force.ts'

export interface LoadedFacts {
  /** How many regions the file speaks of. */
  regions: number
  /** Provinces and regencies without a row: they have neither centre nor population. */
  missing: number
  /** Regencies among them, whose neighbours are the others of their province. */
  withoutNeighbours: number
}

/**
 * Puts centres, populations and neighbours in force, in place of all that were loaded before; running services use them from
 * their next request on.
 * @param url a role that owns the tables
 * @param bytes of the CSV
 * @throws ReferenceDataError naming everything in the file that does not hold; nothing is written then
 */
export async function loadRegionFacts(url: string, bytes: Buffer, now: Date): Promise<LoadedFacts> {
  return inReferenceTransaction(url, async (client) => {
    const regions = await regionsInForce(client)
    const facts = readRegionFacts(bytes, regions)
    const loaded = countsOf(facts, regions)
    await replaceFacts(client, facts)
    await raiseRevision(client)
    await tellAsOwner(client, {
      action: 'reference.changed',
      resource: { type: 'reference', id: null },
      operation: 'reference load',
      now,
      details: { ...loaded },
    })
    return loaded
  })
}

function countsOf(facts: readonly RegionFact[], regions: RegionDirectory): LoadedFacts {
  const spoken = new Set(facts.map(({ code }) => code))
  const missing = [...regions].filter(
    ({ code, level }) => (level === 'province' || level === 'regency') && !spoken.has(code),
  )
  const withoutNeighbours = missing.filter(({ level }) => level === 'regency').length
  return { regions: facts.length, missing: missing.length, withoutNeighbours }
}

async function replaceFacts(client: pg.Client, facts: readonly RegionFact[]): Promise<void> {
  await client.query('DELETE FROM region_neighbours')
  await client.query('DELETE FROM region_facts')
  await client.query(
    `INSERT INTO region_facts (code, longitude, latitude, population)
    SELECT code, longitude, latitude, population FROM json_to_recordset($1)
      AS given (code text, longitude double precision, latitude double precision, population integer)`,
    [JSON.stringify(facts)],
  )
  // Both ways: a regency without a row of its own names nobody.
  const borders = facts.flatMap(({ code, neighbours }) => neighbours.map((neighbour) => ({ code, neighbour })))
  await client.query(
    `INSERT INTO region_neighbours (code, neighbour)
    SELECT code, neighbour FROM json_to_recordset($1) AS given (code text, neighbour text)
    UNION SELECT neighbour, code FROM json_to_recordset($1) AS given (code text, neighbour text)`,
    [JSON.stringify(borders)],
  )
}
