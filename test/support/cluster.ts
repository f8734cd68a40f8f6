import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedServer } from '../../src/database/embedded/server.ts'
import { makeLogins } from '../../src/database/logins.ts'
import { migrate } from '../../src/database/migrate.ts'
import { loadReferenceData } from '../../src/reference/load.ts'
import { installQueue } from '../../src/worker/install-queue.ts'

/** Where tests find the cluster of their run. */
export interface TestCluster {
  environment: Record<`WASPADA_TEST_${'ADMIN_URL' | 'SERVICE_URL' | 'WORKER_URL' | 'TEMPLATE'}`, string>
  close(): Promise<void>
}

interface Server {
  adminUrl: string
  close(): Promise<void>
}

const roomInMemory = 768 * 1024 * 1024

/** A cluster with one migrated template database; tests clone it. On a server of the operator's, nothing is left behind. */
export async function startTestCluster(given: string | undefined, binDir: string | undefined): Promise<TestCluster> {
  const server = given === undefined ? await embedded(binDir) : await operators(given)
  const template = `waspada_test_${randomBytes(4).toString('hex')}`
  const url = withDatabase(server.adminUrl, template)
  await run(server.adminUrl, `CREATE DATABASE ${template}`)
  await migrate(url)
  await loadReferenceData(url, new Date('2024-01-01T00:00:00Z'))
  const login = `${template}_login`
  const { serviceUrl, workerUrl } = await makeLogins(url, { name: login, secret: async () => randomBytes(32) })
  await installQueue(url, workerUrl)
  await run(server.adminUrl, `ALTER DATABASE ${template} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`)
  return {
    environment: {
      WASPADA_TEST_ADMIN_URL: server.adminUrl,
      WASPADA_TEST_SERVICE_URL: serviceUrl,
      WASPADA_TEST_WORKER_URL: workerUrl,
      WASPADA_TEST_TEMPLATE: template,
    },
    async close() {
      if (given !== undefined) await dropAll(server.adminUrl, template, login)
      await server.close()
    },
  }
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

async function embedded(binDir: string | undefined): Promise<Server> {
  const dataDir = await mkdtemp(join(await roomiest(), 'waspada-test-'))
  // As root the server has another account, which otherwise could not pass through, and would be given a home on the disk.
  await chmod(dataDir, 0o711)
  const server = await startEmbeddedServer({
    dataDir,
    log: () => {},
    ephemeral: true,
    ...(binDir !== undefined && { binDir }),
  })
  return {
    adminUrl: server.adminUrl,
    async close() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Memory where there is room for it, else the disk. */
async function roomiest(): Promise<string> {
  try {
    const { bavail, bsize } = await statfs('/dev/shm')
    return bavail * bsize > roomInMemory ? '/dev/shm' : tmpdir()
  } catch {
    return tmpdir()
  }
}

async function operators(url: string): Promise<Server> {
  return { adminUrl: url, close: async () => {} }
}

async function dropAll(adminUrl: string, template: string, login: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  await client.query(`ALTER DATABASE ${template} IS_TEMPLATE false`)
  const { rows } = await client.query('SELECT datname FROM pg_database WHERE datname = $1 OR datname LIKE $2', [
    template,
    `${template}\\_%`,
  ])
  for (const { datname } of rows) await client.query(`DROP DATABASE ${datname} WITH (FORCE)`)
  await client.query(`DROP ROLE ${login}, ${login}_worker`)
  await client.end()
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}
