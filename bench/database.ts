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
  const url = new URL(server.adminUrl)
  url.pathname = `/${name}`
  const adminUrl = url.href
  await migrate(adminUrl)
  await loadReferenceData(adminUrl, new Date())
  const { serviceUrl } = await makeLogins(adminUrl, { secret: async () => (await openKeys(dataDir)).cursorKey })
  const [row] = await administer(adminUrl, `SELECT current_setting('server_version') AS version`)
  const drop = async () => {
    await administer(server.adminUrl, `DROP DATABASE ${name} WITH (FORCE)`)
    await administer(server.adminUrl, `DROP ROLE ${name}_login, ${name}_login_worker`)
    await server.stop()
  }
  return { adminUrl, serviceUrl, description: `PostgreSQL ${row?.version}, ${server.kind}`, drop }
}

async function openServer(dataDir: string): Promise<{ adminUrl: string; kind: string; stop(): Promise<void> }> {
  const given = process.env.DATABASE_URL
  if (given) {
    await requireSuperuser(given)
    return { adminUrl: given, kind: 'of DATABASE_URL', stop: async () => {} }
  }
  const embedded = await startEmbeddedServer({ dataDir, log: () => {} })
  const { cluster } = embedded.location
  const stop = async () => {
    await embedded.stop()
    // For root the cluster may have been made elsewhere.
    if (!cluster.startsWith(dataDir)) await rm(dirname(cluster), { recursive: true })
  }
  return { adminUrl: embedded.adminUrl, kind: 'embedded', stop }
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
