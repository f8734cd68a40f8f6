import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import { pino } from 'pino'
import t from 'tap'
import { LockSession } from '../../src/database/lock-session.ts'
import { assertWorkerLogin } from '../../src/worker/assert-worker-login.ts'
import { freeJobsOfTheDead } from '../../src/worker/free-jobs-of-the-dead.ts'
import { openQueuePool } from '../../src/worker/install-queue.ts'
import type { Job, JobContext } from '../../src/worker/job.ts'
import { startWorker, type Worker } from '../../src/worker/start-worker.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { testNow } from '../support/start-api.ts'

type Test = { teardown(end: () => Promise<void>): unknown }

function aLog() {
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) })
  return { log, lines }
}

function aWorker(t: Test, { workerUrl: url }: TestDatabase, run: Job['run'] = async () => {}) {
  const { log, lines } = aLog()
  const worker = startWorker({ url, clock: () => testNow, log, jobs: [{ name: 'test-job', cron: '0 0 1 1 *', run }] })
  const state = { stopped: false }
  const stop: Worker['stop'] = async () => {
    if (state.stopped) return
    state.stopped = true
    await worker.stop()
  }
  t.teardown(stop)
  return { lines, stop }
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await setImmediate()
}

const addJob = (admin: pg.Pool, payload = '{}') =>
  admin.query(`SELECT graphile_worker.add_job('test-job', $1::json, max_attempts := 3)`, [payload])
const jobsLeft = async (admin: pg.Pool) =>
  (await admin.query('SELECT attempts, locked_by, last_error FROM graphile_worker.jobs')).rows

async function addEvents(admin: pg.Pool, count: number) {
  await admin.query(
    `INSERT INTO events (id, type, subject_id, subject_version, office_code, handling, client_id, actor, occurred_at)
    SELECT gen_random_uuid(), 'report.submitted', gen_random_uuid(), 1, '74.71', 1, 'a', 'a', now() FROM generate_series(1, $1::int)`,
    [count],
  )
}
const unnumbered = async (admin: pg.Pool) =>
  (await admin.query('SELECT FROM events WHERE sequence IS NULL')).rowCount ?? 0

t.test('the queue belongs to its role alone, which may make nothing else and sees no office', async (t) => {
  const { admin, workerUrl } = await createDatabase(t)
  const { rows } = await admin.query(`SELECT nspowner::regrole::text AS owner,
      has_database_privilege('waspada_queue', current_database(), 'CREATE') AS makes_schemas,
      has_schema_privilege('waspada_queue', 'public', 'CREATE') AS makes_tables,
      has_schema_privilege('waspada_worker', 'graphile_worker', 'USAGE') AS worker_reaches,
      has_schema_privilege('waspada_service', 'graphile_worker', 'USAGE') AS service_reaches
    FROM pg_namespace WHERE nspname = 'graphile_worker'`)
  t.same(rows[0], {
    owner: 'waspada_queue',
    makes_schemas: false,
    makes_tables: false,
    worker_reaches: false,
    service_reaches: false,
  })
  const pool = openQueuePool(workerUrl, 1, () => {})
  t.teardown(() => pool.end())
  for (const table of ['reports', 'events', 'audit_entries', 'clients', 'sequences'])
    await t.rejects(pool.query(`SELECT FROM ${table}`), { code: '42501' }, table)
  await pool.query(`SELECT graphile_worker.add_job('x')`)
  t.equal(
    (await pool.query('SELECT FROM graphile_worker.jobs')).rowCount,
    1,
    'row-level security does not hide its own jobs',
  )
})

t.test('a job runs once, with the door of the worker, and leaves nothing behind', async (t) => {
  const database = await createDatabase(t)
  const ran: JobContext[] = []
  const { stop, lines } = aWorker(t, database, async (context) => {
    ran.push(context)
  })
  await addJob(database.admin, '{"secret": "isi laporan"}')
  await until(async () => ran.length > 0 && (await jobsLeft(database.admin)).length === 0)
  await stop()
  t.equal(ran.length, 1)
  t.equal(ran[0]?.now, testNow)
  t.match(
    lines.find(({ msg }) => msg === 'a job is done'),
    { task: 'test-job', attempt: 1 },
  )
  t.notMatch(JSON.stringify(lines), 'isi laporan', 'payloads are not logged')
})

t.test('a job that fails is tried again, and its error says no more than it should', async (t) => {
  const database = await createDatabase(t)
  const state = { runs: 0 }
  const { lines } = aWorker(t, database, async () => {
    state.runs += 1
    if (state.runs === 1) throw new Error('broken')
  })
  await addJob(database.admin)
  await until(async () => (await jobsLeft(database.admin))[0]?.last_error !== undefined && state.runs === 1)
  await until(async () => (await jobsLeft(database.admin))[0]?.locked_by === null)
  t.match(await jobsLeft(database.admin), [{ attempts: 1, last_error: 'broken' }])
  await database.admin.query('UPDATE graphile_worker._private_jobs SET run_at = now()')
  await until(async () => (await jobsLeft(database.admin)).length === 0)
  t.equal(state.runs, 2)
  t.match(
    lines.find(({ msg }) => msg === 'a job failed'),
    { task: 'test-job', attempt: 1, attempts: 3 },
  )
})

t.test('stopping lets a job finish, and tells it to come to an end', async (t) => {
  const database = await createDatabase(t)
  const state = { started: false, ended: false }
  const { stop } = aWorker(t, database, async ({ signal }) => {
    state.started = true
    await until(() => signal.aborted)
    state.ended = true
  })
  await addJob(database.admin)
  await until(() => state.started)
  await stop()
  t.ok(state.ended)
  t.same(await jobsLeft(database.admin), [], 'it counts as done')
})

t.test('the job of a process that died is free again, that of a living one is not', async (t) => {
  const database = await createDatabase(t)
  const { admin, workerUrl } = database
  for (const pool of ['pool-of-the-living', 'pool-of-the-dead']) {
    await addJob(admin)
    await admin.query(
      `UPDATE graphile_worker._private_jobs SET locked_by = $1, locked_at = now() - interval '1 minute', attempts = 1 WHERE locked_by IS NULL`,
      [pool],
    )
  }
  const living = new LockSession(workerUrl, () => {})
  t.teardown(() => living.close())
  t.ok(await living.hold('pool-of-the-living'))
  const pool = openQueuePool(workerUrl, 1, () => {})
  t.teardown(() => pool.end())
  t.equal(await freeJobsOfTheDead(pool), 1)
  t.same(new Set((await jobsLeft(admin)).map(({ locked_by }) => locked_by)), new Set(['pool-of-the-living', null]))
  t.equal(await freeJobsOfTheDead(pool), 0)
  await living.close()
  t.equal(await freeJobsOfTheDead(pool), 1, 'once its session has ended')

  await addJob(admin)
  await admin.query(`UPDATE graphile_worker._private_jobs SET locked_by = 'pool-just-started', locked_at = now()`)
  t.equal(await freeJobsOfTheDead(pool), 0, 'one that has only begun may not hold its lock yet')
})

t.test('of several processes one sequences, and another goes on when it ends', async (t) => {
  const database = await createDatabase(t)
  const { admin } = database
  const workers = [aWorker(t, database), aWorker(t, database)]
  const holders = async () =>
    (
      await admin.query(
        `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 7461738 AND objid = hashtext('sequencer')::oid AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      )
    ).rowCount
  await addEvents(admin, 3)
  await until(async () => (await unnumbered(admin)) === 0)
  t.equal(await holders(), 1)
  for (const worker of workers) {
    await worker.stop()
    await addEvents(admin, 2)
    if (worker === workers[0]) await until(async () => (await unnumbered(admin)) === 0)
  }
  t.equal(await unnumbered(admin), 2, 'when both have ended, nobody does')
  t.equal(await holders(), 0)
})

t.test('a worker whose connections all break, again and again, goes on by itself', async (t) => {
  const database = await createDatabase(t)
  const { admin } = database
  const state = { runs: 0 }
  const { lines } = aWorker(t, database, async () => {
    state.runs += 1
  })
  const own = `pg_stat_activity WHERE datname = current_database() AND application_name ~ '^waspada'`
  for (const time of [1, 2, 3]) {
    await until(async () => ((await admin.query(`SELECT FROM ${own}`)).rowCount ?? 0) >= time)
    await admin.query(`SELECT pg_terminate_backend(pid) FROM ${own}`)
    await addEvents(admin, 1)
    await until(async () => (await unnumbered(admin)) === 0)
  }
  await addJob(admin)
  await until(() => state.runs === 1)
  t.ok(
    lines.some(({ msg }) => /broke/.test(String(msg))),
    'and says so',
  )
  const { rowCount } = await admin.query(`SELECT FROM ${own} AND application_name = 'waspada worker lock'`)
  t.equal(rowCount, 1, 'with one session for its locks')
})

t.test('what was committed before the stop is numbered by it', async (t) => {
  const database = await createDatabase(t)
  const { stop, lines } = aWorker(t, database)
  await until(() => lines.some(({ msg }) => msg === 'the head of the audit chain'))
  await addEvents(database.admin, 1_200)
  await stop()
  t.equal(await unnumbered(database.admin), 0)
  t.match(
    lines.find(({ auditHead }) => auditHead),
    { auditHead: `0:${'0'.repeat(64)}` },
    'the head lies in the log',
  )
})

t.test('a login that is not one to work with is refused', async (t) => {
  const { admin, adminUrl, serviceUrl, workerUrl } = await createDatabase(t)
  await assertWorkerLogin(workerUrl)
  await t.rejects(assertWorkerLogin(serviceUrl), { message: /may not become waspada_worker/ })
  await t.rejects(assertWorkerLogin(adminUrl), { message: /bypasses row-level security/ })
  const name = `login_${adminUrl.slice(-8)}`
  const url = new URL(workerUrl)
  url.username = name
  url.password = 'test'
  await admin.query(`CREATE ROLE ${name} LOGIN NOINHERIT PASSWORD 'test'`)
  t.teardown(() => admin.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`).then(() => {}))
  await admin.query(`GRANT waspada_worker TO ${name}`)
  await t.rejects(assertWorkerLogin(url.href), { message: /waspada_queue/ }, 'half of it is not enough')
  await admin.query(`GRANT waspada_queue TO ${name}`)
  await assertWorkerLogin(url.href)
  await admin.query(`ALTER TABLE retention_rules OWNER TO ${name}`)
  await t.rejects(assertWorkerLogin(url.href), { message: /owns tables/ })
  await admin.query(`ALTER TABLE retention_rules OWNER TO CURRENT_USER`)
  await admin.query(`ALTER ROLE ${name} BYPASSRLS`)
  await t.rejects(assertWorkerLogin(url.href), { message: /bypasses/ })
})
