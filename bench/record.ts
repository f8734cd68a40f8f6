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
import { ReferenceStore } from '../src/reference/store.ts'
import type { Sent } from './requests.ts'

/** A statement as Waspada sent it. */
export interface Recorded {
  text: string
  values: unknown[]
}

/** Runs one request through the whole application, and gives every statement that reached a connection, with the answer's body. */
export async function recordStatements(
  { serviceUrl, dataDir }: { serviceUrl: string; dataDir: string },
  request: Sent,
): Promise<{ statements: Recorded[]; answer: string }> {
  const pool = createPool(serviceUrl, 1, () => {})
  const statements: Recorded[] = []
  pool.on('connect', (client) => recordClient(client, statements))
  try {
    const app = await openApp(pool, dataDir)
    statements.length = 0
    const { method, path, headers, body } = request
    const response = await app.inject({ method, url: path, headers, ...(body !== undefined && { payload: body }) })
    if (response.statusCode >= 300)
      throw new Error(`${method} ${path} was answered ${response.statusCode}: ${response.body}`)
    await app.close()
    return { statements, answer: response.body }
  } finally {
    await pool.end()
  }
}

function recordClient(client: pg.PoolClient, statements: Recorded[]): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown
  const recording = (config: string | pg.QueryConfig, ...rest: unknown[]) => {
    const { text, values = [] } = typeof config === 'string' ? { text: config } : config
    statements.push({ text, values })
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
    edge: config,
    files: openFiles({ ...config.attachments, folder: join(dataDir, 'attachments') }),
    logger,
  })
}
