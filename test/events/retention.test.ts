import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../../src/config.ts'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { verifyEvents } from '../../src/events/verify-events.ts'
import { removeOldEventsDaily } from '../../src/worker/jobs/remove-old-events.ts'
import { jobsOn } from '../../src/worker/jobs.ts'
import type { CallerName } from '../support/callers.ts'
import { runCommand } from '../support/run-command.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

const day = 86_400_000
const ago = (days: number) => new Date(testNow.getTime() - days * day)

/** So many numbered events of Kendari, each of its own moment, `from` to `to` days ago. */
async function happened({ admin, chain }: Api, count: number, from: number, to: number): Promise<void> {
  await admin.query(
    `INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at)
    SELECT gen_random_uuid(), 'situation_report.missing', gen_random_uuid(), 1, '74.71', '74', '74.71', 1, 'kendari', 'official',
      $1::timestamptz + ($2::timestamptz - $1::timestamptz) * n / $3::int FROM generate_series(1, $3::int) n`,
    [ago(from), ago(to), count],
  )
  await chain()
}

function aWorker(t: { teardown(end: () => Promise<void>): unknown }, { workerUrl }: Api) {
  const { db, close } = openWorkDoor(workerUrl, { size: 1, report: () => {} })
  t.teardown(close)
  const remove = (days: number, signal = new AbortController().signal) =>
    removeOldEventsDaily(days).run({ db, now: testNow, signal })
  const verify = () =>
    db.workAs('worker', { client: 'system:test', actor: 'test' }, (tx) => verifyEvents(tx), 'snapshot')
  return { db, remove, verify }
}

async function ask({ as }: Api, query = '', by: CallerName = 'kendari') {
  return (await as(by).get(`/v1/events${query}`)).json()
}

t.test('what was kept long enough is removed from the beginning on, and who is behind hears of it', async (t) => {
  const api = await startApi(t)
  const { remove, verify } = aWorker(t, api)
  await happened(api, 1800, 90, 61)
  await happened(api, 200, 59, 1)
  await remove(365)
  t.match(await verify(), { first: 1, last: 2000, missing: null }, 'nothing is old enough')
  const stopped = new AbortController()
  stopped.abort()
  await remove(60, stopped.signal)
  t.match(await verify(), { first: 1 }, 'nor does a process that stops begin')
  await remove(60)
  t.same(await verify(), {
    first: 1701,
    last: 2000,
    numbered: 300,
    missing: null,
    before: null,
    beyond: null,
    waiting: 0,
    oldestSeconds: null,
  })
  for (const after of [0, 1699])
    t.match(
      await ask(api, `?after=${after}&wait=30`),
      { status: 410, code: 'events_gone', oldest: 1700, detail: /posisi tertua adalah 1700/ },
      `${after}`,
    )
  t.match(await ask(api, '?after=1699', 'bssn'), { status: 410, oldest: 1700 }, 'whoever asks')
  for (const query of ['?limit=1', '?limit=1&after=1700', '?limit=1&types=situation_report.missing'])
    t.match(await ask(api, query), { items: [{ sequence: 1701 }], next: 1701 }, query)
  t.match(await ask(api, '', 'bssn'), { items: [], next: 2000 })
  await remove(60)
  t.match(await verify(), { first: 1701 }, 'again it does no more')
})

t.test('the end of the log stays, and so does the position of whoever asked within the time', async (t) => {
  const api = await startApi(t)
  const { remove, verify } = aWorker(t, api)
  await happened(api, 1250, 90, 40)
  const { next } = await ask(api, '', 'bssn')
  t.equal(next, 1200, 'all that a reader learns of what is others')
  await remove(30)
  t.match(await verify(), { first: 1151, last: 1250, numbered: 100, missing: null })
  t.match(await ask(api, `?after=${next}`, 'bssn'), { items: [], next })
  await happened(api, 10, 1, 0)
  t.match(await ask(api, '?after=1250'), { next: 1260 }, 'numbers go on')
  t.equal((await ask(api, '?after=1250')).items.length, 10)
})

t.test('an event that got its number late keeps what follows it', async (t) => {
  const api = await startApi(t)
  const { remove, verify } = aWorker(t, api)
  await happened(api, 300, 90, 80)
  await happened(api, 1, 20, 20)
  await happened(api, 400, 90, 80)
  await remove(30)
  t.match(await verify(), { first: 201, last: 701, missing: null })
})

t.test('two jobs at once leave no gap, nor does one that is broken off', async (t) => {
  const api = await startApi(t)
  const [one, other] = [aWorker(t, api), aWorker(t, api)]
  await happened(api, 4000, 90, 80)
  await Promise.all([one.remove(30), other.remove(30)])
  t.match(await one.verify(), { first: 3901, numbered: 100, missing: null, before: null })
})

t.test('a reader that walks while the beginning moves gets every event or hears that some are gone', async (t) => {
  const api = await startApi(t)
  const { remove } = aWorker(t, api)
  await happened(api, 3000, 90, 80)
  const walk = async () => {
    const seen: number[] = []
    for (let after = 0; ; ) {
      const page = await ask(api, `?after=${after}&limit=100`)
      if (page.code === 'events_gone') return { seen, gone: page.oldest as number }
      seen.push(...page.items.map(({ sequence }: { sequence: number }) => sequence))
      if (page.next === after) return { seen, gone: null }
      after = page.next
    }
  }
  const [walked] = await Promise.all([walk(), remove(30)])
  t.same(
    walked.seen,
    walked.seen.map((_, index) => index + 1),
    `${walked.seen.length} events without a gap`,
  )
  t.ok(walked.seen.length === 3000 || (walked.gone ?? 0) >= walked.seen.length)
})

t.test('nobody else removes events, and nobody takes them from the middle', async (t) => {
  const api = await startApi(t)
  const { db } = aWorker(t, api)
  await happened(api, 300, 90, 80)
  const { admin } = api
  await t.rejects(admin.query('DELETE FROM events WHERE sequence = 1'), { code: '23001' }, 'not even the owner')
  await admin.query(`UPDATE sequences SET first_sequence = 11 WHERE stream = 'events'`)
  await t.rejects(admin.query('DELETE FROM events WHERE sequence = 12'), { code: '23001' })
  t.equal((await admin.query('DELETE FROM events WHERE sequence < 11')).rowCount, 10)
  for (const change of ['first_sequence = 10', 'last_sequence = 299', 'first_sequence = 302'])
    await t.rejects(
      admin.query(`UPDATE sequences SET ${change} WHERE stream = 'events'`),
      { code: change.endsWith('302') ? '23514' : '23001' },
      change,
    )
  await admin.query(
    `INSERT INTO events (id, type, subject_id, subject_version, office_code, handling, client_id, actor, occurred_at)
    VALUES ($1, 'situation_report.missing', $1, 1, '74.71', 1, 'kendari', 'official', '2020-01-01Z')`,
    [randomUUID()],
  )
  await t.rejects(admin.query('DELETE FROM events WHERE sequence IS NULL'), { code: '23001' }, 'nor what has no number')
  const service = await (await import('../../src/database/pool.ts')).createPool(api.serviceUrl, 1, () => {}).connect()
  t.teardown(() => service.release(true))
  for (const role of ['waspada_national', 'waspada_agency', 'waspada_administrator', 'waspada_service']) {
    await service.query(`SET ROLE ${role}`)
    await t.rejects(service.query('DELETE FROM events'), { code: '42501' }, role)
    await t.rejects(service.query('UPDATE sequences SET first_sequence = 20'), { code: '42501' }, role)
  }
  await service.query('SET ROLE waspada_national')
  const { rows } = await service.query('SELECT stream, first_sequence::int AS first FROM sequences')
  t.same(rows, [{ stream: 'events', first: 11 }], 'how far the audit is, is for nobody')
  await t.rejects(service.query('SELECT last_hash FROM sequences'), { code: '42501' })
  t.ok(db)
})

t.test('numbers are put out of reach of those who are ahead of a restored log', async (t) => {
  const api = await startApi(t)
  const { verify } = aWorker(t, api)
  await happened(api, 30, 2, 1)
  await api.admin.query(`UPDATE sequences SET last_sequence = last_sequence + 1000000, first_sequence = last_sequence + 1000001 WHERE stream = 'events';
    DELETE FROM events WHERE sequence IS NOT NULL`)
  for (const after of [0, 30, 31, 999_999]) t.match(await ask(api, `?after=${after}`), { status: 410, oldest: 1000030 })
  t.match(await ask(api), { items: [], next: 1000030 })
  await happened(api, 1, 1, 0)
  t.match(await ask(api, '?after=1000030'), { items: [{ sequence: 1000031 }] })
  t.match(await verify(), { first: 1000031, last: 1000031, numbered: 1, missing: null, before: null })
})

t.test('the doctor knows where the log begins', async (t) => {
  const api = await startApi(t)
  const { remove } = aWorker(t, api)
  await happened(api, 900, 90, 80)
  await remove(30)
  const dataDir = await mkdtemp(join(tmpdir(), 'waspada-doctor-'))
  t.teardown(() => rm(dataDir, { recursive: true }))
  const doctor = () => runCommand(['doctor'], { DATABASE_URL: api.workerUrl, WASPADA_DATA_DIR: dataDir })
  t.match(await doctor(), { code: 0, stdout: /fits {4}numbers of the events/ })
  const forger = await api.admin.connect()
  await forger.query(`SET session_replication_role = replica; DELETE FROM events WHERE sequence IN (801, 810)`)
  t.match(await doctor(), { code: 1, stdout: /number 801 is missing, and the last is 900/ })
  await forger.query(`INSERT INTO events (id, sequence, type, subject_id, subject_version, office_code, handling, client_id, actor, occurred_at)
    VALUES (gen_random_uuid(), 7, 'situation_report.missing', gen_random_uuid(), 1, '74.71', 1, 'kendari', 'official', '2020-01-01Z')`)
  t.match(await doctor(), { code: 1, stdout: /number 7 is before the beginning, 801/ })
  await forger.query('RESET session_replication_role')
  forger.release()
})

t.test('events are kept for ever unless a setting says for how long', (t) => {
  const files = {} as Parameters<typeof jobsOn>[0]
  const names = (days: string) => {
    const { eventsRetentionDays } = readConfig({ WASPADA_EVENTS_RETENTION_DAYS: days })
    return jobsOn(files, eventsRetentionDays).map(({ name }) => name)
  }
  t.notOk(names('').includes('remove-old-events'))
  t.notOk(names('0').includes('remove-old-events'))
  t.ok(names('30').includes('remove-old-events'))
  for (const days of ['29', '1', '-1', 'x', '36501'])
    t.throws(() => names(days), { message: /^WASPADA_EVENTS_RETENTION_DAYS: / }, days)
  t.end()
})
