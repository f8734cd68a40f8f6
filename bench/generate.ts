import type pg from 'pg'
import { ConnectionPool } from '../src/database/pool.ts'
import { type Reference, ReferenceStore } from '../src/reference/store.ts'
import { bulkConnections, inTurns, withoutIndexes, writableColumns } from './generate/bulk-load.ts'
import { seasons, votingGroups } from './generate/calendar-days.ts'
import { fillStatement, headStatements, linkStatements } from './generate/fill-statement.ts'
import { kinds, kindsOfSeason } from './generate/kinds.ts'
import { placesOf, reportsByDay } from './generate/places.ts'
import { rebuildCounts } from './generate/rebuild-counts.ts'
import { createRows, createStaging, schema } from './generate/stage-statements.ts'
import { passages } from './generate/vocabulary.ts'

export interface Fill {
  reports: number
  /** Hears what takes how long. */
  log?: (line: string) => void
}

const tables = ['reports', 'events', 'idempotency_keys', 'audit_entries']
const atOnce = 2
/** Texts to choose from; fewer where there are fewer reports than that. */
const mostPassages = 60_000
/** Reports of one statement. */
const stretch = 125_000

/**
 * Fills an empty database, migrated and with its reference data, with reports of three years over the whole country, and with what a post
 * writes beside each. The same number gives the same reports.
 * @param adminUrl of a superuser
 */
export async function generateReports(adminUrl: string, { reports, log = () => {} }: Fill): Promise<void> {
  const timed = timer(log)
  const connections = await bulkConnections(adminUrl, atOnce)
  const [client] = connections
  if (!client) throw new Error('There is no connection')
  try {
    await timed('places, days and texts', async () => stage(client, await readReference(adminUrl), reports))
    await timed('rows', async () => {
      await client.query(createRows)
      await client.query(`CREATE INDEX ON ${schema}.rows (n)`)
      await client.query('ANALYZE')
    })
    const seconds = await withoutIndexes(connections, tables, () => timed('reports', () => fill(connections, reports)))
    log(`indexes: ${seconds.toFixed(0)} s`)
    await timed('registers and links', async () => {
      await client.query('ANALYZE reports')
      await inTurns(connections, headStatements)
      for (const text of linkStatements) await client.query(text)
      await client.query(`DROP SCHEMA ${schema} CASCADE`)
    })
    await timed('counts', () => rebuildCounts(client))
    await timed('vacuum', () =>
      inTurns(
        connections,
        [...tables, 'report_links'].map((table) => `VACUUM (ANALYZE) ${table}`),
      ),
    )
    await inTurns([client], ['VACUUM (ANALYZE)', 'CHECKPOINT'])
  } finally {
    await Promise.all(connections.map((each) => each.end()))
  }
}

const passagesOf = (reports: number) => Math.min(mostPassages, reports)

async function fill(connections: readonly pg.Client[], reports: number): Promise<void> {
  const [client] = connections
  const columns = client ? await writableColumns(client, 'reports') : []
  const starts = Array.from({ length: Math.ceil(reports / stretch) }, (_, index) => index * stretch)
  await inTurns(
    connections,
    starts.map((from) =>
      fillStatement(columns, { from, to: Math.min(from + stretch, reports), passages: passagesOf(reports) }),
    ),
  )
}

async function readReference(adminUrl: string): Promise<Reference> {
  const pool = new ConnectionPool({ connectionString: adminUrl, max: 1 })
  try {
    return (await ReferenceStore.open(pool)).current()
  } finally {
    await pool.end()
  }
}

/** Writes down what chance chooses from. */
async function stage(client: pg.Client, reference: Reference, reports: number): Promise<void> {
  await client.query(createStaging)
  const groups = votingGroups(reference)
  const places = await placesOf(groups, reference.regions)
  const firstSlots = places.map((_, group) => places.slice(0, group).reduce((sum, list) => sum + list.length, 0))
  const sets = new Map<string, number>()
  let from = 0
  const days = reportsByDay(groups, reports).flatMap(({ date, group, reports: count }) => {
    const day = groups[group]?.days.find((each) => each.date === date)
    if (!day || count === 0) return []
    const stages = JSON.stringify(day.stages)
    const setNo = sets.get(stages) ?? sets.size
    sets.set(stages, setNo)
    from += count
    const slots = { first_slot: firstSlots[group], slots: places[group]?.length }
    return [{ date, set_no: setNo, season: seasons.indexOf(day.season), from_n: from - count, to_n: from, ...slots }]
  })
  await write(client, 'days', days)
  await write(
    client,
    'stage_sets',
    [...sets].map(([text, setNo]) => stageSet(setNo, JSON.parse(text))),
  )
  await write(
    client,
    'places',
    places.flat().map((place, slot) => placeRow(place, slot, reference)),
  )
  await write(
    client,
    'kinds',
    kinds(reference.incidentTypes.values()).flatMap((list, season) =>
      list.map(({ incidentType, ...rest }, index) => ({
        kind: season * kindsOfSeason + index,
        incident_type: incidentType,
        ...rest,
      })),
    ),
  )
  await write(
    client,
    'passages',
    passages(passagesOf(reports), 7).map((text, passage) => ({ passage, text })),
  )
}

function stageSet(setNo: number, stages: { election: string; stage: string }[]) {
  return {
    set_no: setNo,
    stages,
    primary_election: stages[0]?.election ?? null,
    primary_stage: stages[0]?.stage ?? null,
  }
}

function placeRow(
  { region, office, place, point }: Awaited<ReturnType<typeof placesOf>>[number][number],
  slot: number,
  { regions }: Reference,
) {
  return {
    slot,
    region_code: region.code,
    regency_code: region.regency,
    province_code: region.province,
    time_zone: region.timeZone,
    office_code: office,
    office_zone: regions.find(office)?.timeZone,
    place,
    longitude: point?.[0] ?? null,
    latitude: point?.[1] ?? null,
  }
}

const rowsAtOnce = 20_000

async function write(client: pg.Client, table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const part = JSON.stringify(rows.slice(from, from + rowsAtOnce))
    await client.query(
      `INSERT INTO ${schema}.${table} SELECT * FROM json_populate_recordset(NULL::${schema}.${table}, $1)`,
      [part],
    )
  }
}

function timer(log: (line: string) => void) {
  return async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    const result = await work()
    log(`${name}: ${((performance.now() - began) / 1000).toFixed(0)} s`)
    return result
  }
}
