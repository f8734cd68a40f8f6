import { userInfo } from 'node:os'
import { type Administrator, administratorAtConsole } from '../clients/administrator.ts'
import type { Config } from '../config.ts'
import { Database } from '../database/database.ts'
import { makeLogins } from '../database/logins.ts'
import { createPool } from '../database/pool.ts'
import { type Reference, ReferenceStore } from '../reference/store.ts'
import { inWords } from './in-words.ts'
import { openPreparedDatabase } from './prepare.ts'
import { silently } from './say.ts'

/**
 * Work of a command as an administrator of clients, beside a running service or without one. It enters the database by the
 * login of the service, as the API does, with the grants of that work alone.
 */
export async function withClientAdministration<T>(
  config: Config,
  command: string,
  work: (administrator: Administrator, reference: Reference) => Promise<T>,
): Promise<T> {
  const opened = await openPreparedDatabase(config, silently)
  try {
    const url = opened.administrator ? (await makeLogins(opened.url)).serviceUrl : opened.url
    const pool = createPool(url, 1, () => {})
    try {
      const reference = await ReferenceStore.open(pool)
      const by = { user: userName(), command: `client ${command}`, now: new Date() }
      return await work(administratorAtConsole(new Database(pool, reference), by), reference.current())
    } finally {
      await pool.end()
    }
  } catch (error) {
    throw inWords(error)
  } finally {
    await opened.close()
  }
}

/** The account of this machine; containers run accounts without a name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid-${process.getuid?.()}`
  }
}
