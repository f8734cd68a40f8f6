import pg from 'pg'
import t from 'tap'
import { submitSituationReportExample } from '../../src/situation-reports/examples.ts'
import { aReport } from '../support/a-report.ts'
import type { CallerName } from '../support/callers.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

const path = '/v1/situation-reports'
const aSituation = (changes: Record<string, unknown> = {}) => ({ ...submitSituationReportExample, ...changes })
const nihil = (period: string, changes: Record<string, unknown> = {}) => ({
  kind: period.includes('W') ? 'weekly' : period.length === 7 ? 'monthly' : 'daily',
  period,
  nothingToReport: true,
  ...changes,
})
const missing = '0190c8f0-0000-7000-8000-000000000000'

async function post(api: Api, by: CallerName, body: object) {
  const answer = await api.as(by).post(path, body)
  if (answer.statusCode !== 201) throw new Error(answer.payload)
  return answer.json()
}

type Faulty = { json(): { code: string; errors?: { pointer?: string; parameter?: string; code: string }[] } }
const faults = (answer: Faulty) => answer.json().errors?.map((each) => `${each.pointer ?? each.parameter} ${each.code}`)

t.test('an office reports a day: stored, told, and read as it is', async (t) => {
  const api = await startApi(t)
  const report = (await api.as('kendari').post('/v1/reports', aReport())).json()
  const answer = await api.as('kendari').post(path, aSituation({ reports: [report.id] }))
  t.equal(answer.statusCode, 201, answer.payload)
  const made = answer.json()
  t.match(made, {
    office: '74.71',
    kind: 'daily',
    period: '2024-11-25',
    periodFrom: '2024-11-25',
    periodTo: '2024-11-25',
    exercise: false,
    handling: 'restricted',
    version: 1,
    nothingToReport: false,
    sections: { politics: submitSituationReportExample.sections.politics, economy: null },
    reports: [report.id],
    receivedAt: testNow.toISOString(),
    dueAt: '2024-11-26T00:00:00.000Z',
    timeliness: 'on_time',
  })
  t.equal(answer.headers.location, `${path}/${made.id}`)
  t.equal(answer.headers.etag, `"${made.id}.1"`)
  const read = await api.as('sultra').get(`${path}/${made.id}`)
  t.same(read.json(), made)
  const again = await api.as('sultra').get(`${path}/${made.id}`, { headers: { 'if-none-match': `"${made.id}.1"` } })
  t.equal(again.statusCode, 304)
  const { rows } = await api.admin.query(
    `SELECT 'event' AS log, type AS what, office_code, client_id FROM events WHERE subject_id = $1
    UNION ALL SELECT 'audit', action, office_code, client_id FROM audit_entries WHERE resource_id = $1::text`,
    [made.id],
  )
  t.same(rows.map(({ log, what, office_code, client_id }) => `${log} ${what} ${office_code} ${client_id}`).sort(), [
    'audit situation_report.submitted 74.71 kendari',
    'event situation_report.submitted 74.71 kendari',
  ])
})

t.test('a period is of the calendar on the wall of the office', async (t) => {
  const api = await startApi(t)
  // 23:30 in Jakarta is 00:30 of the next day in Kendari and 01:30 in Jayapura.
  api.time.now = new Date('2024-11-26T16:30:00Z')
  for (const [by, period, status] of [
    ['analyst', '2024-11-27', 422],
    ['kendari', '2024-11-27', 201],
    ['jayapura', '2024-11-27', 201],
    ['jayapura', '2024-11-28', 422],
    ['analyst', '2024-11-26', 201],
    ['kendari', '2024-W49', 422],
    ['kendari', '2024-W48', 201],
    ['kendari', '2024-12', 422],
    ['kendari', '2024-11', 201],
  ] as const) {
    const answer = await api.as(by).post(path, nihil(period))
    t.equal(answer.statusCode, status, `${by} ${period}`)
    if (status === 422) t.same(faults(answer), ['/period period_not_begun'])
  }
  const { items } = (await api.as('analyst').get(`${path}?kind=daily&period=2024-11-27`)).json()
  t.same(
    items.map(({ office, dueAt }: Record<string, string>) => `${office} ${dueAt}`).sort(),
    ['74.71 2024-11-28T00:00:00.000Z', '91.71 2024-11-27T23:00:00.000Z'],
    'eight in the morning comes earlier in the east',
  )
  const national = (await api.as('analyst').get(`${path}?office=00`)).json().items[0]
  t.match(national, { dueAt: null, timeliness: null }, 'the nation owes none by default')
})

t.test('a week is that of ISO 8601, also at new year', async (t) => {
  const api = await startApi(t)
  api.time.now = new Date('2027-01-05T00:00:00Z')
  for (const [week, from, to] of [
    ['2025-W01', '2024-12-30', '2025-01-05'],
    ['2026-W53', '2026-12-28', '2027-01-03'],
    ['2027-W01', '2027-01-04', '2027-01-10'],
    ['2020-W53', '2020-12-28', '2021-01-03'],
  ] as const) {
    const made = await post(api, 'kendari', nihil(week))
    t.same([made.periodFrom, made.periodTo], [from, to], week)
  }
  const february = await post(api, 'kendari', nihil('2024-02'))
  t.same(
    [february.periodFrom, february.periodTo, february.dueAt],
    ['2024-02-01', '2024-02-29', '2024-03-03T08:00:00.000Z'],
  )
  for (const [kind, period] of [
    ['weekly', '2025-W53'],
    ['weekly', '2025-W00'],
    ['weekly', '2025-01-06'],
    ['daily', '2025-02-29'],
    ['daily', '2025-02'],
    ['daily', '1999-12-31'],
    ['monthly', '2025-13'],
    ['monthly', '2025-W01'],
    ['daily', 'kemarin'],
  ])
    t.same(
      faults(await api.as('kendari').post(path, nihil('2024-11-25', { kind, period }))),
      ['/period period_invalid'],
      `${kind} ${period}`,
    )
})

t.test('nothing to report is a report, and a late one is flagged', async (t) => {
  const api = await startApi(t)
  const late = await post(api, 'kendari', nihil('2024-11-24'))
  t.match(late, { nothingToReport: true, situation: null, timeliness: 'late', dueAt: '2024-11-25T00:00:00.000Z' })
  const early = await post(api, 'kendari', nihil('2024-11-26', { situation: 'Nihil hingga pukul 08.00.' }))
  t.match(early, { timeliness: 'on_time', situation: 'Nihil hingga pukul 08.00.' })
  const before = await post(api, 'kendari', nihil('2023-11-26'))
  t.match(before, { timeliness: null, dueAt: null }, 'no obligation covered it')
  t.equal((await api.as('kendari').get(`${path}?timeliness=late`)).json().items[0].id, late.id)
})

t.test('what is refused, every fault at once', async (t) => {
  const api = await startApi(t)
  const kolaka = (await api.as('kolaka').post('/v1/reports', aReport({ location: { regionCode: '74.01' } }))).json().id
  const refused = async (by: CallerName, body: object, expected: string[]) => {
    const answer = await api.as(by).post(path, body)
    t.equal(answer.statusCode, 422)
    t.same(faults(answer)?.sort(), expected)
  }
  await refused('kendari', aSituation({ situation: null }), ['/situation required'])
  await refused('kendari', aSituation({ situation: undefined }), ['/situation required'])
  await refused('kendari', aSituation({ nothingToReport: true }), ['/nothingToReport not_allowed'])
  await refused('kendari', nihil('2024-11-25', { reports: [kolaka] }), ['/nothingToReport not_allowed'])
  await refused('kendari', aSituation({ reports: [kolaka, missing] }), [
    '/reports/0 report_unknown',
    '/reports/1 report_unknown',
  ])
  await refused('kendari', aSituation({ reports: [kolaka, kolaka] }), ['/reports/1 repeated_item'])
  await refused('kendari', aSituation({ handling: 'secret', period: '2024-11-27', reports: [missing] }), [
    '/handling handling_above_clearance',
    '/period period_not_begun',
    '/reports/0 report_unknown',
  ])
  await refused('kendari', { kind: 'daily', period: '2024-11-27', office: '74', handling: 'secret' }, [
    '/handling handling_above_clearance',
    '/nothingToReport required',
    '/office unknown_member',
    '/period period_not_begun',
  ])
  t.equal((await api.as('kendariReader').post(path, aSituation())).json().code, 'scope_missing')
  t.equal((await api.as('bssn').get(path)).json().code, 'scope_missing')
  t.equal((await api.admin.query('SELECT FROM situation_reports')).rowCount, 0)
})

t.test('one for each office, kind and period, under ten posts at once', async (t) => {
  const api = await startApi(t)
  const same = await Promise.all(Array.from({ length: 10 }, () => api.as('kendari').post(path, aSituation())))
  t.same(
    same.map(({ statusCode }) => statusCode),
    Array(10).fill(201),
  )
  t.equal(new Set(same.map((answer) => answer.json().id)).size, 1)
  t.equal(same.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length, 9)
  const { id } = same[0]?.json() ?? {}

  const different = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      api.as('kolaka').post(path, aSituation({ situation: `Situasi ke-${n} kondusif.` })),
    ),
  )
  const won = different.filter(({ statusCode }) => statusCode === 201)
  t.equal(won.length, 1)
  for (const answer of different.filter(({ statusCode }) => statusCode !== 201))
    t.match(answer.json(), { status: 409, code: 'situation_report_exists', existingId: won[0]?.json().id })
  const counted = await api.admin.query(`SELECT (SELECT count(*) FROM situation_reports)::int AS reports,
    (SELECT count(*) FROM situation_report_receipts)::int AS receipts, (SELECT count(*) FROM events WHERE type = 'situation_report.submitted')::int AS events,
    (SELECT count(*) FROM audit_entries WHERE action = 'situation_report.submitted')::int AS told`)
  t.same(counted.rows[0], { reports: 2, receipts: 2, events: 2, told: 2 })

  const other = await api.as('kendari').post(path, aSituation({ situation: 'Lain dari yang tadi.' }))
  t.match(other.json(), { code: 'situation_report_exists', existingId: id })
  const exercise = await post(api, 'kendari', aSituation({ exercise: true }))
  t.not(exercise.id, id, 'an exercise stands beside it')
  t.equal((await api.as('kendari').post(path, aSituation({ exercise: true }))).headers['idempotent-replayed'], 'true')
})

t.test('a key answers again with what it made', async (t) => {
  const api = await startApi(t)
  const headers = { 'idempotency-key': 'lapsitda-2024-11-25' }
  const first = await api.as('kendari').post(path, aSituation(), { headers })
  const again = await api.as('kendari').post(path, aSituation(), { headers })
  t.equal(again.headers['idempotent-replayed'], 'true')
  t.equal(again.json().id, first.json().id)
  const other = await api.as('kendari').post(path, aSituation({ period: '2024-11-24' }), { headers })
  t.match(other.json(), { status: 409, code: 'idempotency_conflict', existingId: first.json().id })
  const later = await api
    .as('kendari')
    .post(path, aSituation(), { headers: { 'idempotency-key': 'another-key-of-theirs' } })
  t.equal(later.json().id, first.json().id)
})

t.test('one above the clearance is in the way, and not named', async (t) => {
  const api = await startApi(t)
  const made = await post(api, 'kendariSecret', aSituation({ handling: 'secret' }))
  for (const body of [aSituation(), aSituation({ situation: 'Lain sama sekali.' })]) {
    const answer = await api.as('kendari').post(path, body)
    t.match(answer.json(), { status: 409, code: 'situation_report_exists' })
    t.notMatch(answer.payload, made.id)
  }
  t.equal((await api.as('kendari').get(`${path}/${made.id}`)).json().code, 'situation_report_not_found')
  t.equal((await api.as('kendariSecret').get(`${path}/${made.id}`)).statusCode, 200)
  await api.as('kendariSecret').get(`${path}?limit=1`)
  const told = await api.admin.query(
    `SELECT operation, resource_type, handling FROM audit_entries WHERE action = 'situation_report.read' ORDER BY id`,
  )
  t.same(
    told.rows.map(({ operation }) => operation).sort(),
    ['findSituationReport', 'listSituationReports'],
    'who reads what is secret is told',
  )
  t.match(told.rows[0], { resource_type: 'situation_report', handling: 2 })
})

t.test('a correction is a version with its revision, and does not move when it was received', async (t) => {
  const api = await startApi(t)
  const made = await post(api, 'kendari', aSituation())
  const url = `${path}/${made.id}`
  const patch = (body: unknown, ifMatch = '*', by: CallerName = 'kendari') => api.as(by).patch(url, body, ifMatch)

  t.match(
    (
      await api
        .as('kendari')
        .send('PATCH', url, '{"situation":"x"}', { headers: { 'content-type': 'application/merge-patch+json' } })
    ).json(),
    { status: 428 },
  )
  t.match((await patch({ situation: 'Baru.' }, `"${made.id}.7"`)).json(), { status: 412, code: 'version_stale' })
  const first = await patch({ sections: { economy: 'Harga beras naik.' } }, `"${made.id}.1"`)
  t.equal(first.statusCode, 200, first.payload)
  t.match(first.json(), { version: 2, sections: { economy: 'Harga beras naik.', politics: made.sections.politics } })
  t.equal(first.headers.etag, `"${made.id}.2"`)
  t.equal(
    (await patch({ sections: { economy: 'Harga beras naik.' } })).json().version,
    2,
    'what changes nothing makes no version',
  )

  api.time.now = new Date(testNow.getTime() + 3_600_000)
  t.same(faults(await patch({ nothingToReport: true, sections: null })), ['/reason required'])
  const late = await patch({ nothingToReport: true, situation: null, sections: null, reason: 'Salah kantor.' })
  t.match(late.json(), { version: 3, nothingToReport: true, receivedAt: made.receivedAt, timeliness: 'on_time' })
  t.same(faults(await patch({ nothingToReport: false, reason: 'Salah.' })), ['/situation required'])
  t.same(faults(await patch({ period: '2024-11-24' })), ['/period unknown_member'])

  t.match((await patch({ situation: 'Dari atas.' }, '*', 'sultra')).json(), { status: 409, code: 'not_in_charge' })
  t.match((await patch({ situation: 'Dari samping.' }, '*', 'kolaka')).json(), {
    status: 404,
    code: 'situation_report_not_found',
  })
  t.match((await api.as('kendari').patch(`${path}/${missing}`, { situation: 'x' }, '*')).json(), {
    code: 'situation_report_not_found',
  })

  const { items } = (await api.as('sultra').get(`${url}/revisions`)).json()
  t.match(items, [
    { version: 1, action: 'submitted', by: 'official-of-kendari', changed: [] },
    {
      version: 2,
      action: 'corrected',
      reason: null,
      changed: ['sections'],
      changes: { before: { sections: { economy: null } } },
    },
    {
      version: 3,
      reason: 'Salah kantor.',
      changed: ['nothingToReport', 'situation', 'sections'],
      changes: { after: { situation: null } },
    },
  ])
  const page = (await api.as('sultra').get(`${url}/revisions?limit=2`)).json()
  const rest = (await api.as('sultra').get(`${url}/revisions?limit=2&cursor=${page.next}`)).json()
  t.same([...page.items, ...rest.items], items)
  t.equal((await api.as('kolaka').get(`${url}/revisions`)).json().code, 'situation_report_not_found')
  const events = await api.admin.query('SELECT type, subject_version FROM events WHERE subject_id = $1 ORDER BY 2', [
    made.id,
  ])
  t.same(
    events.rows.map(({ type, subject_version: version }) => `${version} ${type}`),
    ['1 situation_report.submitted', '2 situation_report.corrected', '3 situation_report.corrected'],
  )
  const replayed = await api.as('kendari').post(path, aSituation())
  t.equal(replayed.json().version, 3, 'the first post again is answered with the report that stands')

  const ten = await Promise.all(
    Array.from({ length: 10 }, (_, n) => patch({ situation: `Ke-${n}`, reason: 'Serentak.' }, `"${made.id}.3"`)),
  )
  t.equal(ten.filter(({ statusCode }) => statusCode === 200).length, 1)
  t.equal(ten.filter(({ statusCode }) => statusCode === 412).length, 9)
})

t.test('a handling is raised within the clearance and never lowered', async (t) => {
  const api = await startApi(t)
  const made = await post(api, 'kendariSecret', aSituation())
  const url = `${path}/${made.id}`
  t.same(faults(await api.as('kendari').patch(url, { handling: 'secret' }, '*')), [
    '/handling handling_above_clearance',
  ])
  t.same(faults(await api.as('kendari').patch(url, { handling: 'ordinary' }, '*')), ['/handling not_allowed'])
  await api.as('kendari').patch(url, { situation: 'Sebelum dinaikkan.' }, '*')
  t.equal((await api.as('kendariSecret').patch(url, { handling: 'secret' }, '*')).json().handling, 'secret')
  for (const by of ['kendari', 'sultra', 'analyst'] as const) {
    t.equal((await api.as(by).get(url)).statusCode, 404, by)
    t.equal((await api.as(by).get(`${url}/revisions`)).statusCode, 404, by)
    t.same((await api.as(by).get(path)).json().items, [])
  }
  t.equal((await api.as('kendariSecret').get(`${url}/revisions`)).json().items.length, 3)
  await t.rejects(
    api.admin.query(`UPDATE situation_reports SET handling = 0, version = version + 1`),
    /never lowered/,
    'not even by hand',
  )
  await t.rejects(
    api.admin.query(`UPDATE situation_reports SET received_at = now(), version = version + 1`),
    /identity/,
  )
  await t.rejects(api.admin.query(`UPDATE situation_reports SET situation = 'x', version = version + 1`), /no revision/)
})

t.test('the reports that it rests on are for those who see both', async (t) => {
  const api = await startApi(t)
  const open = (await api.as('kendari').post('/v1/reports', aReport())).json().id
  const secret = (await api.as('kendariSecret').post('/v1/reports', aReport({ handling: 'secret' }))).json().id
  const made = await post(api, 'kendariSecret', aSituation({ reports: [open, secret] }))
  const url = `${path}/${made.id}`
  t.same(made.reports, [open, secret].sort())
  t.same((await api.as('kendari').get(url)).json().reports, [open])
  t.same((await api.as('sultra').get(url)).json().reports, [open])
  t.same((await api.as('nation').get(url)).json().reports, [open, secret].sort())

  const emptied = await api.as('kendari').patch(url, { reports: [] }, '*')
  t.same(emptied.json().reports, [], emptied.payload)
  t.same(
    (await api.as('kendariSecret').get(url)).json().reports,
    [secret],
    'what one does not see one does not take back',
  )
  const { items } = (await api.as('kendari').get(`${url}/revisions`)).json()
  t.same([items[1].changed, items[1].changes], [['reports'], { before: {}, after: {} }])
  await api.as('kendari').patch(`/v1/reports/${open}`, { severity: 'high' }, '*')
  t.same(faults(await api.as('kendari').patch(url, { reports: [secret] }, '*')), ['/reports/0 report_unknown'])
  t.equal((await api.as('kendari').patch(url, { reports: [open] }, '*')).json().version, 3)
})

t.test('who sees which, by filters and pages; either belt alone holds', async (t) => {
  const api = await startApi(t)
  const ids: Record<string, string> = {}
  for (const [by, handling] of [
    ['kendari', 'ordinary'],
    ['kolaka', 'restricted'],
    ['sultraTopSecret', 'top_secret'],
    ['denpasar', 'restricted'],
    ['analyst', 'restricted'],
  ] as const)
    ids[by] = (await post(api, by, aSituation({ handling }))).id
  ids.nihil = (await post(api, 'kendari', nihil('2024-W47', { exercise: true }))).id
  const namesOf = (answer: { json(): { items: { id: string }[] } }) =>
    answer
      .json()
      .items.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id))
      .sort()
  const seen = {
    kendari: ['kendari', 'nihil'],
    kendariOrdinary: ['kendari'],
    kolaka: ['kolaka'],
    sultra: ['kendari', 'kolaka', 'nihil'],
    sultraTopSecret: ['kendari', 'kolaka', 'nihil', 'sultraTopSecret'],
    bali: ['denpasar'],
    analyst: ['analyst', 'denpasar', 'kendari', 'kolaka', 'nihil'],
    nation: ['analyst', 'denpasar', 'kendari', 'kolaka', 'nihil', 'sultraTopSecret'],
  } as const
  const check = async (what: string) => {
    for (const [by, names] of Object.entries(seen) as [CallerName, readonly string[]][]) {
      t.same(namesOf(await api.as(by).get(path)), names, `${by}, ${what}`)
      for (const [name, id] of Object.entries(ids)) {
        const answer = await api.as(by).get(`${path}/${id}`)
        t.equal(answer.statusCode, names.includes(name) ? 200 : 404, `${by} ${name}, ${what}`)
      }
    }
  }
  await check('both belts')
  for (const [query, names] of [
    ['region=74', ['kendari', 'kolaka', 'nihil', 'sultraTopSecret']],
    ['region=74.71', ['kendari', 'nihil']],
    ['region=00', ['analyst', 'denpasar', 'kendari', 'kolaka', 'nihil', 'sultraTopSecret']],
    ['office=74', ['sultraTopSecret']],
    ['office=00', ['analyst']],
    ['kind=weekly', ['nihil']],
    ['period=2024-W47', ['nihil']],
    ['periodFrom=2024-11-25', ['analyst', 'denpasar', 'kendari', 'kolaka', 'sultraTopSecret']],
    ['periodTo=2024-11-24', ['nihil']],
    ['nothingToReport=true', ['nihil']],
    ['exercise=false&region=51', ['denpasar']],
    ['timeliness=late&office=74.71', ['nihil']],
  ] as const)
    t.same(namesOf(await api.as('nation').get(`${path}?${query}`)), names, query)
  t.same(faults(await api.as('nation').get(`${path}?region=99`)), ['region region_unknown'])
  t.same(faults(await api.as('nation').get(`${path}?period=2024-W60`)), ['period period_invalid'])
  t.same(faults(await api.as('nation').get(`${path}?periodFrom=2024-11-02&periodTo=2024-11-01`)), [
    'periodTo range_reversed',
  ])

  const walked: string[] = []
  let url = `${path}?limit=2`
  for (;;) {
    const answer = await api.as('nation').get(url)
    walked.push(...answer.json().items.map(({ id }: { id: string }) => id))
    const { next } = answer.json()
    if (next === null) break
    t.match(answer.headers.link, 'rel="next"')
    url = `${path}?limit=2&cursor=${next}`
    t.equal((await api.as('analyst').get(url)).json().code, 'cursor_invalid', 'a cursor is of who got it')
  }
  t.same(walked.sort(), Object.values(ids).sort())

  await api.admin.query(
    'ALTER TABLE situation_reports NO FORCE ROW LEVEL SECURITY; ALTER TABLE situation_reports DISABLE ROW LEVEL SECURITY',
  )
  await check('the predicate alone')
})

t.test('row-level security alone shows no more, and lets nobody write for another office', async (t) => {
  const api = await startApi(t)
  const report = (await api.as('kendari').post('/v1/reports', aReport())).json().id
  for (const by of ['kendari', 'denpasar', 'sultra'] as const)
    await post(api, by, aSituation({ reports: by === 'denpasar' ? [] : [report] }))
  const { id } = await post(api, 'kendariSecret', aSituation({ period: '2024-11-24', handling: 'secret' }))
  await api.as('kendariSecret').patch(`${path}/${id}`, { situation: 'Dikoreksi.', reason: 'Lengkap.' }, '*')
  const client = new pg.Client({ connectionString: api.serviceUrl })
  await client.connect()
  t.teardown(() => client.end())
  const tables = ['reports', 'report_revisions', 'report_sources', 'report_receipts'].map((name) => `situation_${name}`)
  const rowsOf = async (tier: string, region: string, clearance: string) => {
    await client.query(`SELECT set_config('waspada.region', $1, false), set_config('waspada.clearance', $2, false)`, [
      region,
      clearance,
    ])
    await client.query(`SET ROLE waspada_${tier}`)
    const counts: (number | null)[] = []
    for (const table of tables) counts.push((await client.query(`SELECT FROM ${table}`)).rowCount)
    return counts
  }
  for (const [tier, region, clearance, expected] of [
    ['regency', '74.71', '1', [1, 0, 1, 2]],
    ['regency', '74.71', '2', [2, 1, 1, 2]],
    ['regency', '74.71', '0', [0, 0, 0, 2]],
    ['regency', '74.01', '3', [0, 0, 0, 0]],
    ['province', '74', '1', [2, 0, 2, 3]],
    ['province', '51', '3', [1, 0, 0, 1]],
    ['national', '00', '1', [3, 0, 2, 4]],
    ['national', '', '', [0, 0, 0, 4]],
    ['regency', '', '', [0, 0, 0, 0]],
  ] as const)
    t.same(await rowsOf(tier, region, clearance), expected, `${tier} ${region} ${clearance}`)
  await rowsOf('regency', '74.01', '3')
  const receipt = `INSERT INTO situation_report_receipts (kind, period, office_code, received_at) VALUES ('daily', '2024-11-23', '74.71', now())`
  await t.rejects(client.query(receipt), { code: '42501' })
  await rowsOf('province', '74', '3')
  t.equal((await client.query('SELECT FROM situation_reports FOR UPDATE')).rowCount, 1, 'its own alone')
  for (const statement of [
    receipt,
    'UPDATE situation_reports SET received_at = received_at',
    'DELETE FROM situation_reports',
    'DELETE FROM situation_report_receipts',
    'UPDATE reporting_obligations SET owed = owed',
    `INSERT INTO reporting_silences (kind) VALUES ('daily')`,
  ])
    await t.rejects(client.query(statement), { code: '42501' }, statement)
})
