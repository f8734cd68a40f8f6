import { userInfo } from 'node:os'
import { v7 as uuidv7 } from 'uuid'
import type { Config } from '../config.ts'
import { Database } from '../database/database.ts'
import { makeLogins } from '../database/logins.ts'
import { createPool } from '../database/pool.ts'
import type { Reference } from '../reference/store.ts'
import { openPreparedDatabase } from './prepare.ts'
import { silently } from './say.ts'

/** Who works at the console, through which door. */
export interface Console {
  db: Database<Reference>
  /** For the audit: the account of this machine. */
  actor: `console:${string}`
  trace: { requestId: string; operation: string }
  now: Date
}

/** Work of a command beside a service, as an administrator of clients and tokens and no more. */
export async function withAdministration<T>(
  config: Config,
  operation: string,
  work: (by: Console) => Promise<T>,
): Promise<T> {
  const opened = await openPreparedDatabase(config, silently)
  try {
    const url = opened.administrator ? (await makeLogins(opened.url)).serviceUrl : opened.url
    const pool = createPool(url, 1, () => {})
    try {
      const trace = { requestId: uuidv7(), operation }
      const db = new Database<Reference>(pool, { current: unread, refresh: unread })
      return await work({ db, actor: `console:${userInfo().username}`, trace, now: new Date() })
    } finally {
      await pool.end()
    }
  } finally {
    await opened.close()
  }
}

function unread(): never {
  throw new Error('A command of the administration reads no reference data')
}
