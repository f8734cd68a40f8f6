import { join } from 'node:path'
import type pg from 'pg'
import { pino } from 'pino'
import { trustedIssuers } from '../src/access/issuers.ts'
import { openKeys } from '../src/access/signing-keys.ts'
import { TokenVerifier } from '../src/access/verify-token.ts'
import { createApp } from '../src/app.ts'
import { openFiles } from '../src/attachments/open-files.ts'
import { readConfig } from '../src/config.ts'
import { Database } from '../src/database/database.ts'
import { type ConnectionPool, createPool } from '../src/database/pool.ts'
import { openWaitingRoom } from '../src/events/waiting-room.ts'
import { ReferenceStore } from '../src/reference/store.ts'
import type { Sent } from './requests.ts'

/** A statement as Waspada sent it; a prepared one has a name. */
export interface Recorded {
  name?: string | undefined
  text: string
  values: unknown[]
}

export interface Transcript {
  statements: Recorded[]
  answer: string
}

export interface Recorder {
  /** Runs one request through the whole application, and gives every statement that reached a connection, with the answer's body. */
  record(request: Sent): Promise<Transcript>
  close(): Promise<void>
}

/** As a recorder that is used once. */
export async function recordStatements(
  place: { serviceUrl: string; dataDir: string },
  request: Sent,
): Promise<Transcript> {
  const recorder = await openRecorder(place)
  try {
    return await recorder.record(request)
  } finally {
    await recorder.close()
  }
}

/** The whole application in this process, on one connection. */
export async function openRecorder({
  serviceUrl,
  dataDir,
}: {
  serviceUrl: string
  dataDir: string
}): Promise<Recorder> {
  const pool = createPool(serviceUrl, 1, () => {})
  const statements: Recorded[] = []
  pool.on('connect', (client) => recordClient(client, statements))
  const app = await openApp(pool, dataDir)
  const record = async ({ method, path, headers, body }: Sent) => {
    await pool.use(forgetPrepared)
    statements.length = 0
    const response = await app.inject({ method, url: path, headers, ...(body !== undefined && { payload: body }) })
    if (response.statusCode >= 300)
      throw new Error(`${method} ${path} was answered ${response.statusCode}: ${response.body}`)
    return { statements: [...statements], answer: response.body }
  }
  const close = async () => {
    await app.close()
    await pool.end()
  }
  return { record, close }
}

/** What is prepared on a connection would fly (see `flight.ts`), where the statements cannot be told apart. */
async function forgetPrepared(client: pg.PoolClient): Promise<void> {
  await client.query('DEALLOCATE ALL')
  const { connection } = client as unknown as { connection: { parsedStatements: Record<string, string> } }
  connection.parsedStatements = {}
}

function recordClient(client: pg.PoolClient, statements: Recorded[]): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown
  const recording = (config: string | pg.QueryConfig, ...rest: unknown[]) => {
    const { name, text, values = [] } = typeof config === 'string' ? { text: config, name: undefined } : config
    statements.push({ name, text, values })
    return query(config, ...rest)
  }
  Object.assign(client, { query: recording })
}

async function openApp(pool: ConnectionPool, dataDir: string) {
  const config = readConfig({})
  const keys = await openKeys(dataDir)
  const verifier = new TokenVerifier(trustedIssuers(config, keys, () => {}))
  const db = new Database(pool, await ReferenceStore.open(pool))
  const logger = pino({ level: 'silent' })
  const clock = () => new Date()
  return createApp({
    pool,
    db,
    verifier,
    issuers: config,
    issuer: null,
    keys,
    clock,
    reportSettings: config,
    statisticsSettings: config,
    edge: config,
    files: openFiles({ ...config.attachments, folder: join(dataDir, 'attachments') }),
    room: openWaitingRoom(db),
    logger,
  })
}
