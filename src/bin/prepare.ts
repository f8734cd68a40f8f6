import pg from 'pg'
import { openKeys } from '../access/signing-keys.ts'
import type { Config } from '../config.ts'
import type { Log } from '../database/embedded/server.ts'
import { type Logins, makeLogins } from '../database/logins.ts'
import { assertSchemaCurrent, migrate, SchemaError } from '../database/migrate.ts'
import { type OpenedDatabase, openDatabase } from '../database/open.ts'
import { loadReferenceData } from '../reference/load.ts'
import { installQueue } from '../worker/install-queue.ts'

/** A database with today's schema and reference data, and the URLs that the service and the worker connect with. */
export interface PreparedDatabase extends OpenedDatabase, UsedLogins {}

interface UsedLogins extends Omit<Logins, 'workerUrl'> {
  /** Null with a restricted role: an administrator decides where the work in the background is done. */
  workerUrl: string | null
}

/**
 * Opens the database and, as an administrator, migrates it, loads the reference data, makes the logins and installs the
 * queue of jobs. With a restricted role nothing is changed: the service serves what it finds, or refuses.
 */
export async function prepareDatabase(config: Config, log: Log): Promise<PreparedDatabase> {
  return prepare(await openDatabase(config, log), config, log)
}

/** For a command beside a service: the database as it is, prepared first only where that has never been done. */
export async function openPreparedDatabase(config: Config, log: Log): Promise<OpenedDatabase> {
  const opened = await openDatabase(config, log)
  return (await isPrepared(opened.url)) ? opened : prepare(opened, config, log)
}

async function isPrepared(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await assertSchemaCurrent(client)
    const { rows } = await client.query('SELECT packaged_sha256 FROM reference_state')
    return rows[0]?.packaged_sha256 !== null
  } catch (error) {
    if (error instanceof SchemaError) return false
    throw error
  } finally {
    await client.end()
  }
}

/** The logins that an administrator makes; with a restricted role, that role itself. */
export async function loginsOf({ administrator, url }: OpenedDatabase, { dataDir }: Config): Promise<UsedLogins> {
  if (!administrator) return { serviceUrl: url, workerUrl: null }
  return makeLogins(url, { secret: async () => (await openKeys(dataDir)).cursorKey })
}

async function prepare(opened: OpenedDatabase, config: Config, log: Log): Promise<PreparedDatabase> {
  if (!opened.administrator) return { ...opened, ...(await loginsOf(opened, config)) }
  try {
    const migrations = await migrate(opened.url)
    if (migrations.length > 0) log('migrated the database', { migrations })
    const loaded = await loadReferenceData(opened.url, new Date())
    if (loaded.length > 0) log('loaded reference data', { loaded })
    const logins = await loginsOf(opened, config)
    if (logins.workerUrl !== null) await installQueue(opened.url, logins.workerUrl)
    return { ...opened, ...logins }
  } catch (error) {
    await opened.close()
    throw error
  }
}
