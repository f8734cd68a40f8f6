import t from 'tap'
import type { Actor } from '../../src/audit/append-audit.ts'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { enforceRetention } from '../../src/personal-data/enforce-retention.ts'
import { erasePerson } from '../../src/personal-data/erase-person.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { aReport } from '../support/a-report.ts'
import { startApi, testNow } from '../support/start-api.ts'

type Api = Awaited<ReturnType<typeof startApi>>
interface Teardown {
  teardown(end: () => Promise<void>): unknown
}

const by: Actor & { clientId: 'system:console' } = {
  clientId: 'system:console',
  subject: 'console:root',
  office: null,
  agency: null,
  breakGlassId: null,
  trace: { requestId: 'console', operation: 'personal-data erase' },
  now: testNow,
}
const actors = [
  { role: 'perpetrator', description: 'Saksi bernama X, NIK 7471000000000001', count: 1 },
  { role: 'victim', description: 'seorang warga', count: 2 },
]
const day = 86_400_000
const { signal } = new AbortController()

async function door(t: Teardown, url: string) {
  const pool = createPool(url, 2, () => {})
  t.teardown(() => pool.end())
  return new Database(pool, await ReferenceStore.open(pool))
}

async function posted({ as }: Api, changes: object = {}) {
  return (await as('kendariSecret').post('/v1/reports', aReport({ actors, ...changes }))).json().id as string
}

t.test('a person is erased from a report, and nothing else is', async (t) => {
  const api = await startApi(t)
  const db = await door(t, api.serviceUrl)
  const id = await posted(api)
  const before = await api.as('kendari').get(`/v1/reports/${id}`)
  const why = { ground: 'data_subject_request', reference: '100/PDP/2024' } as const
  t.equal(await erasePerson(db, by, { reportId: id, position: 0, ...why }), true)
  const after = await api.as('kendari').get(`/v1/reports/${id}`)
  t.same(after.json(), {
    ...before.json(),
    version: 2,
    actors: [{ role: 'perpetrator', description: null, count: 1 }, actors[1]],
  })
  t.not(after.headers.etag, before.headers.etag, 'whoever holds the old version learns that it is old')
  t.equal(await erasePerson(db, by, { reportId: id, position: 0, ...why }), false, 'once is enough')

  const { rows } = await api.admin.query(`SELECT * FROM audit_entries WHERE action = 'report.personal_data_erased'`)
  t.match(rows, [
    {
      resource_id: id,
      resource_version: 2,
      details: { actors: [0], ...why },
      actor: 'console:root',
      client_id: 'system:console',
    },
  ])
  const everything = await api.admin.query(`SELECT string_agg(t.text, ' ') AS text FROM (
    SELECT e::text AS text FROM audit_entries e UNION ALL SELECT e::text FROM events e UNION ALL SELECT r::text FROM reports r
    UNION ALL SELECT k::text FROM idempotency_keys k) t`)
  t.notMatch(everything.rows[0].text, /NIK|bernama/, 'it is nowhere in the database any more')
  const events = await api.admin.query('SELECT type, subject_version FROM events ORDER BY subject_version')
  t.same(events.rows, [
    { type: 'report.submitted', subject_version: 1 },
    { type: 'report.personal_data_erased', subject_version: 2 },
  ])
})

t.test('a person that a report does not have is not erased', async (t) => {
  const api = await startApi(t)
  const db = await door(t, api.serviceUrl)
  const id = await posted(api)
  const why = { ground: 'court_order', reference: null } as const
  await t.rejects(erasePerson(db, by, { reportId: id, position: 2, ...why }), { message: /has no person 2/ })
  const without = await posted(api, { actors: null })
  await t.rejects(erasePerson(db, by, { reportId: without, position: 0, ...why }), { code: 'report_not_found' })
})

t.test('persons are kept as long as the rule for the handling says', async (t) => {
  const api = await startApi(t)
  const db = await door(t, api.workerUrl)
  const [restricted, secret, ordinary] = [
    await posted(api),
    await posted(api, { handling: 'secret' }),
    await posted(api, { handling: 'ordinary' }),
  ]
  await api.admin.query(`INSERT INTO retention_rules VALUES ('actors', 1, 30), ('actors', 2, 60)`)
  const persons = async () => {
    const { rows } = await api.admin.query(
      `SELECT id FROM reports WHERE actors::text LIKE '%NIK%' ORDER BY array_position($1::uuid[], id)`,
      [[restricted, secret, ordinary]],
    )
    return rows.map(({ id }) => id)
  }
  t.equal(
    await enforceRetention({ db: db, now: new Date(testNow.getTime() + 30 * day), signal }),
    0,
    'not before the day is over',
  )
  t.equal(await enforceRetention({ db: db, now: new Date(testNow.getTime() + 30 * day + 1), signal }), 1)
  t.same(await persons(), [secret, ordinary])
  t.equal(await enforceRetention({ db: db, now: new Date(testNow.getTime() + 90 * day), signal }), 1)
  t.same(await persons(), [ordinary], 'without a rule nothing is erased')
  const { rows } = await api.admin.query(
    `SELECT resource_id, details FROM audit_entries WHERE action = 'report.personal_data_erased' ORDER BY id`,
  )
  t.same(rows, [
    { resource_id: restricted, details: { actors: [0, 1], ground: 'retention_ended' } },
    { resource_id: secret, details: { actors: [0, 1], ground: 'retention_ended' } },
  ])
})

t.test('many reports are erased in parts, by two workers at once, each once', async (t) => {
  const api = await startApi(t)
  const id = await posted(api)
  await api.admin.query(`INSERT INTO retention_rules VALUES ('actors', 1, 1)`)
  const { rows } = await api.admin.query(`SELECT string_agg(quote_ident(attname), ', ') AS columns FROM pg_attribute
    WHERE attrelid = 'reports'::regclass AND attnum > 0 AND attname NOT IN ('id', 'register_number') AND attgenerated = '' AND NOT attisdropped`)
  await api.admin.query(`INSERT INTO reports (id, register_number, ${rows[0].columns})
    SELECT gen_random_uuid(), 1 + n, ${rows[0].columns} FROM reports, generate_series(1, 250) n WHERE id = '${id}'`)
  const later = new Date(testNow.getTime() + 10 * day)
  const doors = await Promise.all([door(t, api.workerUrl), door(t, api.workerUrl)])
  await Promise.all(doors.map((db) => enforceRetention({ db: db, now: later, signal })))
  await enforceRetention({ db: doors[0] as (typeof doors)[0], now: later, signal })
  const count = await api.admin.query(
    `SELECT count(*)::int AS rows, count(DISTINCT resource_id)::int AS reports FROM audit_entries WHERE action = 'report.personal_data_erased'`,
  )
  t.same(count.rows[0], { rows: 251, reports: 251 })
})
