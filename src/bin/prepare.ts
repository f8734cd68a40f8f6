import type { Config } from '../config.ts'
import type { Log } from '../database/embedded/server.ts'
import { migrate } from '../database/migrate.ts'
import { type OpenedDatabase, openDatabase } from '../database/open.ts'
import { makeServiceLogin } from '../database/service-login.ts'
import { loadReferenceData } from '../reference/load.ts'

/** A database with today's schema and reference data, and the URL that the service connects with. */
export interface PreparedDatabase extends OpenedDatabase {
  serviceUrl: string
}

/**
 * Opens the database and, as an administrator, migrates it, loads the reference data and makes the service's login. With a
 * restricted role nothing is changed: the service serves what it finds, or refuses.
 */
export async function prepareDatabase(config: Config, log: Log): Promise<PreparedDatabase> {
  const opened = await openDatabase(config, log)
  if (!opened.administrator) return { ...opened, serviceUrl: opened.url }
  try {
    const migrations = await migrate(opened.url)
    if (migrations.length > 0) log('migrated the database', { migrations })
    const loaded = await loadReferenceData(opened.url, new Date())
    if (loaded.length > 0) log('loaded reference data', { loaded })
    return { ...opened, serviceUrl: await makeServiceLogin(opened.url) }
  } catch (error) {
    await opened.close()
    throw error
  }
}
