import autocannon from 'autocannon'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { Recorded } from '../record.ts'
import type { Sent } from '../requests.ts'
import { median } from '../results.ts'

/** What one round sends: requests to the service, or the statements of requests to the database. */
export type Round = { connections: number; seconds: number } & (
  | {
      kind: 'http'
      address: string
      requests: Sent[]
      /** Each connection has requests of its own: none is to be sent twice. */
      apart: boolean
      /** Every connection asks once, however long that takes: a round would end before the first answer. */
      once: boolean
    }
  | { kind: 'pg'; serviceUrl: string; transactions: Transaction[] }
)

export interface Transaction {
  statements: Recorded[]
  /** Values that must be new each time: ids, and the reference of a post. */
  fresh: string[]
}

export interface Seen {
  perSecond: number
  answered: number
  failed: number
  /** Milliseconds. */
  p50: number
  p99: number
}

/** Milliseconds: as long as the service gives a statement, and some more. */
const patience = 20_000

/** The process that makes the load: it is sent a `Round`, and answers with what it has `Seen`. */
process.on('message', async (round: Round) => {
  const seen = round.kind === 'http' ? await sendRequests(round) : await sendStatements(round)
  process.send?.(seen)
})

/** Connections begin at different places, so that they do not ask for the same at once. */
function turned<T>(list: readonly T[], connection: number, connections: number): T[] {
  const from = Math.floor((list.length * connection) / connections)
  return [...list.slice(from), ...list.slice(0, from)]
}

function share<T>(list: readonly T[], connection: number, connections: number): T[] {
  return list.filter((_, index) => index % connections === connection)
}

async function sendRequests(round: Round & { kind: 'http' }): Promise<Seen> {
  const { address, connections, seconds, requests } = round
  const times: number[] = []
  let [failed, connected, began] = [0, 0, 0]
  await new Promise<void>((resolve, reject) => {
    const setupClient = (client: autocannon.Client) => {
      client.setRequests((round.apart ? share : turned)(requests, connected, connections))
      connected += 1
    }
    const running = autocannon(
      {
        url: address,
        connections,
        timeout: patience / 1000,
        setupClient,
        ...(round.once ? { amount: connections } : { duration: seconds }),
      },
      (error, result) => {
        failed += result?.errors ?? 0
        if (error) reject(error)
        else resolve()
      },
    )
    running.on('start', () => {
      began = performance.now()
    })
    running.on('response', (_client, status, _bytes, milliseconds) => {
      if (status >= 200 && status < 300) times.push(milliseconds)
      else failed += 1
    })
  })
  return seenOf(times, failed, performance.now() - began)
}

async function sendStatements({
  serviceUrl,
  connections,
  seconds,
  transactions,
}: Round & { kind: 'pg' }): Promise<Seen> {
  const pool = new pg.Pool({
    connectionString: serviceUrl,
    max: connections,
    pipeline: true,
    statement_timeout: patience,
  } as pg.PoolConfig)
  pool.on('error', () => {})
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()))
  const times: number[] = []
  let failed = 0
  const began = performance.now()
  const work = async (client: pg.PoolClient, connection: number) => {
    const own = turned(transactions, connection, connections)
    for (let turn = 0; performance.now() - began < seconds * 1000; turn += 1) {
      const since = performance.now()
      try {
        await run(client, own[turn % own.length] as Transaction)
        times.push(performance.now() - since)
      } catch {
        failed += 1
        await client.query('ROLLBACK')
      }
    }
  }
  await Promise.all(clients.map(work))
  const elapsed = performance.now() - began
  for (const client of clients) client.release()
  await pool.end()
  return seenOf(times, failed, elapsed)
}

/** All statements leave without waiting for one another, as those of the service do. */
async function run(client: pg.PoolClient, { statements, fresh }: Transaction): Promise<void> {
  const renewed = new Map(fresh.map((value) => [value, uuidv7()]))
  const sent = statements.map(({ name, text, values }) => {
    const now = renewed.size === 0 ? values : values.map((value) => renewed.get(value as string) ?? value)
    return client.query({ ...(name !== undefined && { name }), text, values: now })
  })
  const failure = (await Promise.allSettled(sent)).find((each) => each.status === 'rejected')
  if (failure) throw failure.reason
}

function seenOf(times: number[], failed: number, milliseconds: number): Seen {
  const sorted = times.toSorted((a, b) => a - b)
  return {
    perSecond: times.length / (milliseconds / 1000),
    answered: times.length,
    failed,
    p50: median(times),
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
  }
}
