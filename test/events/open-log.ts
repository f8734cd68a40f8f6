import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { callerOf } from '../../src/access/caller.ts'
import { Database } from '../../src/database/database.ts'
import { makeLogins } from '../../src/database/logins.ts'
import { createPool } from '../../src/database/pool.ts'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { followEvents } from '../../src/events/follow-events.ts'
import { sequenceAll } from '../../src/events/sequencer.ts'
import { openWaitingRoom } from '../../src/events/waiting-room.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { callers } from '../support/callers.ts'
import { testNow } from '../support/start-api.ts'
import { type ReaderName, readers } from './log-writers.ts'

const secret = randomBytes(32)
export const names = Object.keys(readers) as ReaderName[]

/** Where each reader is, and what it has got. */
export type Positions = Record<ReaderName, { after: number; seen: string[] }>

export function nowhere(): Positions {
  return Object.fromEntries(names.map((name) => [name, { after: 0, seen: [] as string[] }])) as Positions
}

/** One statement or more as the superuser. */
export async function administer<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

/** The log of the database at this address, its worker and its readers. */
export async function openLog(adminUrl: string) {
  const { serviceUrl, workerUrl } = await makeLogins(adminUrl, { name: 'reader_login', secret: async () => secret })
  const pool = createPool(serviceUrl, 2, () => {})
  const worker = openWorkDoor(workerUrl, { size: 1, report: () => {} })
  const db = new Database(pool, await ReferenceStore.open(pool))
  const room = openWaitingRoom(db, { rest: 5, second: 10 })
  const read = async (name: ReaderName, after: number) => {
    const { clientId, place, clearance, scopes } = callers[name]
    const token = { iss: 'urn:waspada:issuer', jti: 'a', iat: testNow.getTime() / 1000 }
    const claims = { ...token, sub: clientId, client_id: clientId, scope: scopes.join(' '), clearance, ...place }
    const context = { db, caller: callerOf(claims), now: testNow, trace: { requestId: 'r', operation: 'listEvents' } }
    const hungUp = new AbortController().signal
    const query = { after, from: 'oldest', limit: 7, wait: 1 } as const
    return followEvents({ context, renewed: async () => context, hungUp }, query, room)
  }
  return {
    read,
    number: (batches?: number) => sequenceAll(worker.db, batches),
    /** Everybody reads on to the end; `pages` at most. */
    async readOn(positions: Positions, pages = Number.POSITIVE_INFINITY) {
      for (const name of names) {
        const position = positions[name]
        for (let done = 0; done < pages; done += 1) {
          const { items, next } = await read(name, position.after)
          position.seen.push(...items.map(({ id }) => id))
          position.after = next
          if (items.length === 0) break
        }
      }
    },
    order: () =>
      administer<{ id: string }>(adminUrl, 'SELECT id FROM events WHERE sequence IS NOT NULL ORDER BY sequence'),
    close: () => Promise.all([pool.end(), worker.close()]),
  }
}
