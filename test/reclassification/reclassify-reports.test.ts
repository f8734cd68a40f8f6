import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { withOverrides, withoutOverrides } from '../../src/elections/with-overrides.ts'
import { foreseeChanges } from '../../src/reclassification/foresee-changes.ts'
import { reclassifyBatch } from '../../src/reclassification/reclassify-reports.ts'
import { foreseeCalendar, loadCalendar } from '../../src/reference/load-calendar.ts'
import { LateReference } from '../../src/reference/store.ts'
import { startWorker } from '../../src/worker/start-worker.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

type Test = Parameters<typeof startApi>[0]
const act = { operation: 'reference override', now: testNow }
const psu = { election: 'pilkada-2024', stage: 'psu_psl_pss', source: 'A decision, its number and day' }
const onVotingDay = { ...psu, region: '74.71', starts_on: '2024-11-26', ends_on: '2024-11-26' }
type Given = typeof onVotingDay

const override = (api: Api, given: Partial<Given> = {}) =>
  loadCalendar(api.adminUrl, (latest) => withOverrides(latest, [{ ...onVotingDay, ...given }]), act)
const takeBack = (api: Api, given: Partial<Given> = {}) =>
  loadCalendar(api.adminUrl, (latest) => withoutOverrides(latest, [{ ...onVotingDay, ...given }]), act)

/** A worker that does as many batches as it is told. */
function aWorker(t: Test, { workerUrl }: Api) {
  const { db, pool, close } = openWorkDoor(workerUrl, { size: 2, report: () => {} })
  t.teardown(close)
  const reference = new LateReference(pool)
  const batch = () => reclassifyBatch({ db, reference }, testNow)
  const toTheEnd = async () => {
    for (;;) if ((await batch()).state === 'idle') return
  }
  return { db, batch, toTheEnd }
}

const classified = { stage: 'masa_tenang', version: 1 }
const anew = { stage: 'psu_psl_pss', version: 2 }
async function stand({ admin }: Api, id: string) {
  const { rows } = await admin.query(
    'SELECT version, primary_stage AS stage, calendar_version AS calendar FROM reports WHERE id = $1',
    [id],
  )
  return rows[0]
}
const atNoon = { occurredAt: '2024-11-26T06:00:00+08:00' }
const post = async (api: Api, changes: Record<string, unknown> = {}) =>
  (await api.as('kendari').post('/v1/reports', aReport({ ...atNoon, ...changes }))).json()
const runsOf = async ({ admin }: Api) => (await admin.query('SELECT * FROM reclassifications ORDER BY id')).rows

t.test('an override classifies the reports of its region and day again, and each keeps its history', async (t) => {
  const api = await startApi(t)
  const inside = await post(api)
  const exercise = await post(api, { exercise: true, urgency: 'flash' })
  const before = await post(api, { occurredAt: '2024-11-25T23:59:59+08:00' })
  const kolaka = (await api.as('kolaka').post('/v1/reports', aReportIn('74.01', atNoon))).json()
  const province = (await api.as('sultra').post('/v1/reports', aReportIn('74', atNoon))).json()
  const district = await post(api, { location: { regionCode: '74.71.01' } })
  const withdrawn = await post(api)
  await api.as('kendari').change(`/v1/reports/${withdrawn.id}/withdraw`, { reason: 'A slip' }, `"${withdrawn.id}.1"`)
  const counts = () => api.as('sultra').get('/v1/statistics/counts?groupBy=region,stage')
  t.same((await counts()).json().items.filter(({ region }: { region: string }) => region === '74.71').length, 1)

  t.match(await override(api), { version: 2, changed: true, run: 1 })
  t.match(await stand(api, inside.id), classified, 'nothing has changed yet')
  await aWorker(t, api).toTheEnd()

  for (const { id } of [inside, exercise, district]) t.match(await stand(api, id), { ...anew, calendar: 2 })
  t.match(await stand(api, withdrawn.id), { stage: 'psu_psl_pss', version: 3 })
  for (const { id } of [before, kolaka, province]) t.match(await stand(api, id), { ...classified, calendar: 1 })
  const { items } = (await api.as('kendari').get(`/v1/reports/${inside.id}/revisions`)).json()
  t.match(items[1], {
    action: 'reclassified',
    office: null,
    client: 'system:worker',
    by: 'reclassification',
    status: 'submitted',
    changed: ['classification'],
    changes: {
      before: { classification: { calendarVersion: 1, stages: [{ stage: 'masa_tenang' }] } },
      after: { classification: { calendarVersion: 2, stages: [{ stage: 'psu_psl_pss' }, {}] } },
    },
  })
  const read = (await api.as('kendari').get(`/v1/reports/${exercise.id}`)).json()
  t.same(read.dueAt, exercise.dueAt, 'a deadline stays')
  t.same(read.classification.flags, exercise.classification.flags)
  await api.chain()
  const events = (await api.as('kendari').get('/v1/events')).json().items
  t.equal(events.filter(({ type }: { type: string }) => type === 'report.reclassified').length, 4)
  const audit = await api.admin.query(`SELECT actor, details FROM audit_entries WHERE action = 'report.reclassified'`)
  t.equal(audit.rowCount, 4)
  t.match(audit.rows[0], { actor: 'reclassification', details: { changed: ['classification'], status: /./ } })
  t.match((await counts()).json().items, [{ region: '74' }, { region: '74.01' }, {}, {}])
  t.ok((await counts()).json().items.some(({ stage }: { stage: string }) => stage === 'psu_psl_pss'))
  t.match(await runsOf(api), [{ reason: 'calendar', calendar_version: 2, changed: 4, finished_at: Date }])

  t.match(await override(api), { version: 2, changed: false, run: null }, 'given again it changes nothing')
  await takeBack(api)
  await aWorker(t, api).toTheEnd()
  t.match(await stand(api, inside.id), { version: 3, stage: 'masa_tenang', calendar: 3 })
  const again = (await api.as('kendari').get(`/v1/reports/${inside.id}/revisions`)).json().items
  const given = ({ changes }: { changes: { after: { classification?: unknown } } }) => changes.after.classification
  t.match(given(again[2]), { ...inside.classification, calendarVersion: 3, classifiedAt: String })
})

t.test('a dry run tells what the run then does, and writes nothing', async (t) => {
  const api = await startApi(t)
  const places = [
    ...(['kendari', 'kolaka'] as const).map((name) => ({ name, code: name === 'kendari' ? '74.71' : '74.01' })),
    { name: 'sultra' as const, code: '74' },
    { name: 'nation' as const, code: '00' },
  ]
  for (let n = 0; n < 40; n += 1) {
    const place = places[n % places.length]
    const occurredAt = new Date(testNow.getTime() - n * 40 * 3_600_000).toISOString().replace('Z', '+00:00')
    if (place) await api.as(place.name).post('/v1/reports', aReportIn(place.code, { occurredAt }))
  }
  const worker = aWorker(t, api)
  const random = (most: number) => Math.floor(Math.random() * most)
  for (let n = 0; n < 6; n += 1) {
    const region = ['74.71', '74.01', '74', '51'][random(4)] ?? '74'
    const start = new Date(testNow.getTime() - random(60) * 86_400_000)
    const day = (plus: number) => new Date(start.getTime() + plus * 86_400_000).toISOString().slice(0, 10)
    const stage = ['psu_psl_pss', 'masa_tenang', 'pemungutan_suara'][random(3)] ?? 'masa_tenang'
    const given = { ...psu, region, stage, starts_on: day(0), ends_on: day(random(30)) }
    const next = (latest: unknown) => withOverrides(withoutAll(latest), [given])
    const foreseen = await foresee(api, worker.db, next)
    t.equal((await runsOf(api)).length, n, 'nothing was written')
    const versions = async () => (await api.admin.query('SELECT sum(version)::int AS sum FROM reports')).rows[0].sum
    const earlier = await versions()
    await loadCalendar(api.adminUrl, next, act)
    await worker.toTheEnd()
    t.equal((await versions()) - earlier, foreseen.reports, JSON.stringify({ given, foreseen }))
    t.equal((await runsOf(api)).at(-1)?.changed, foreseen.reports)
    const sum = (list: { reports: number }[]) => list.reduce((all, { reports }) => all + reports, 0)
    t.same([sum(foreseen.changes), sum(foreseen.regions)], [foreseen.reports, foreseen.reports])
  }
})

/** Takes every override of pilkada-2024 back. */
const withoutAll = (latest: unknown) =>
  (latest as { election: { code: string }; overrides?: unknown[] }[]).map((entry) =>
    entry.election.code === 'pilkada-2024' ? { ...entry, overrides: [] } : entry,
  )

async function foresee({ admin }: Api, db: ReturnType<typeof aWorker>['db'], next: (latest: unknown) => unknown) {
  const { differences, regions } = await foreseeCalendar(admin as never, next)
  return foreseeChanges(db, differences, regions)
}

t.test('what others are changing is left, and looked at again', async (t) => {
  const api = await startApi(t)
  const [free, held] = [await post(api), await post(api)]
  await override(api)
  const worker = aWorker(t, api)
  while ((await worker.batch()).state === 'waiting');
  const client = await api.admin.connect()
  await client.query('BEGIN')
  await client.query('SELECT FROM reports WHERE id = $1 FOR UPDATE', [held.id])
  await worker.batch()
  t.match(await stand(api, free.id), anew)
  t.match(await stand(api, held.id), classified)
  t.match((await runsOf(api))[0], { again: [held.id], finished_at: null })
  t.equal((await worker.batch()).state, 'waiting')
  await client.query('COMMIT')
  client.release()
  await worker.toTheEnd()
  t.match(await stand(api, held.id), anew)
  t.match((await runsOf(api))[0], { again: [], changed: 2, finished_at: Date })
})

t.test('a correction and the run race: one of them comes again', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  await override(api)
  await aWorker(t, api).toTheEnd()
  const corrected = await api
    .as('kendari')
    .patch(`/v1/reports/${report.id}`, { severity: 'critical' }, `"${report.id}.1"`)
  t.equal(corrected.statusCode, 412, 'the version that was read no longer stands')
  const read = await api.as('kendari').get(`/v1/reports/${report.id}`)
  const again = await api
    .as('kendari')
    .patch(`/v1/reports/${report.id}`, { severity: 'critical' }, String(read.headers.etag))
  t.equal(again.statusCode, 200)
  t.match(await stand(api, report.id), { version: 3, stage: 'psu_psl_pss', calendar: 2 })
})

t.test('no post slips through, however it falls together with a load', async (t) => {
  const api = await startApi(t)
  await post(api)
  const register = await api.admin.connect()
  await register.query('BEGIN')
  await register.query('SELECT FROM report_registers FOR UPDATE')
  const posting = [
    post(api),
    api.as('kendari').post('/v1/reports/batch', [aReport({ ...atNoon, clientReference: 'a' })]),
  ]
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  while ((await api.admin.query(waiting)).rows[0].n < 2) await setImmediate()
  await override(api)
  await register.query('COMMIT')
  register.release()
  for (const answer of await Promise.all(posting)) t.ok('id' in answer || answer.statusCode === 200)
  const { rows } = await api.admin.query(
    'SELECT calendar_version AS v, primary_stage AS s FROM reports ORDER BY register_number',
  )
  t.same(
    rows.map(({ v }) => v),
    [1, 2, 2],
    'what was to be stored after the load was classified anew',
  )

  const many = Array.from({ length: 30 }, () => post(api))
  await takeBack(api)
  await Promise.all([...many, ...Array.from({ length: 30 }, () => post(api))])
  await aWorker(t, api).toTheEnd()
  const stages = await api.admin.query('SELECT DISTINCT primary_stage AS stage FROM reports')
  t.same(stages.rows, [{ stage: 'masa_tenang' }])
})

t.test('a run waits for whoever classified by the calendar before, and has not committed', async (t) => {
  const api = await startApi(t)
  const model = await post(api)
  const slow = await api.admin.connect()
  await slow.query('BEGIN')
  const { rows: columns } = await api.admin.query(
    `SELECT string_agg(quote_ident(column_name), ', ') AS names FROM information_schema.columns WHERE table_name = 'reports'
    AND column_name NOT IN ('id', 'register_number') AND is_generated = 'NEVER'`,
  )
  const { names } = columns[0]
  await slow.query(
    `INSERT INTO reports (id, register_number, ${names}) SELECT gen_random_uuid(), 999, ${names} FROM reports WHERE id = $1`,
    [model.id],
  )
  await override(api)
  const worker = aWorker(t, api)
  for (let n = 0; n < 3; n += 1) t.equal((await worker.batch()).state, 'waiting')
  await slow.query('COMMIT')
  slow.release()
  await worker.toTheEnd()
  const { rows } = await api.admin.query('SELECT primary_stage AS stage, version FROM reports')
  t.same(rows, [
    { stage: 'psu_psl_pss', version: 2 },
    { stage: 'psu_psl_pss', version: 2 },
  ])
})

t.test('broken off it goes on where it stood, two at once do nothing twice, and runs keep their order', async (t) => {
  const api = await startApi(t)
  const model = await post(api)
  const { rows: columns } = await api.admin.query(
    `SELECT string_agg(quote_ident(column_name), ', ') AS names FROM information_schema.columns WHERE table_name = 'reports'
    AND column_name NOT IN ('id', 'register_number') AND is_generated = 'NEVER'`,
  )
  await api.admin.query(
    `INSERT INTO reports (id, register_number, ${columns[0].names}) SELECT gen_random_uuid(), 1000 + n, ${columns[0].names}
    FROM reports, generate_series(1, 650) n WHERE id = $1`,
    [model.id],
  )
  await override(api)
  await override(api, { region: '74.01' })
  const worker = aWorker(t, api)
  while ((await worker.batch()).run?.changed !== 200);
  // The transaction of the next batch ends before it is committed, as that of a process that is killed.
  await api.admin.query(
    `CREATE FUNCTION kill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`,
  )
  await api.admin.query(`ALTER FUNCTION kill() SECURITY DEFINER`)
  await api.admin.query('CREATE TRIGGER killed AFTER UPDATE ON reclassifications EXECUTE FUNCTION kill()')
  await t.rejects(worker.batch())
  await api.admin.query('DROP TRIGGER killed ON reclassifications')
  t.match((await runsOf(api))[0], { changed: 200, looked_at: 200 })

  await Promise.all([aWorker(t, api).toTheEnd(), aWorker(t, api).toTheEnd(), worker.toTheEnd()])

  const { rows } = await api.admin.query(
    'SELECT version, calendar_version AS calendar, count(*)::int AS n FROM reports GROUP BY 1, 2',
  )
  t.same(rows, [{ version: 2, calendar: 3, n: 651 }], 'each once, and by the newest calendar')
  t.match(await runsOf(api), [
    { changed: 651, looked_at: 651 },
    { changed: 0, finished_at: Date },
  ])
  t.equal((await api.admin.query('SELECT FROM report_revisions')).rowCount, 651)
})

t.test('the worker begins by itself, and says when it is done', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  await override(api)
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) })
  const worker = startWorker({ url: api.workerUrl, clock: () => testNow, log, jobs: [] })
  while (!lines.some(({ msg }) => msg === 'reports have been classified again')) await setImmediate()
  await worker.stop()
  t.match(await stand(api, report.id), anew)
})

t.test('the database holds it, whoever writes', async (t) => {
  const api = await startApi(t)
  const { id } = await post(api)
  await override(api)
  const worker = aWorker(t, api)
  await t.rejects(
    api.admin.query(`UPDATE reports SET primary_stage = 'x', version = version + 1 WHERE id = $1`, [id]),
    { code: 'WSP01' },
    'a classification by a calendar that was replaced',
  )
  const as = (text: string) =>
    worker.db.workAs('worker', { client: 'system:worker', actor: 'x' }, (tx) =>
      tx.run({ name: undefined, text, parameters: [] }, {}),
    )
  for (const text of [
    `INSERT INTO reclassifications (reason, calendar_version, requested_at, touched) VALUES ('calendar', 1, now(), '[]')`,
    'DELETE FROM reclassifications',
    `UPDATE reclassifications SET touched = '[]'`,
    `UPDATE reports SET facts = 'x'`,
    'SELECT facts FROM reports',
    `UPDATE reports SET flags = '{}'`,
  ])
    await t.rejects(as(text), { code: '42501' }, text)
  await worker.toTheEnd()
  await t.rejects(as('UPDATE reclassifications SET changed = 0, finished_at = NULL'), { code: '23001' })
})
