import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { withDatabase } from './cluster.ts'

/** A migrated database of a test's own, with the reference data. */
export interface TestDatabase {
  /** As the superuser of the cluster, who owns the tables and whom row-level security does not bind. */
  adminUrl: string
  /** As the login of the service. */
  serviceUrl: string
  /** As the login of the background worker. */
  workerUrl: string
  admin: pg.Pool
}

interface Teardown {
  teardown(end: () => Promise<void> | void): unknown
}

/** Clones the template of the run for this test alone; some 50 ms, by a copy of its files. */
export async function createDatabase(t: Teardown): Promise<TestDatabase> {
  const clusterUrl = setting('WASPADA_TEST_ADMIN_URL')
  const template = setting('WASPADA_TEST_TEMPLATE')
  const name = `${template}_${randomBytes(4).toString('hex')}`
  const client = new pg.Client({ connectionString: clusterUrl })
  await client.connect()
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`)
  await client.end()
  const adminUrl = withDatabase(clusterUrl, name)
  const admin = new pg.Pool({ connectionString: adminUrl, max: 4 })
  t.teardown(async () => {
    await admin.end()
    await drop(clusterUrl, name)
  })
  const serviceUrl = withDatabase(setting('WASPADA_TEST_SERVICE_URL'), name)
  return { adminUrl, admin, serviceUrl, workerUrl: withDatabase(setting('WASPADA_TEST_WORKER_URL'), name) }
}

/** All databases of a run together would not fit in memory. One that is still in use goes with its cluster. */
async function drop(clusterUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: clusterUrl })
  await client.connect()
  await client.query(`DROP DATABASE ${name}`).catch((error: pg.DatabaseError) => {
    if (error.code !== stillInUse) throw error
  })
  await client.end()
}

/** SQLSTATE object_in_use. */
const stillInUse = '55006'

/** An empty database, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<string> {
  const clusterUrl = setting('WASPADA_TEST_ADMIN_URL')
  const name = `${setting('WASPADA_TEST_TEMPLATE')}_${randomBytes(4).toString('hex')}`
  const client = new pg.Client({ connectionString: clusterUrl })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return withDatabase(clusterUrl, name)
}

function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: run tests through npm test`)
  return value
}
