import pg from 'pg'
import { type EmbeddedServer, type Log, startEmbeddedServer } from './embedded/server.ts'

const databaseName = 'waspada'

/** Which database: an operator's by its URL, or the embedded one of a data folder. */
export interface DatabaseChoice {
  databaseUrl: string | null
  dataDir: string
  /** Folder of other PostgreSQL binaries for the embedded server. */
  postgresBinaries: string | null
}

/** A database that can be reached, and whose it is. */
export interface OpenedDatabase {
  url: string
  /** True when the URL's role may migrate; a restricted one serves on what an administrator has migrated. */
  administrator: boolean
  /** The server of our own, when there is one. */
  embedded: EmbeddedServer | null
  close(): Promise<void>
}

/** The operator's database, or that of an embedded server which is started, or attached to, first. */
export async function openDatabase(choice: DatabaseChoice, log: Log): Promise<OpenedDatabase> {
  if (choice.databaseUrl !== null) {
    const administrator = await isAdministrator(choice.databaseUrl)
    return { url: choice.databaseUrl, administrator, embedded: null, close: async () => {} }
  }
  const { dataDir, postgresBinaries: binDir } = choice
  const embedded = await startEmbeddedServer({ dataDir, log, ...(binDir !== null && { binDir }) })
  try {
    const url = await makeDatabase(embedded.adminUrl)
    return { url, administrator: true, embedded, close: () => embedded.stop() }
  } catch (error) {
    await embedded.stop()
    throw error
  }
}

/** Whether the role may make roles and tables: an administrator's, and not one that the service should serve with. */
async function isAdministrator(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    const { rows } =
      await client.query(`SELECT rolsuper OR (rolcreaterole AND has_schema_privilege(session_user, 'public', 'CREATE')) AS yes
      FROM pg_roles WHERE rolname = session_user`)
    return rows[0].yes
  } finally {
    await client.end()
  }
}

async function makeDatabase(adminUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [databaseName])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`)
  } catch (error) {
    // Another process that attached to the same server made it in between.
    if ((error as pg.DatabaseError).code !== '42P04') throw error
  } finally {
    await client.end()
  }
  const url = new URL(adminUrl)
  url.pathname = `/${databaseName}`
  return url.href
}
