import pg from 'pg'
import { tellAsOwner } from '../audit/tell-as-owner.ts'
import { parseCalendar } from '../elections/calendar.ts'
import { countContests } from '../elections/contests.ts'
import { type IncidentType, loadIncidentTypes } from '../incident-types/incident-type.ts'
import { officeOf } from '../offices/office.ts'
import { loadRegionAliases } from '../regions/aliases.ts'
import { readDataFile } from '../regions/data-file.ts'
import { RegionDirectory } from '../regions/directory.ts'
import { loadRegions } from '../regions/load-regions.ts'
import type { Region } from '../regions/region.ts'
import { loadSuccessions, type Succession } from '../regions/successions.ts'
import { followSuccessions } from './follow-successions.ts'
import { digest, planCalendar } from './plan-calendar.ts'
import { putInForce } from './put-in-force.ts'
import {
  latestCalendar,
  raiseRevision,
  upsertIncidentTypes,
  upsertOffices,
  upsertPackagedSuccessions,
  upsertRegions,
} from './queries.ts'

/** What a load changed; an empty list means that all was there already. */
export type Loaded = string[]

const pilkada2024 = { code: 'pilkada-2024', governor: 37, regent: 415, mayor: 93 }

/**
 * Loads the regions, offices, incident types and election calendar that come with this release, where they are newer than
 * what the database holds. A calendar that an administrator loaded stays in force.
 * @param url a role that owns the tables
 * @throws ReferenceDataError or CalendarError when the packaged data does not hold what it must
 */
export async function loadReferenceData(url: string, now: Date): Promise<Loaded> {
  const [regions, types, document, aliases] = await Promise.all([
    loadRegions(),
    loadIncidentTypes(),
    readDataFile('election-calendar.json'),
    loadRegionAliases(),
  ])
  const directory = new RegionDirectory(regions, aliases)
  assertContests(document, directory)
  const successions = await loadSuccessions(directory)
  return inReferenceTransaction(url, async (client) => {
    const loaded = [
      ...(await loadPlaces(client, regions, types)),
      ...(await loadPackagedSuccessions(client, successions, now)),
      ...(await loadPackagedCalendar(client, document, { regions: directory, now })),
    ]
    if (loaded.length > 0) await raiseRevision(client)
    return loaded
  })
}

/** Adds incident types, or gives known ones new labels. @returns how many were given */
export async function loadTypes(url: string, types: readonly IncidentType[], now: Date): Promise<number> {
  return inReferenceTransaction(url, async (client) => {
    await upsertIncidentTypes(client, types)
    const codes = types.map(({ code }) => code)
    await changed(client, { operation: 'reference incident-types', now, details: { codes } })
    return types.length
  })
}

/** Every process reads the data again, and the audit is told. */
export async function changed(
  client: pg.Client,
  act: { operation: string; now: Date; details: Record<string, unknown> },
): Promise<void> {
  await raiseRevision(client)
  await tellAsOwner(client, { action: 'reference.changed', resource: { type: 'reference', id: null }, ...act })
}

async function loadPlaces(client: pg.Client, regions: Region[], types: IncidentType[]): Promise<Loaded> {
  const sha256 = digest({ regions, types })
  const { rows } = await client.query('SELECT packaged_sha256 FROM reference_state')
  if (rows[0]?.packaged_sha256 === sha256) return []
  const offices = regions.flatMap((region) => officeOf(region) ?? [])
  await upsertRegions(client, regions)
  await upsertOffices(client, offices)
  await upsertIncidentTypes(client, types)
  await client.query('UPDATE reference_state SET packaged_sha256 = $1', [sha256])
  return [`${regions.length} regions`, `${offices.length} offices`, `${types.length} incident types`]
}

async function loadPackagedSuccessions(
  client: pg.Client,
  successions: readonly Succession[],
  now: Date,
): Promise<Loaded> {
  const sha256 = digest(successions)
  const { rows } = await client.query('SELECT packaged_successions_sha256 AS sha256 FROM reference_state')
  if (rows[0]?.sha256 === sha256) return []
  await upsertPackagedSuccessions(client, successions)
  await client.query('UPDATE reference_state SET packaged_successions_sha256 = $1', [sha256])
  const codes = successions.map(({ code }) => code)
  await followSuccessions(client, codes, now)
  return [`${successions.length} former codes of regions`]
}

async function loadPackagedCalendar(
  client: pg.Client,
  document: unknown,
  { regions, now }: { regions: RegionDirectory; now: Date },
): Promise<Loaded> {
  const latest = await latestCalendar(client)
  if (latest?.origin === 'administrator' || latest?.sha256 === digest(document)) return []
  const planned = await planCalendar(client, () => document, regions)
  if (!planned.changed) return []
  await putInForce(client, planned, { origin: 'packaged', regions, now })
  return [`election calendar version ${planned.version}`]
}

function assertContests(document: unknown, regions: RegionDirectory): void {
  const election = parseCalendar(document, 1, regions).elections.find(({ code }) => code === pilkada2024.code)
  const counted = election && { code: election.code, ...countContests(election, regions) }
  if (JSON.stringify(counted) !== JSON.stringify(pilkada2024)) {
    throw new Error(
      `Contests of ${pilkada2024.code}: expected ${JSON.stringify(pilkada2024)}, counted ${JSON.stringify(counted)}`,
    )
  }
}

/** One loader at a time: versions of the calendar must not be given twice. */
export async function inReferenceTransaction<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'waspada reference' })
  // A connection that ends fails the statement under way; without a listener it would end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT revision FROM reference_state FOR UPDATE')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } finally {
    await client.end()
  }
}
