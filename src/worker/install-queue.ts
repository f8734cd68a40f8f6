import { runMigrations } from 'graphile-worker'
import pg from 'pg'
import { createPool } from '../database/pool.ts'
import { queueLogger } from './queue-logger.ts'

/** The schema that graphile-worker keeps its jobs in. */
export const queueSchema = 'graphile_worker'
/** The role that owns that schema and nothing else; row-level security there does not bind its owner. */
export const queueRole = 'waspada_queue'

/** Any number of Waspada's own: two processes that install the queue of one database wait for each other on it. */
const installLock = 7_461_739

/**
 * Installs the schema of the queue, or brings it up to date. The queue's role owns what it makes, and may make a schema in
 * this database for just so long.
 * @param adminUrl of the role that owns the database
 * @param workerUrl of the login that may become the queue's role
 */
export async function installQueue(adminUrl: string, workerUrl: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl, application_name: 'waspada migrate' })
  await admin.connect()
  try {
    await admin.query('SELECT pg_advisory_lock($1)', [installLock])
    await allowSchema(admin, 'GRANT')
    await migrateQueue(workerUrl)
    await allowSchema(admin, 'REVOKE')
  } finally {
    await admin.end()
  }
}

async function allowSchema(admin: pg.Client, verb: 'GRANT' | 'REVOKE'): Promise<void> {
  const { rows } = await admin.query(
    `SELECT quote_ident(current_database()) AS database, to_regnamespace($1) IS NULL AS missing,
      has_database_privilege($2, current_database(), 'CREATE') AS allowed`,
    [queueSchema, queueRole],
  )
  const { database, missing, allowed } = rows[0]
  if (verb === 'GRANT' && missing) await admin.query(`GRANT CREATE ON DATABASE ${database} TO ${queueRole}`)
  if (verb === 'REVOKE' && allowed) await admin.query(`REVOKE CREATE ON DATABASE ${database} FROM ${queueRole}`)
}

async function migrateQueue(workerUrl: string): Promise<void> {
  const pgPool = openQueuePool(workerUrl, 1, () => {})
  try {
    await runMigrations({ pgPool, schema: queueSchema, logger: queueLogger() })
  } finally {
    await pgPool.end()
  }
}

/** Connections of the queue, each as the queue's role from its start. */
export function openQueuePool(workerUrl: string, size: number, report: (error: Error) => void): pg.Pool {
  return createPool(workerUrl, size, report, { name: 'waspada queue', role: queueRole })
}
