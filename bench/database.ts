import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import pg from 'pg'
import { openKeys } from '../src/access/signing-keys.ts'
import { startEmbeddedServer } from '../src/database/embedded/server.ts'
import { makeLogins } from '../src/database/logins.ts'
import { migrate } from '../src/database/migrate.ts'
import { loadReferenceData } from '../src/reference/load.ts'

/** A database of this run alone, migrated and with its reference data. */
export interface BenchDatabase {
  adminUrl: string
  serviceUrl: string
  /** Such as `PostgreSQL 18.4, embedded`. */
  description: string
  drop(): Promise<void>
}

/** A database on the server of DATABASE_URL, else on an embedded server that is as durable as in production. */
export async function openBenchDatabase(dataDir: string): Promise<BenchDatabase> {
  const server = await openServer(dataDir)
  const name = `waspada_bench_${randomBytes(4).toString('hex')}`
  await administer(server.adminUrl, `CREATE DATABASE ${name}`)
  const adminUrl = urlOf(server.adminUrl, name)
  const serviceUrl = await prepareDatabase(adminUrl, dataDir)
  const drop = async () => {
    await administer(server.adminUrl, `DROP DATABASE ${name} WITH (FORCE)`)
    await administer(server.adminUrl, `DROP ROLE ${name}_login, ${name}_login_worker`)
    await server.stop()
  }
  return { adminUrl, serviceUrl, description: await describe(server), drop }
}

/** The URL of another database of a server. */
export function urlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  return url.href
}

/** Migrates a database and loads its reference data. @returns the URL of the service's login */
export async function prepareDatabase(adminUrl: string, dataDir: string): Promise<string> {
  await migrate(adminUrl)
  await loadReferenceData(adminUrl, new Date())
  const { serviceUrl } = await makeLogins(adminUrl, { secret: async () => (await openKeys(dataDir)).cursorKey })
  return serviceUrl
}

/** Such as `PostgreSQL 18.4, embedded`. */
export async function describe({ adminUrl, kind }: BenchServer): Promise<string> {
  const [row] = await administer(adminUrl, `SELECT current_setting('server_version') AS version`)
  return `PostgreSQL ${row?.version}, ${kind}`
}

/** The server that databases of a bench are on. */
export interface BenchServer {
  adminUrl: string
  kind: string
  /** Whether `settings` took effect: those of a server that is not ours stay as they are. */
  ours: boolean
  stop(): Promise<void>
}

/**
 * The server of DATABASE_URL, else an embedded one, of the programs in PG_BIN_DIR where that is given.
 * @param keep whether what is on it stays for another run
 */
export async function openServer(
  dataDir: string,
  { settings = {}, keep = false }: { settings?: Record<string, string>; keep?: boolean } = {},
): Promise<BenchServer> {
  const given = process.env.DATABASE_URL
  if (given) {
    await requireSuperuser(given)
    return { adminUrl: given, kind: 'of DATABASE_URL', ours: false, stop: async () => {} }
  }
  const embedded = await startEmbeddedServer({
    dataDir,
    log: () => {},
    settings,
    ...(process.env.PG_BIN_DIR && { binDir: process.env.PG_BIN_DIR }),
  })
  const { cluster } = embedded.location
  const stop = async () => {
    await embedded.stop()
    // For root the cluster may have been made elsewhere.
    if (!keep && !cluster.startsWith(dataDir)) await rm(dirname(cluster), { recursive: true })
  }
  return { adminUrl: embedded.adminUrl, kind: 'embedded', ours: true, stop }
}

/** The seed writes rows of every office, which row-level security forbids to the owner of the tables as well. */
async function requireSuperuser(url: string): Promise<void> {
  const [row] = await administer(url, 'SELECT rolsuper FROM pg_roles WHERE rolname = session_user')
  if (!row?.rolsuper)
    throw new Error('The role of DATABASE_URL must be a superuser: the seed passes row-level security by')
}

/** One statement as the administrator. */
export async function administer(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'waspada bench' })
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}
