import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { administer, type BenchServer, describe, openServer, prepareDatabase, urlOf } from '../database.ts'
import { generateReports } from '../generate.ts'

/** A database with a number of reports, kept for other runs. */
export interface SizedDatabase {
  reports: number
  adminUrl: string
  serviceUrl: string
  /** Keys and files of the service on it. */
  dataDir: string
}

export interface SizedServer {
  databases: SizedDatabase[]
  description: string
  /** Those that the figures depend on, as the server says them. */
  settings: string
  stop(): Promise<void>
}

// Nothing is worth keeping before the fill is done: a crash means another fill.
const whileFilling = {
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '16GB',
  checkpoint_timeout: '30min',
  fsync: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
}
const nameOf = (reports: number) => `waspada_size_${reports}`
const filled = 'filled by the bench'
const toldSettings = [
  'shared_buffers',
  'effective_cache_size',
  'work_mem',
  'max_connections',
  'fsync',
  'synchronous_commit',
  'jit',
]

/** The server in a folder with a database of each size. Those that are missing are filled; all get the migrations that they lack. */
export async function openSized(
  folder: string,
  sizes: readonly number[],
  { refill, log }: { refill: boolean; log: (line: string) => void },
): Promise<SizedServer> {
  await mkdir(folder, { recursive: true })
  let server = await openServer(folder, { keep: true })
  const missing = []
  for (const reports of sizes) if (refill || !(await isFilled(server, reports))) missing.push(reports)
  if (missing.length > 0 && server.ours) {
    await server.stop()
    server = await openServer(folder, { keep: true, settings: whileFilling })
  }
  try {
    for (const reports of missing) await fill(server, reports, { folder, log })
  } finally {
    if (missing.length > 0 && server.ours) await server.stop()
  }
  if (missing.length > 0 && server.ours) server = await openServer(folder, { keep: true })
  try {
    const databases = []
    for (const reports of sizes) databases.push(await openFilled(server, folder, reports))
    return { databases, description: await describe(server), settings: await settingsOf(server), stop: server.stop }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function isFilled({ adminUrl }: BenchServer, reports: number): Promise<boolean> {
  const [row] = await administer(
    adminUrl,
    `SELECT shobj_description(oid, 'pg_database') AS told FROM pg_database WHERE datname = $1`,
    [nameOf(reports)],
  )
  return row?.told === filled
}

async function fill(
  { adminUrl }: BenchServer,
  reports: number,
  { folder, log }: { folder: string; log: (line: string) => void },
): Promise<void> {
  const name = nameOf(reports)
  await administer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await administer(adminUrl, `CREATE DATABASE ${name}`)
  const url = urlOf(adminUrl, name)
  await prepareDatabase(url, await dataDirOf(folder, reports))
  log(`filling ${reports} reports`)
  const began = performance.now()
  await generateReports(url, { reports, log: (line) => log(`  ${line}`) })
  await administer(adminUrl, `COMMENT ON DATABASE ${name} IS '${filled}'`)
  log(`  ${((performance.now() - began) / 60_000).toFixed(1)} min`)
}

async function openFilled({ adminUrl }: BenchServer, folder: string, reports: number): Promise<SizedDatabase> {
  const url = urlOf(adminUrl, nameOf(reports))
  const dataDir = await dataDirOf(folder, reports)
  return { reports, adminUrl: url, serviceUrl: await prepareDatabase(url, dataDir), dataDir }
}

async function dataDirOf(folder: string, reports: number): Promise<string> {
  const dataDir = join(folder, `service-${reports}`)
  await mkdir(dataDir, { recursive: true })
  return dataDir
}

async function settingsOf({ adminUrl }: BenchServer): Promise<string> {
  const rows = await administer(
    adminUrl,
    `SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY ($1) ORDER BY name`,
    [toldSettings],
  )
  return rows.map(({ name, value }) => `${name} ${value}`).join(', ')
}
