import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import t from 'tap'
import { callerOf } from '../../src/access/caller.ts'
import { Database } from '../../src/database/database.ts'
import { startEmbeddedServer } from '../../src/database/embedded/server.ts'
import { makeLogins } from '../../src/database/logins.ts'
import { migrate } from '../../src/database/migrate.ts'
import { createPool } from '../../src/database/pool.ts'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { followEvents } from '../../src/events/follow-events.ts'
import { sequenceAll } from '../../src/events/sequencer.ts'
import { openWaitingRoom } from '../../src/events/waiting-room.ts'
import { loadReferenceData } from '../../src/reference/load.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { callers, registerCallers } from '../support/callers.ts'
import { withDatabase } from '../support/cluster.ts'
import { testNow } from '../support/start-api.ts'
import { type Committed, type ReaderName, readers, wantedBy, writeEvents } from './log-writers.ts'

const run = promisify(execFile)
const binDir = process.env.PG_BIN_DIR
const secret = randomBytes(32)
const names = Object.keys(readers) as ReaderName[]

type Assertions = Pick<typeof import('tap').t, 'same'>
type Test = { teardown(end: () => Promise<void>): unknown }

/** Where each reader is, and what it has got. */
type Positions = Record<ReaderName, { after: number; seen: string[] }>

async function startCluster(t: Test, dataDir: string) {
  const server = await startEmbeddedServer({ dataDir, log: () => {}, ephemeral: true, ...(binDir && { binDir }) })
  t.teardown(() => server.stop())
  return server
}

/** A database of the log at this address, its worker and its readers. */
async function openLog(adminUrl: string) {
  const { serviceUrl, workerUrl } = await makeLogins(adminUrl, { name: 'reader_login', secret: async () => secret })
  const pool = createPool(serviceUrl, 2, () => {})
  const worker = openWorkDoor(workerUrl, { size: 1, report: () => {} })
  const db = new Database(pool, await ReferenceStore.open(pool))
  const room = openWaitingRoom(pool, { rest: 5, second: 10 })
  const read = async (name: ReaderName, after: number) => {
    const { clientId, place, clearance, scopes } = callers[name]
    const token = { iss: 'urn:waspada:issuer', jti: 'a', iat: testNow.getTime() / 1000 }
    const caller = callerOf({
      ...token,
      sub: clientId,
      client_id: clientId,
      scope: scopes.join(' '),
      clearance,
      ...place,
    })
    const context = { db, caller, now: testNow, trace: { requestId: 'r', operation: 'listEvents' } }
    const hungUp = new AbortController().signal
    return followEvents({ context, renewed: async () => context, hungUp }, { after, limit: 7, wait: 1 }, room)
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
    async order(): Promise<{ id: string }[]> {
      const client = new pg.Client({ connectionString: adminUrl })
      await client.connect()
      const { rows } = await client.query<{ id: string }>(
        'SELECT id FROM events WHERE sequence IS NOT NULL ORDER BY sequence',
      )
      await client.end()
      return rows
    },
    close: () => Promise.all([pool.end(), worker.close()]),
  }
}

function nowhere(): Positions {
  return Object.fromEntries(names.map((name) => [name, { after: 0, seen: [] as string[] }])) as Positions
}

/** A transaction that is never committed, and an event that still waits for its number: what a backup meets. */
async function leaveOpen(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  await client.query(`BEGIN; INSERT INTO events (id, type, subject_id, subject_version, office_code, handling, client_id, actor, occurred_at)
    VALUES (gen_random_uuid(), 'situation_report.missing', gen_random_uuid(), 1, '00', 1, 'c', 'a', now())`)
  return client
}

/** The pg_dump beside the server or on the PATH, where it can read a server of this version. */
function dumper(serverMajor: number): { folder: string; reason?: string } {
  const folder = binDir === undefined ? '' : `${binDir}/`
  try {
    const said = execFileSync(`${folder}pg_dump`, ['--version'], { encoding: 'utf8' })
    const major = Number(/(\d+)/.exec(said)?.[1])
    return major >= serverMajor
      ? { folder }
      : { folder, reason: `pg_dump ${major} cannot read a server ${serverMajor}` }
  } catch {
    return { folder, reason: 'there is no pg_dump' }
  }
}

t.test('a log that goes on in another cluster, in the middle of everything', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'waspada-restore-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await chmod(folder, 0o711)
  const [original, copy] = [join(folder, 'original'), join(folder, 'copy')]
  await run('mkdir', ['-m', '711', original])
  const first = await startCluster(t, original)
  const client = new pg.Client({ connectionString: first.adminUrl })
  await client.connect()
  await client.query('CREATE DATABASE log')
  const { rows } = await client.query(`SELECT current_setting('server_version_num')::int / 10000 AS major`)
  await client.end()
  const url = withDatabase(first.adminUrl, 'log')
  await migrate(url)
  await loadReferenceData(url, testNow)
  const admin = new pg.Pool({ connectionString: url, max: 1 })
  await registerCallers(admin)
  await admin.end()

  const committed: Committed[] = []
  const positions = nowhere()
  const log = await openLog(url)
  committed.push(...(await writeEvents(url, { writers: 4, rounds: 20 })))
  await log.number()
  await log.readOn(positions, 2)
  committed.push(...(await writeEvents(url, { writers: 4, rounds: 10 })))
  const open = await leaveOpen(url)

  const { folder: programs, reason } = dumper(rows[0].major)
  const dump = join(folder, 'log.dump')
  if (reason === undefined) await run(`${programs}pg_dump`, ['-Fc', '-f', dump, '-d', url])
  await log.close()
  await first.stop()
  open.end().catch(() => {})
  await run('cp', ['-a', original, copy])
  const second = await startCluster(t, copy)

  const goesOn = async (t: Assertions, adminUrl: string) => {
    const there = await openLog(adminUrl)
    const reading = structuredClone(positions)
    const all = [...committed, ...(await writeEvents(adminUrl, { writers: 4, rounds: 10 }))]
    await there.number()
    await there.readOn(reading)
    const order = await there.order()
    t.same(order.length, all.length, 'what was committed, and nothing else')
    for (const name of names) t.same(reading[name].seen, wantedBy(name, order, all), name)
    return { there, reading }
  }
  await t.test('from a copy of the files: nothing is lost, repeated or out of order', async (t) => {
    const { there, reading } = await goesOn(t, withDatabase(second.adminUrl, 'log'))
    await there.close()

    const again = await startCluster(t, original)
    const older = await openLog(withDatabase(again.adminUrl, 'log'))
    for (const name of ['kendari', 'nation'] as const)
      await t.rejects(
        older.read(name, reading[name].after),
        { code: 'events_position_unknown', params: { oldest: 0 } },
        `${name} is ahead of a log that was restored from an older backup, and hears of it`,
      )
    await older.close()
  })
  await t.test('from a dump by pg_dump', { skip: reason ?? false }, async (t) => {
    const other = new pg.Client({ connectionString: second.adminUrl })
    await other.connect()
    await other.query('CREATE DATABASE restored')
    await other.end()
    const restored = withDatabase(second.adminUrl, 'restored')
    await run(`${programs}pg_restore`, ['--exit-on-error', '-d', restored, dump])
    const { there } = await goesOn(t, restored)
    await there.close()
  })
})
