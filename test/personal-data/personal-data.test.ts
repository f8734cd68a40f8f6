import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Actor } from '../../src/audit/append-audit.ts'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { enforceRetention } from '../../src/personal-data/enforce-retention.ts'
import { erasePerson, type Person } from '../../src/personal-data/erase-person.ts'
import { findPersons } from '../../src/personal-data/find-persons.ts'
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
  const first = (version: number) => ({ reportId: id, person: { version, position: 0 }, ...why })
  t.equal(await erasePerson(db, by, first(1)), true)
  const after = await api.as('kendari').get(`/v1/reports/${id}`)
  t.same(after.json(), {
    ...before.json(),
    version: 2,
    actors: [{ role: 'perpetrator', description: null, count: 1 }, actors[1]],
  })
  t.not(after.headers.etag, before.headers.etag, 'whoever holds the old version learns that it is old')
  t.equal(await erasePerson(db, by, first(2)), false, 'once is enough')

  const { rows } = await api.admin.query(`SELECT * FROM audit_entries WHERE action = 'report.personal_data_erased'`)
  t.match(rows, [
    {
      resource_id: id,
      resource_version: 2,
      details: { actors: [0], revisions: 0, ...why },
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
  const [first, third] = [0, 2].map((position) => ({ version: 1, position })) as [Person, Person]
  await t.rejects(erasePerson(db, by, { reportId: id, person: third, ...why }), { message: /has no person 2/ })
  const without = await posted(api, { actors: null })
  await t.rejects(erasePerson(db, by, { reportId: without, person: first, ...why }), { message: /has no person 0/ })
  t.equal(await erasePerson(db, by, { reportId: without, person: null, ...why }), false, 'nor from a history without')
  await t.rejects(erasePerson(db, by, { reportId: randomUUID(), person: first, ...why }), { code: 'report_not_found' })
})

async function corrected({ as }: Api, id: string, changes: object) {
  const answer = await as('kendariSecret').patch(`/v1/reports/${id}`, changes, '*')
  if (answer.statusCode !== 200) throw new Error(answer.payload)
}

t.test('a person whom a correction moved in the list is not taken for another', async (t) => {
  const api = await startApi(t)
  const db = await door(t, api.serviceUrl)
  const id = await posted(api)
  await corrected(api, id, { actors: [...actors].reverse() })
  const erasing = { reportId: id, ground: 'data_subject_request', reference: null } as const
  await t.rejects(erasePerson(db, by, { ...erasing, person: { version: 1, position: 0 } }), {
    message: /find the person anew/,
  })
  t.same(
    (await api.as('kendari').get(`/v1/reports/${id}`)).json().actors,
    [...actors].reverse(),
    'and nothing is erased',
  )
  t.equal(await erasePerson(db, by, { ...erasing, person: { version: 2, position: 1 } }), true)
})

const everywhere = `SELECT string_agg(t.text, ' ') AS text FROM (SELECT e::text AS text FROM audit_entries e UNION ALL SELECT e::text FROM events e
  UNION ALL SELECT r::text FROM reports r UNION ALL SELECT c::text FROM report_revision_contents c UNION ALL SELECT v::text FROM report_revisions v) t`

t.test('who stands in earlier versions alone is found there, and erased from the whole history', async (t) => {
  const api = await startApi(t)
  const db = await door(t, api.serviceUrl)
  const id = await posted(api)
  await corrected(api, id, { actors: [{ role: 'witness', description: 'Warga bernama Y', count: 1 }, actors[1]] })
  await corrected(api, id, { severity: 'high', facts: aReport().facts })
  await corrected(api, id, { actors: null })
  const places = async (text: string) =>
    (await findPersons(db, by, text)).map(({ id: of, version, currentVersion, position, role }) => {
      return [of, version, currentVersion, position, role]
    })
  t.same(await places('nik 7471'), [[id, 1, 4, 0, 'perpetrator']])
  t.same(await places('bernama y'), [[id, 3, 4, 0, 'witness']], 'the last version that says it')
  t.same(await places('seorang warga'), [[id, 3, 4, 1, 'victim']], 'each once')

  const why = { ground: 'data_subject_request', reference: null } as const
  t.equal(await erasePerson(db, by, { reportId: id, person: null, ...why }), true)
  t.equal(await erasePerson(db, by, { reportId: id, person: null, ...why }), false, 'once is enough')
  t.notMatch((await api.admin.query(everywhere)).rows[0].text, /NIK|bernama/)
  t.same(await places('bernama'), [])
  const { items } = (await api.as('kendari').get(`/v1/reports/${id}/revisions`)).json()
  t.match(items[1].changes, {
    before: {
      actors: [
        { role: 'perpetrator', description: null, count: 1 },
        { role: 'victim', count: 2 },
      ],
    },
    after: {
      actors: [
        { role: 'witness', description: null, count: 1 },
        { role: 'victim', count: 2 },
      ],
    },
  })
  t.match(items[2].changes.before, { severity: 'moderate' }, 'nothing else of the history is touched')
  t.match(items[4], { version: 5, action: 'personal_data_erased', changed: [], by: 'console:root' })
  t.equal((await api.as('kendari').get(`/v1/reports/${id}`)).json().actors, null)
  const { rows } = await api.admin.query(
    `SELECT details FROM audit_entries WHERE action = 'report.personal_data_erased'`,
  )
  t.same(rows, [{ details: { actors: [], revisions: 2, ground: why.ground } }])
})

t.test('retention reaches persons whom a correction has taken out, and other reports keep theirs', async (t) => {
  const api = await startApi(t)
  const db = await door(t, api.workerUrl)
  const [gone, kept, secret] = [await posted(api), await posted(api), await posted(api, { handling: 'secret' })]
  for (const id of [gone, secret]) await corrected(api, id, { actors: null })
  await api.admin.query(`INSERT INTO retention_rules VALUES ('actors', 1, 30)`)
  const later = { db, now: new Date(testNow.getTime() + 31 * day), signal }
  t.equal(await enforceRetention(later), 2)
  t.equal(await enforceRetention(later), 0, 'nothing is erased twice')
  const { rows } = await api.admin.query(
    `SELECT resource_id, resource_version, details FROM audit_entries WHERE action = 'report.personal_data_erased' ORDER BY id`,
  )
  const ground = 'retention_ended'
  t.same(rows, [
    { resource_id: gone, resource_version: 3, details: { actors: [], revisions: 1, ground } },
    { resource_id: kept, resource_version: 2, details: { actors: [0, 1], revisions: 0, ground } },
  ])
  const history = await api.admin.query('SELECT report_id FROM report_revision_contents WHERE describes_persons')
  t.same(history.rows, [{ report_id: secret }], 'no rule covers it')
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
    { resource_id: restricted, details: { actors: [0, 1], revisions: 0, ground: 'retention_ended' } },
    { resource_id: secret, details: { actors: [0, 1], revisions: 0, ground: 'retention_ended' } },
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

t.test('what was released of a person goes with them, and agencies are told', async (t) => {
  const api = await startApi(t)
  const db = await door(t, api.serviceUrl)
  const [witness, other] = ['Budi bin Amir (Mandonga)', 'seorang warga']
  const said = [witness, other].map((description) => ({ role: 'witness', description, count: 1 }))
  const facts = `Menurut budi bin  amir (mandonga), ${other} melihat pelaku; Budi pulang.`
  const id = await posted(api, { actors: said, facts, analysis: witness, handling: 'ordinary' })
  await api.as('sultra').change(`/v1/reports/${id}/verify`, undefined, '*')
  const body = { agencies: 'all', handling: 'ordinary', fields: ['facts', 'analysis', 'subject'] }
  const release = async () => (await api.as('kendari').post(`/v1/reports/${id}/releases`, body)).json()
  const [revised, kept] = [await release(), await release()]
  await api.as('kendari').change(`/v1/releases/${revised.id}/versions`, body, '*')
  await api.as('kendari').change(`/v1/releases/${kept.id}/retract`, { reason: 'Keliru.' }, '*')
  const read = () => api.as('bssn').get(`/v1/releases/${revised.id}`)
  const before = await read()
  const erased = { reportId: id, person: { version: 2, position: 0 }, ground: 'court_order', reference: null } as const
  t.equal(await erasePerson(db, by, erased), true)
  const after = await read()
  t.not(after.headers.etag, before.headers.etag)
  t.same(after.json().content, {
    exercise: false,
    facts: `Menurut […], ${other} melihat pelaku; Budi pulang.`,
    analysis: '[…]',
    subject: before.json().content.subject,
  })
  const { items } = (await api.as('kendari').get(`/v1/reports/${id}/releases`)).json()
  t.same(
    items.map(({ version, status, content }: Record<string, unknown>) => [version, status, content === null]),
    [
      [1, 'superseded', true],
      [2, 'published', false],
      [1, 'retracted', true],
    ],
    'what has ended loses all of it',
  )
  const released = `SELECT string_agg(t.text, ' ') AS text FROM (SELECT r::text AS text FROM releases r UNION ALL SELECT v::text FROM release_versions v
    UNION ALL SELECT a::text FROM release_audiences a) t`
  t.notMatch((await api.admin.query(released)).rows[0].text, /bin\s+amir/i)
  await api.chain()
  const events = (await api.as('bssn').get('/v1/events')).json().items
  t.match(events.at(-1), { type: 'release.changed', subject: { id: revised.id, version: 2 }, handling: 'ordinary' })
  const { rows } = await api.admin.query(
    `SELECT details FROM audit_entries WHERE action = 'report.personal_data_erased'`,
  )
  t.match(rows, [{ details: { releases: 3 } }])

  await api.admin.query(`INSERT INTO retention_rules VALUES ('actors', 0, 30)`)
  const worker = await door(t, api.workerUrl)
  t.equal(await enforceRetention({ db: worker, now: new Date(testNow.getTime() + 31 * day), signal }), 1)
  t.equal((await read()).json().content.facts, 'Menurut […], […] melihat pelaku; Budi pulang.')
})
