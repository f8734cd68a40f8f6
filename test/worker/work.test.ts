import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { createDatabase, createEmptyDatabase } from '../support/database.ts'
import { runWaspada, serveWaspada, startWaspada } from '../support/run-waspada.ts'

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await setImmediate()
}

const anEvent = `INSERT INTO events (id, type, subject_id, subject_version, office_code, handling, client_id, actor, occurred_at)
  VALUES (gen_random_uuid(), 'report.submitted', gen_random_uuid(), 1, '74.71', 1, 'a', 'a', now())`
const isNumbered = async (admin: pg.Pool) =>
  (await admin.query('SELECT FROM events WHERE sequence IS NULL')).rowCount === 0

t.test('waspada work works with a login of its own, killed in the middle of a job and started again', async (t) => {
  const { admin, workerUrl } = await createDatabase(t)
  const environment = { DATABASE_URL: workerUrl, WASPADA_DATA_DIR: t.testdir() }
  await admin.query(anEvent)
  await admin.query(`INSERT INTO used_assertions VALUES ('client', 'old', '2024-01-01Z')`)
  const holder = await admin.connect()
  await holder.query(`BEGIN; SELECT FROM used_assertions FOR UPDATE`)
  await admin.query(`SELECT graphile_worker.add_job('remove-expired')`)

  const first = startWaspada(['work'], environment)
  t.teardown(() => first.child.kill('SIGKILL'))
  await until(() => isNumbered(admin))
  const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'waspada worker' AND wait_event_type = 'Lock'`
  await until(async () => (await admin.query(waits)).rowCount === 1)
  first.child.kill('SIGKILL')
  await first.ended
  await holder.query('ROLLBACK')
  holder.release()
  // As if it had been a while ago: a job that was taken just now may be that of a process that is starting.
  await admin.query(`UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '1 minute'`)

  const second = startWaspada(['work'], environment)
  t.teardown(() => second.child.kill('SIGKILL'))
  await until(async () => (await admin.query('SELECT FROM used_assertions')).rowCount === 0)
  await until(async () => (await admin.query('SELECT FROM graphile_worker.jobs')).rowCount === 0)
  t.match(second.output(), 'jobs of processes that died are free again')
  second.child.kill('SIGTERM')
  t.match(await second.ended, { code: 0, stdout: /works in the background.*\nThe worker has stopped/ })
})

t.test('serve works in the background too, unless it is told not to', async (t) => {
  const adminUrl = await createEmptyDatabase()
  const environment = { DATABASE_URL: adminUrl, WASPADA_DATA_DIR: t.testdir() }
  const admin = new pg.Pool({ connectionString: adminUrl, max: 1 })
  t.teardown(() => admin.end())
  const silent = await serveWaspada({ ...environment, WASPADA_WORKER: 'off' })
  t.match(silent.output(), 'It does no work in the background: run waspada work beside it.')
  await admin.query(anEvent)
  silent.child.kill('SIGTERM')
  t.equal((await silent.ended).code, 0)
  t.notOk(await isNumbered(admin))

  const service = await serveWaspada(environment)
  t.teardown(() => service.child.kill('SIGKILL'))
  t.notMatch(service.output(), 'no work in the background')
  await until(() => isNumbered(admin))
  await until(() => service.output().includes('the head of the audit chain'))
  service.child.kill('SIGTERM')
  t.match(await service.ended, { code: 0, stdout: /Waspada has stopped/ })
})

t.test('a login that may only serve does not work', async (t) => {
  const { serviceUrl } = await createDatabase(t)
  const environment = { DATABASE_URL: serviceUrl, WASPADA_DATA_DIR: t.testdir() }
  t.match(await runWaspada(['work'], environment), { code: 1, stdout: '', stderr: /may not become waspada_worker/ })
  const service = await serveWaspada(environment)
  t.match(service.output(), 'It does no work in the background (the login of DATABASE_URL is for serving alone)')
  service.child.kill('SIGTERM')
  t.equal((await service.ended).code, 0)
  t.match(await runWaspada(['work'], { ...environment, WASPADA_WORKER: 'perhaps' }), {
    code: 2,
    stderr: /WASPADA_WORKER/,
  })
})
