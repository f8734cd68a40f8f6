import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import { type Caller, callerOf } from '../src/access/caller.ts'
import { Database } from '../src/database/database.ts'
import { type ConnectionPool, createPool } from '../src/database/pool.ts'
import { ReferenceStore } from '../src/reference/store.ts'
import { findReport } from '../src/reports/queries.ts'
import { administer, openBenchDatabase } from './database.ts'
import { listRegencies, registerOffices } from './offices.ts'
import { median } from './results.ts'
import { seedReports } from './seed.ts'

/**
 * What the transaction that carries the scope costs a read by id: the same statement, bare, by a superuser whom row-level security
 * does not bind, against the service's own way through `Database.read`. Ends with 1 when the ratio of the p50 is above the aim.
 */
const aim = 1.6
const { values: given } = parseArgs({
  options: {
    reports: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '30' },
    reads: { type: 'string', default: '400' },
  },
})
const [reports, rounds, reads] = [Number(given.reports), Number(given.rounds), Number(given.reads)]
const severalInFlight = 16
const connections = 10

/** One way to read the report of an id. */
type Read = (id: string) => Promise<unknown>

const dataDir = await mkdtemp(join(tmpdir(), 'waspada-bench-'))
try {
  const database = await openBenchDatabase(dataDir)
  try {
    console.log(`${database.description}; Node.js ${process.version}; ${cpus().length} cores; ${reports} reports`)
    const regencies = await listRegencies(database.adminUrl)
    await seedReports(database.adminUrl, reports, regencies)
    const [office] = await registerOffices(database.adminUrl, regencies, dataDir)
    if (!office) throw new Error('There is no office that calls')
    const ids = await readableIds(database.adminUrl, office.code)
    const anyId = () => ids[Math.floor(Math.random() * ids.length)] ?? ''
    const one = await compare({ ...database, code: office.code, anyId, inFlight: 1, size: 1 })
    await compare({ ...database, code: office.code, anyId, inFlight: severalInFlight, size: connections })
    process.exitCode = one <= aim ? 0 : 1
  } finally {
    await database.drop()
  }
} finally {
  await rm(dataDir, { recursive: true, force: true })
}

/** Reports of an office up to `restricted`, the clearance of the caller below: reads of secret ones are told to the audit. */
async function readableIds(adminUrl: string, code: string): Promise<string[]> {
  const rows = await administer(adminUrl, 'SELECT id FROM reports WHERE office_code = $1 AND handling <= 1', [code])
  return rows.map(({ id }) => String(id))
}

interface Comparison {
  adminUrl: string
  serviceUrl: string
  code: string
  anyId(): string
  inFlight: number
  /** Connections of each pool. */
  size: number
}

/** Rounds of both in turn, so that whatever else the machine does meets both. Gives the ratio of the p50. */
async function compare({ adminUrl, serviceUrl, code, anyId, inFlight, size }: Comparison): Promise<number> {
  const owner = createPool(adminUrl, size, () => {})
  const service = createPool(serviceUrl, size, () => {})
  try {
    const scoped = await scopedRead(service, code)
    const bare = bareRead(owner, await statementOf(scoped, service, anyId()))
    const taken = { bare: [] as number[], scoped: [] as number[] }
    for (let round = 0; round <= rounds; round += 1) {
      const bareTimes = await timed(bare, anyId, inFlight)
      const scopedTimes = await timed(scoped, anyId, inFlight)
      // The first round plans the statements and fills the caches.
      if (round === 0) continue
      taken.bare.push(...bareTimes)
      taken.scoped.push(...scopedTimes)
    }
    return told(taken, inFlight)
  } finally {
    await owner.end()
    await service.end()
  }
}

async function scopedRead(pool: ConnectionPool, code: string): Promise<Read> {
  const db = new Database(pool, await ReferenceStore.open(pool))
  const claims = {
    iss: 'urn:waspada:issuer',
    jti: 'bench',
    iat: Math.floor(Date.now() / 1000),
    sub: 'official-1',
    client_id: code,
    scope: 'reports:read',
    clearance: 'restricted',
    region: code,
  } as const
  const caller: Caller = { ...callerOf(claims), needs: 'reports:read' }
  const trace = { requestId: 'bench', operation: 'findReport' }
  return (id) => findReport({ db, caller, trace, now: new Date() }, caller.scope, id)
}

interface Sent {
  name: string
  text: string
  values: unknown[]
}

/** The statement as the service sends it, name and values included, so that the two cannot drift apart. */
async function statementOf(scoped: Read, pool: ConnectionPool, id: string): Promise<Sent & { at: number }> {
  const sent: Sent[] = []
  const client = await pool.connect()
  const query = client.query.bind(client) as (...all: unknown[]) => unknown
  const recording = (config: Sent, ...rest: unknown[]) => {
    sent.push(config)
    return query(config, ...rest)
  }
  Object.assign(client, { query: recording })
  client.release()
  await scoped(id)
  Object.assign(client, { query })
  const found = sent.find(({ name }) => name?.startsWith('find_report'))
  if (!found) throw new Error('The service did not send the statement of findReport')
  return { ...found, at: found.values.indexOf(id) }
}

function bareRead(pool: pg.Pool, { name, text, values, at }: Sent & { at: number }): Read {
  return async (id) => {
    const { rows } = await pool.query({ name, text, values: values.with(at, id) })
    if (rows.length !== 1) throw new Error(`There is no report ${id}`)
  }
}

/** Milliseconds of each read. */
async function timed(read: Read, anyId: () => string, inFlight: number): Promise<number[]> {
  const times: number[] = []
  const worker = async () => {
    while (times.length < reads) {
      const began = performance.now()
      await read(anyId())
      times.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  return times
}

function told(taken: { bare: number[]; scoped: number[] }, inFlight: number): number {
  const p99 = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN
  const ratio = median(taken.scoped) / median(taken.bare)
  const row = (times: number[]) => `p50 ${median(times).toFixed(3)} ms, p99 ${p99(times).toFixed(3)} ms`
  console.log(
    `${inFlight} in flight: bare ${row(taken.bare)}; scoped ${row(taken.scoped)}; ratio of p50 ${ratio.toFixed(2)}`,
  )
  return ratio
}
