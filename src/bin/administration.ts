import { userInfo } from 'node:os'
import { v7 as uuidv7 } from 'uuid'
import type { Trace } from '../access/context.ts'
import type { Actor } from '../audit/append-audit.ts'
import type { Config } from '../config.ts'
import { Database } from '../database/database.ts'
import { createPool } from '../database/pool.ts'
import { type Reference, ReferenceStore } from '../reference/store.ts'
import { inWords } from './in-words.ts'
import { loginsOf, openPreparedDatabase } from './prepare.ts'
import { silently } from './say.ts'

/** Who works at the console, through which door. */
export interface Console {
  db: Database<Reference>
  reference: Reference
  /** For the audit: the account of this machine. */
  actor: `console:${string}`
  trace: Trace
  now: Date
}

/**
 * Work of a command as an administrator, beside a running service or without one. It enters the database by the login of
 * the service, as the API does, with the grants of that work alone.
 * @param operation the command, for the audit
 */
export async function withAdministration<T>(
  config: Config,
  operation: string,
  work: (by: Console) => Promise<T>,
): Promise<T> {
  const opened = await openPreparedDatabase(config, silently)
  try {
    const pool = createPool((await loginsOf(opened, config)).serviceUrl, 1, () => {})
    try {
      const store = await ReferenceStore.open(pool)
      const trace = { requestId: uuidv7(), operation }
      const db = new Database(pool, store)
      return await work({ db, reference: store.current(), actor: `console:${userName()}`, trace, now: new Date() })
    } finally {
      await pool.end()
    }
  } catch (error) {
    throw inWords(error)
  } finally {
    await opened.close()
  }
}

/** Whoever is at the console, as the audit names them. */
export function actorAt({ actor, trace, now }: Console): Actor & { clientId: 'system:console' } {
  const nowhere = { office: null, agency: null, breakGlassId: null }
  return { clientId: 'system:console', subject: actor, ...nowhere, trace, now }
}

/** The account of this machine; containers run accounts without a name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid-${process.getuid?.()}`
  }
}
