import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import t from 'tap'
import { startEmbeddedServer } from '../../src/database/embedded/server.ts'
import { migrate } from '../../src/database/migrate.ts'
import { loadReferenceData } from '../../src/reference/load.ts'
import { registerCallers } from '../support/callers.ts'
import { withDatabase } from '../support/cluster.ts'
import { testNow } from '../support/start-api.ts'
import { type Dump, dumpByHand, dumpByProgram, findDumper } from './dumps.ts'
import { type Committed, wantedBy, writeEvents } from './log-writers.ts'
import { administer, names, nowhere, openLog, type Positions } from './open-log.ts'

const run = promisify(execFile)
const binDir = process.env.PG_BIN_DIR

type Assertions = Pick<typeof import('tap').t, 'same' | 'ok' | 'rejects' | 'match' | 'test'>
type Test = { teardown(end: () => Promise<void>): unknown }

async function startCluster(t: Test, dataDir: string) {
  const server = await startEmbeddedServer({ dataDir, log: () => {}, ephemeral: true, ...(binDir && { binDir }) })
  t.teardown(() => server.stop())
  return server
}

/** A migrated database of a cluster, which makes the roles there. */
async function makeDatabase(adminUrl: string, name: string): Promise<string> {
  await administer(adminUrl, `CREATE DATABASE ${name}`)
  const url = withDatabase(adminUrl, name)
  await migrate(url)
  return url
}

/** A transaction that is never committed. */
async function leaveOpen(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  await client.query(`BEGIN; INSERT INTO events (id, type, subject_id, subject_version, office_code, handling, client_id, actor, occurred_at)
    VALUES (gen_random_uuid(), 'situation_report.missing', gen_random_uuid(), 1, '00', 1, 'c', 'a', now())`)
  return client
}

/** What the guide tells an administrator to do after an older backup was restored. */
async function outOfReach(): Promise<string> {
  const guide = await readFile('docs/guides/operations.md', 'utf8')
  const [, statements] = /```sql\n(UPDATE sequences SET last_sequence[^`]*)```/.exec(guide) ?? []
  if (statements === undefined) throw new Error('The guide says nothing')
  return statements
}

/** The log before it was lost: what was committed, in which order numbered, and where its readers were when it was dumped and later. */
interface Lost {
  early: readonly Committed[]
  committed: readonly Committed[]
  order: readonly { id: string }[]
  then: Positions
  later: Positions
}

/** Takes up a restored log: of those who wait for nothing new, who are behind it, and who are ahead of it. */
async function goesOn(t: Assertions, url: string, { early, committed, order, then, later }: Lost) {
  const there = await openLog(url)
  const all = await administer<{ id: string }>(url, 'SELECT id FROM events')
  const kept = new Set(all.map(({ id }) => id))
  t.ok(
    early.every(({ id }) => kept.has(id)),
    'what was committed before is there',
  )
  const numbered = await there.order()
  t.same(
    numbered,
    order.slice(0, numbered.length),
    `the ${numbered.length} numbers that readers know, of ${order.length}`,
  )
  const ahead = names.filter((name) => later[name].after > numbered.length)
  for (const name of ahead)
    await t.rejects(
      there.read(name, later[name].after),
      { code: 'events_position_unknown', params: { oldest: 0 } },
      `${name} is ahead of an older backup, and hears of it`,
    )
  const reading = structuredClone(then)
  const kept_ = committed.filter(({ id }) => kept.has(id))
  const now = [...kept_, ...(await writeEvents(url, { writers: 4, rounds: 10 }))]
  await there.number()
  await there.readOn(reading)
  const after = await there.order()
  t.same(after.length, now.length, 'what was committed, and nothing else')
  for (const name of names)
    t.same(reading[name].seen, wantedBy(name, after, now), `${name}: none lost, repeated, or out of order`)
  await there.close()
  return ahead.length
}

/** The same log with its numbers put out of reach: every reader hears of it, and no number is given to two events. */
async function beginsAnew(t: Assertions, url: string, { order, later }: Lost) {
  await administer(url, await outOfReach())
  const there = await openLog(url)
  const written = await writeEvents(url, { writers: 4, rounds: 5 })
  await there.number()
  const reading = nowhere()
  for (const name of names) {
    const error = await there.read(name, later[name].after).catch((caught) => caught)
    t.match(error, { code: 'events_gone' }, `${name} lists anew`)
    t.ok(error.params.oldest > order.length, 'behind every number that was ever given')
    reading[name].after = error.params.oldest
  }
  await there.readOn(reading)
  for (const name of names) t.same(reading[name].seen, wantedBy(name, await there.order(), written), `${name} goes on`)
  await there.close()
}

t.test('a log that goes on in another cluster, from the middle of everything', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'waspada-restore-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await chmod(folder, 0o711)
  const [original, copy, elsewhere] = ['original', 'copy', 'elsewhere'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const each of [original, elsewhere]) await mkdir(each, { mode: 0o711 })
  const first = await startCluster(t, original)
  const url = await makeDatabase(first.adminUrl, 'log')
  await loadReferenceData(url, testNow)
  const admin = new pg.Pool({ connectionString: url, max: 1 })
  await registerCallers(admin)
  await admin.end()
  const [server] = await administer<{ major: number }>(
    url,
    `SELECT current_setting('server_version_num')::int / 10000 AS major`,
  )
  const program = await findDumper(server?.major ?? 0)

  const then = nowhere()
  const log = await openLog(url)
  const early = await writeEvents(url, { writers: 4, rounds: 20 })
  await log.number()
  await log.readOn(then, 2)
  const open = await leaveOpen(url)
  const state = { dumping: true }
  const goingOn = async () => {
    const written: Committed[] = []
    do {
      written.push(...(await writeEvents(url, { writers: 4, rounds: 5 })))
      await log.number(1)
    } while (state.dumping)
    return written
  }
  const dumping = async (): Promise<[string, Dump][]> => {
    const dumps: [string, Dump][] = [['rows', await dumpByHand(url)]]
    if (program) dumps.push(['program', await dumpByProgram(program, url, join(folder, 'log.dump'))])
    state.dumping = false
    return dumps
  }
  const [written, dumps] = await Promise.all([goingOn(), dumping()])
  const committed = [...early, ...written, ...(await writeEvents(url, { writers: 4, rounds: 10 }))]
  await log.number()
  const later = structuredClone(then)
  await log.readOn(later)
  const lost = { early, committed, order: await log.order(), then, later }
  // An event that waits for its number is what a copy of the files meets.
  const waiting = await writeEvents(url, { writers: 4, rounds: 2 })
  await log.close()
  await first.stop()
  open.end().catch(() => {})
  await run('cp', ['-a', original, copy])

  await t.test('a copy of the files', async (t) => {
    const second = await startCluster(t, copy)
    await goesOn(t, withDatabase(second.adminUrl, 'log'), { ...lost, committed: [...committed, ...waiting] })
  })
  const third = await startCluster(t, elsewhere)
  for (const [name, dump] of dumps)
    await t.test(
      `a dump by ${name === 'rows' ? 'hand' : 'pg_dump'}, which is an older backup for who read on`,
      async (t) => {
        const into = await makeDatabase(third.adminUrl, name)
        if (name === 'program') {
          // The guide: migrating an empty database makes the roles, which a dump does not hold.
          await administer(third.adminUrl, 'DROP DATABASE program')
          await administer(third.adminUrl, 'CREATE DATABASE program')
        }
        await dump.restore(into)
        t.ok((await goesOn(t, into, lost)) > 0, 'there were some')
        await beginsAnew(t, into, lost)
      },
    )
  if (!program) t.comment('there is no pg_dump of this version: the dump by hand alone')
})
