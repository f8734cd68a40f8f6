import { sql } from 'drizzle-orm'
import t from 'tap'
import { callerOf } from '../../src/access/caller.ts'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { statement } from '../../src/database/statement.ts'
import { addFollowUpExample, addStandaloneFollowUpExample } from '../../src/follow-ups/examples.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { type CallerName, callers, type TestCaller } from '../support/callers.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

type Body = Record<string, unknown>

const callerNamed = (name: CallerName) => {
  const { clientId, place, clearance, scopes } = callers[name] as TestCaller
  const token = { iss: 'urn:waspada:issuer', jti: 'a', iat: testNow.getTime() / 1000 }
  return callerOf({ ...token, sub: clientId, client_id: clientId, scope: scopes.join(' '), clearance, ...place })
}
const allIds = statement(
  'test_all_follow_ups',
  sql`SELECT id FROM follow_ups UNION ALL SELECT follow_up_id FROM follow_up_revisions`,
)
const forged = statement(
  'test_forge_follow_up',
  sql`INSERT INTO follow_ups (id, version, region_code, handling, content_handling, exercise, office_code, responsible_office, action, due_on,
      time_zone, status, added_at, changed_at, added_by, client_id)
    VALUES (gen_random_uuid(), 1, '74.71', 1, 1, false, '74', '74.71', 'x', '2024-12-31', 'Asia/Makassar', 'planned', now(), now(),
      'kendari', 'kendari')`,
)

const because = { reason: 'Disepakati dalam rapat Forkopimda.' }
const done = { status: 'done', result: 'Tiga malam patroli, tidak ada perusakan lagi.' }

async function postReport(api: Api, by: CallerName = 'kendari', report: Body = aReport()) {
  const posted = await api.as(by).post('/v1/reports', report)
  if (posted.statusCode !== 201) throw new Error(posted.payload)
  return posted.json()
}

/** On a report, or standing alone where none is named. */
function add(api: Api, by: CallerName, reportId: string | null, changes: Body = {}) {
  const url = reportId === null ? '/v1/follow-ups' : `/v1/reports/${reportId}/follow-ups`
  return api
    .as(by)
    .post(url, { ...(reportId === null ? addStandaloneFollowUpExample : addFollowUpExample), ...changes })
}

async function added(api: Api, by: CallerName, reportId: string | null, changes: Body = {}) {
  const answer = await add(api, by, reportId, changes)
  if (answer.statusCode !== 201) throw new Error(answer.payload)
  return answer.json()
}

const change = (api: Api, id: string, by: CallerName, patch: Body, ifMatch = '*') =>
  api.as(by).patch(`/v1/follow-ups/${id}`, patch, ifMatch)
const faults = (answer: { json(): { errors: Body[] } }) =>
  answer.json().errors.map(({ pointer, code }) => `${pointer} ${code}`)
const coded = (answer: { statusCode: number; json(): Body }) => `${answer.statusCode} ${answer.json().code}`

t.test('from a task on a report to its result, every version told', async (t) => {
  const api = await startApi(t)
  const report = await postReport(api)
  const answer = await add(api, 'sultra', report.id)
  t.equal(answer.statusCode, 201, answer.payload)
  const followUp = answer.json()
  t.match(followUp, {
    ...addFollowUpExample,
    reportId: report.id,
    regionCode: '74.71',
    handling: 'restricted',
    exercise: false,
    office: '74',
    status: 'planned',
    result: null,
    overdueFrom: '2024-11-27T16:00:00.000Z',
    version: 1,
  })
  t.equal(answer.headers.location, `/v1/follow-ups/${followUp.id}`)
  t.same((await api.as('kendari').get(`/v1/reports/${report.id}/follow-ups`)).json().items, [followUp])

  const url = `/v1/follow-ups/${followUp.id}`
  const read = await api.as('kendari').get(url)
  t.same([read.json(), read.headers.etag], [followUp, answer.headers.etag])
  const etag = String(read.headers.etag)
  t.equal((await api.as('kendari').get(url, { headers: { 'if-none-match': etag } })).statusCode, 304)

  const walk: [CallerName, Body, string][] = [
    ['kendari', { status: 'in_progress' }, 'changed'],
    ['kendari', { result: 'Malam pertama selesai.' }, 'changed'],
    ['sultra', { dueOn: '2024-11-28' }, 'changed'],
    ['kendari', done, 'completed'],
    ['sultra', { status: 'in_progress', dueOn: '2024-12-02', ...because }, 'reopened'],
    ['sultra', { status: 'cancelled', ...because }, 'cancelled'],
  ]
  for (const [by, patch] of walk) {
    api.time.now = new Date(api.time.now.getTime() + 60_000)
    const changed = await change(api, followUp.id, by, patch)
    t.equal(changed.statusCode, 200, `${by} ${JSON.stringify(patch)}: ${changed.payload.slice(0, 200)}`)
  }
  const last = (await api.as('kendari').get(url)).json()
  t.match(last, { version: 7, status: 'cancelled', overdueFrom: null, changedAt: api.time.now.toISOString() })
  t.equal((await api.as('kendari').get(url, { headers: { 'if-none-match': etag } })).statusCode, 200)

  const { items } = (await api.as('kendari').get(`${url}/revisions`)).json()
  t.same(
    items.map(({ version, action, office }: Body) => `${version} ${action} ${office}`),
    [`1 added 74`, ...walk.map(([by, , action], i) => `${i + 2} ${action} ${by === 'sultra' ? '74' : '74.71'}`)],
  )
  t.match(items[5], {
    at: '2024-11-26T00:05:00.000Z',
    by: 'official-of-sultra',
    client: 'sultra',
    ...because,
    changed: ['dueOn', 'status'],
    changes: {
      before: { dueOn: '2024-11-28', status: 'done' },
      after: { dueOn: '2024-12-02', status: 'in_progress' },
    },
  })
  const first = (await api.as('kendari').get(`${url}/revisions?limit=4`)).json()
  const second = (await api.as('kendari').get(`${url}/revisions?limit=4&cursor=${first.next}`)).json()
  t.same([...first.items, ...second.items], items)
  t.equal(second.next, null)

  const { rows } = await api.admin.query(
    `SELECT type, subject_version AS version, (SELECT count(*)::int FROM audit_entries a WHERE a.action = e.type
      AND a.resource_id = e.subject_id::text AND a.resource_version = e.subject_version) AS told
    FROM events e WHERE subject_id = $1 ORDER BY subject_version`,
    [followUp.id],
  )
  t.same(
    rows,
    items.map(({ version, action }: Body) => ({ type: `follow_up.${action}`, version, told: 1 })),
    'one event and one audit row a version',
  )
})

t.test('the recommendation of a meeting with its RTL is a follow-up without a report', async (t) => {
  const api = await startApi(t)
  const followUp = await added(api, 'sultra', null)
  const { meeting, recommendation } = addStandaloneFollowUpExample
  t.match(followUp, {
    reportId: null,
    regionCode: '74.71',
    handling: 'restricted',
    exercise: false,
    meeting,
    recommendation,
  })
  const bare = await added(api, 'kendari', null, { meeting: { title: 'Rapat', heldOn: '2024-11-20' }, exercise: true })
  t.match(bare, { meeting: { title: 'Rapat', heldOn: '2024-11-20', place: null }, exercise: true })
  t.match(await added(api, 'kendari', null, { meeting: null, recommendation: null }), {
    meeting: null,
    recommendation: null,
  })
  t.equal((await api.as('kendari').get(`/v1/follow-ups/${followUp.id}`)).statusCode, 200)
  t.same(faults(await add(api, 'kendari', null, { meeting: { place: 'Kendari' } })), [
    '/meeting/title required',
    '/meeting/heldOn required',
  ])
})

t.test('who may be given what, and where', async (t) => {
  const api = await startApi(t)
  const standing = async (by: CallerName, regionCode: string, responsibleOffice: string) => {
    const answer = await add(api, by, null, { regionCode, responsibleOffice })
    return answer.statusCode === 201 ? 'given' : faults(answer as never).join(', ')
  }
  t.equal(await standing('nation', '74.71', '74.71'), 'given')
  t.equal(await standing('nation', '74.71', '74'), 'given')
  t.equal(await standing('nation', '74.71', '00'), 'given')
  t.equal(await standing('nation', '00', '00'), 'given')
  t.equal(await standing('sultra', '74', '74'), 'given')
  t.equal(await standing('kendari', '74.71.01', '74.71'), 'given', 'a district is seen by its regency')
  const notSeen = '/responsibleOffice not_allowed'
  t.equal(await standing('nation', '74.71', '74.01'), notSeen, 'a regency elsewhere could not see it')
  t.equal(await standing('sultra', '74', '74.71'), notSeen, 'nor could a regency what lies at its province')
  t.equal(await standing('nation', '00', '74'), notSeen)
  t.equal(await standing('kendari', '74.71', '74'), notSeen, 'upwards one recommends')
  t.equal(await standing('sultra', '74.71', '00'), notSeen)
  t.equal(await standing('kendari', '74.71', '74.99'), '/responsibleOffice office_unknown')
  t.equal(await standing('kendari', '74.99', '74.71'), '/regionCode region_unknown')
  t.equal(await standing('kendari', '74', '74.71'), '/regionCode region_outside_office')
  t.equal(await standing('kendari', '51.71', '74.71'), '/regionCode region_outside_office')
  const allowed = (await add(api, 'sultra', null, { responsibleOffice: '51' })).json().errors[0].detail
  t.match(allowed, '74, 74.71')

  t.same(faults((await add(api, 'kendari', null, { handling: 'secret' })) as never), [
    '/handling handling_above_clearance',
  ])
  t.same(
    faults(
      (await add(api, 'kendari', null, {
        action: '',
        handling: 'secret',
        responsibleOffice: '74',
        dueOn: '2024-02-30',
      })) as never,
    ).sort(),
    ['/action too_short', '/dueOn date_invalid', '/handling handling_above_clearance', notSeen],
    'every fault at once',
  )

  const report = await postReport(api)
  t.same(faults((await add(api, 'kendari', report.id, { responsibleOffice: '74' })) as never), [notSeen])
  t.same(faults((await add(api, 'sultra', report.id, { responsibleOffice: '74.01' })) as never), [notSeen])
  t.same(faults((await add(api, 'kendari', report.id, { exercise: true, dueOn: '1999-12-31' })) as never), [
    '/dueOn format_invalid',
    '/exercise unknown_member',
  ])
  t.equal(coded(await add(api, 'bali', report.id, { responsibleOffice: '51' })), '404 report_not_found')
  t.equal(coded(await add(api, 'kendariOrdinary', report.id)), '404 report_not_found')
  t.equal(coded(await add(api, 'kendariReader', report.id)), '403 scope_missing')
  t.equal(coded(await add(api, 'bssn', null)), '403 scope_missing')
  t.equal(coded(await api.as('bssn').get('/v1/follow-ups')), '403 scope_missing')
  t.equal(
    coded(await api.as('kendari').post('/v1/reports/not-an-id/follow-ups', addFollowUpExample)),
    '404 report_not_found',
  )

  await api.as('kendari').change(`/v1/reports/${report.id}/withdraw`, undefined, '*')
  t.equal(coded(await add(api, 'kendari', report.id)), '409 transition_not_allowed')
  const rejected = await postReport(api)
  const kept = await added(api, 'kendari', rejected.id)
  await api.as('sultra').change(`/v1/reports/${rejected.id}/reject`, because, '*')
  t.equal(coded(await add(api, 'sultra', rejected.id)), '409 transition_not_allowed')
  t.same((await api.as('kendari').get(`/v1/reports/${rejected.id}/follow-ups`)).json().items[0].id, kept.id)
  t.equal((await change(api, kept.id, 'kendari', { status: 'cancelled', ...because })).statusCode, 200)
})

t.test('who may take a step, and from where', async (t) => {
  const api = await startApi(t)
  const { id } = await added(api, 'sultra', null)
  const refused = async (by: CallerName, patch: Body, expected: string) =>
    t.equal(coded(await change(api, id, by, patch)), expected, `${by} ${JSON.stringify(patch)}`)
  const wrong = async (by: CallerName, patch: Body, expected: string[]) =>
    t.same(faults((await change(api, id, by, patch)) as never), expected, `${by} ${JSON.stringify(patch)}`)

  await refused('bali', { status: 'in_progress' }, '404 follow_up_not_found')
  await refused('kolaka', { status: 'in_progress' }, '404 follow_up_not_found')
  await refused('kendariOrdinary', { status: 'in_progress' }, '404 follow_up_not_found')
  await refused('kendariReader', { status: 'in_progress' }, '403 scope_missing')
  await refused('kendari', { action: 'Tidak usah patroli.' }, '409 not_in_charge')
  await refused('kendari', { dueOn: '2025-01-31' }, '409 not_in_charge')
  await refused('kendari', { status: 'done', result: 'Selesai.', dueOn: '2025-01-31' }, '409 not_in_charge')
  await refused('kendari', { responsibleOffice: '74.71', status: 'cancelled', ...because }, '409 not_in_charge')
  await refused('sultra', { status: 'in_progress' }, '409 not_in_charge')
  await refused('sultra', done, '409 not_in_charge')
  await refused('sultra', { result: 'Selesai.' }, '409 not_in_charge')
  await wrong('kendari', { status: 'done' }, ['/result required'])
  await wrong('kendari', { status: 'done', result: null }, ['/result required'])
  await wrong('sultra', { status: 'cancelled' }, ['/reason required'])
  await wrong('sultra', { responsibleOffice: '51.71' }, ['/responsibleOffice not_allowed'])
  await wrong('sultra', { responsibleOffice: '00' }, ['/responsibleOffice not_allowed'])
  await wrong('sultra', { status: null, handling: 'ordinary' }, ['/status not_allowed', '/handling unknown_member'])

  const same = await change(api, id, 'kendari', { status: 'planned', responsibleOffice: '74.71', ...because })
  t.match(same.json(), { version: 1 }, 'what changes nothing makes no version')
  t.equal((await change(api, id, 'kendari', done)).statusCode, 200)
  await refused('kendari', { result: 'Lebih baik lagi.' }, '409 transition_not_allowed')
  await refused('sultra', { dueOn: '2025-01-31' }, '409 transition_not_allowed')
  await refused('sultra', { status: 'planned', ...because }, '409 transition_not_allowed')
  await refused('sultra', { status: 'cancelled', ...because }, '409 transition_not_allowed')
  await refused('kendari', { status: 'in_progress', ...because }, '409 not_in_charge')
  await wrong('sultra', { status: 'in_progress' }, ['/reason required'])
  t.equal((await change(api, id, 'analyst', { status: 'in_progress', ...because })).statusCode, 200, 'an office above')
  t.equal((await change(api, id, 'sultra', { responsibleOffice: '74' })).statusCode, 200)
  await refused('kendari', done, '409 not_in_charge')
  t.equal((await change(api, id, 'sultra', { status: 'cancelled', ...because })).statusCode, 200)
  await refused('sultra', { status: 'done', result: 'Selesai.' }, '409 transition_not_allowed')
  t.match((await change(api, id, 'sultra', { status: 'planned', ...because })).json(), { status: 'planned' })

  const url = `/v1/follow-ups/${id}`
  const headers = { 'content-type': 'application/merge-patch+json' }
  t.equal(
    coded(await api.as('sultra').send('PATCH', url, '{"status":"cancelled"}', { headers })),
    '428 precondition_required',
  )
  t.equal(coded(await change(api, id, 'sultra', { dueOn: '2025-01-31' }, `"${id}.1"`)), '412 version_stale')
})

t.test('the responsible office sees it, and an office elsewhere sees nothing', async (t) => {
  const api = await startApi(t)
  const report = await postReport(api, 'kendariSecret', aReport({ handling: 'secret' }))
  const secret = await added(api, 'kendariSecret', report.id)
  const plain = await added(api, 'sultra', null)
  const province = await added(api, 'sultra', null, { regionCode: '74', responsibleOffice: '74' })
  const seen: Record<string, string[]> = {
    kendari: [plain.id],
    kendariSecret: [secret.id, plain.id],
    kendariOrdinary: [],
    kolaka: [],
    sultra: [plain.id, province.id],
    sultraTopSecret: [secret.id, plain.id, province.id],
    bali: [],
    nation: [secret.id, plain.id, province.id],
    analyst: [plain.id, province.id],
  }
  const check = async (belt: string) => {
    for (const [name, ids] of Object.entries(seen)) {
      const caller = api.as(name as CallerName)
      const { items } = (await caller.get('/v1/follow-ups')).json()
      t.same(items.map(({ id }: Body) => id).sort(), [...ids].sort(), `${name} lists, ${belt}`)
      for (const { id } of [secret, plain, province]) {
        const expected = ids.includes(id) ? 200 : 404
        t.equal((await caller.get(`/v1/follow-ups/${id}`)).statusCode, expected, `${name} reads, ${belt}`)
        t.equal((await caller.get(`/v1/follow-ups/${id}/revisions`)).statusCode, expected)
        if (expected === 404) t.equal(coded(await change(api, id, name as CallerName, done)), '404 follow_up_not_found')
      }
      const onReport = (await caller.get(`/v1/reports/${report.id}/follow-ups`)).statusCode
      t.equal(onReport, ids.includes(secret.id) ? 200 : 404, `${name} asks the report, ${belt}`)
      t.same(
        (await caller.get(`/v1/follow-ups?reportId=${report.id}`)).json().items.length,
        ids.includes(secret.id) ? 1 : 0,
      )
    }
  }
  await check('both belts')
  const pool = createPool(api.serviceUrl, 1, () => {})
  t.teardown(() => pool.end())
  const db = new Database(pool, await ReferenceStore.open(pool))
  for (const [name, ids] of Object.entries(seen)) {
    const found = await db.read<{ id: string }>(callerNamed(name as CallerName), allIds, {})
    t.same(found.map(({ id }) => id).sort(), [...ids, ...ids].sort(), `${name}, row-level security alone`)
  }
  await t.rejects(db.read(callerNamed('bssn'), allIds, {}), { code: '42501' })
  await t.rejects(db.read(callerNamed('kendari'), forged, {}), { code: '42501' }, 'nobody gives in the name of another')
  const { rows } = await api.admin.query(
    `SELECT DISTINCT actor FROM audit_entries WHERE action = 'follow_up.read' AND resource_id = $1 AND handling = 2 ORDER BY actor`,
    [secret.id],
  )
  t.same(
    rows.map(({ actor }) => actor),
    ['official-of-kendari-secret', 'official-of-nation', 'official-of-sultra-top-secret'],
    'reads of secret ones are told',
  )
  for (const table of ['follow_ups', 'follow_up_revisions', 'reports'])
    await api.admin.query(
      `ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY; ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`,
    )
  await check('the first belt alone')
})

t.test(
  'a handling that was raised hides it, and what was there meanwhile stays hidden when it is lowered',
  async (t) => {
    const api = await startApi(t)
    const report = await postReport(api)
    const early = await added(api, 'kendari', report.id)
    const url = `/v1/follow-ups/${early.id}`
    const etag = (await api.as('kendari').get(url)).headers.etag
    const mark = (by: CallerName, body: Body) => api.as(by).patch(`/v1/reports/${report.id}`, body, '*')
    t.equal((await mark('nation', { handling: 'secret' })).statusCode, 200)
    t.equal((await api.as('kendari').get(url)).statusCode, 404)
    t.equal((await api.as('kendari').get(`${url}/revisions`)).statusCode, 404)
    t.same((await api.as('kendari').get('/v1/follow-ups')).json().items, [])
    const raised = await api.as('kendariSecret').get(url, { headers: { 'if-none-match': String(etag) } })
    t.equal(raised.json().handling, 'secret', 'the ETag changes with what the report says')
    t.equal((await change(api, early.id, 'kendariSecret', { status: 'in_progress' })).statusCode, 200)

    t.equal((await mark('kendariSecret', { handling: 'restricted', ...because })).statusCode, 200)
    t.equal((await api.as('kendari').get(`/v1/reports/${report.id}`)).statusCode, 200)
    t.equal((await api.as('kendari').get(url)).statusCode, 404)
    t.same((await api.as('kendari').get(`/v1/reports/${report.id}/follow-ups`)).json().items, [])
    const late = await added(api, 'kendari', report.id)
    t.same((await api.as('kendari').get(`/v1/reports/${report.id}/follow-ups`)).json().items, [late])
    t.equal((await api.as('kendariSecret').get(url)).json().handling, 'secret')
    const { rows } = await api.admin.query(
      'SELECT handling FROM events WHERE subject_id = $1 ORDER BY subject_version',
      [early.id],
    )
    t.same(
      rows.map(({ handling }) => handling),
      [1, 2],
    )
  },
)

t.test('it moves with its report, and says whether that is an exercise', async (t) => {
  const api = await startApi(t)
  const report = await postReport(api, 'sultra', aReportIn('74.71', { exercise: true }))
  const followUp = await added(api, 'kendari', report.id)
  const url = `/v1/follow-ups/${followUp.id}`
  t.equal(followUp.exercise, true)
  await api.as('sultra').patch(`/v1/reports/${report.id}`, { exercise: false, location: { regionCode: '74.01' } }, '*')
  t.equal((await api.as('kendari').get(url)).statusCode, 404)
  t.match((await api.as('kolaka').get(url)).json(), {
    regionCode: '74.01',
    exercise: false,
    responsibleOffice: '74.71',
  })
  const handedOver = await change(api, followUp.id, 'sultra', { responsibleOffice: '74.01' })
  t.equal(handedOver.statusCode, 200, 'an office above gives it to one that sees it')
  t.equal((await change(api, followUp.id, 'kolaka', done)).statusCode, 200)
})

t.test('listed across reports by office, status and due date', async (t) => {
  const api = await startApi(t)
  const [first, second] = [await postReport(api), await postReport(api, 'sultra', aReportIn('74.01'))]
  const names = new Map<string, string>()
  const give = async (name: string, by: CallerName, reportId: string | null, changes: Body) =>
    names.set((await added(api, by, reportId, changes)).id, name)
  await give('a', 'sultra', first.id, { dueOn: '2024-11-25' })
  await give('b', 'kendari', first.id, { dueOn: '2024-11-26' })
  await give('c', 'sultra', second.id, { dueOn: '2024-11-27', responsibleOffice: '74.01' })
  await give('d', 'sultra', second.id, { dueOn: '2024-11-28', responsibleOffice: '74' })
  await give('e', 'sultra', null, { dueOn: '2024-11-25' })
  await give('f', 'jayapura', null, { dueOn: '2024-11-25', regionCode: '91.71', responsibleOffice: '91.71' })
  const idOf = (name: string) => [...names].find(([, each]) => each === name)?.[0] as string
  const list = async (query: string, by: CallerName = 'nation') => {
    const answer = await api.as(by).get(`/v1/follow-ups?${query}`)
    return answer
      .json()
      .items.map(({ id }: { id: string }) => names.get(id))
      .join('')
  }
  t.equal(await list(''), 'aefbcd')
  t.equal(await list('sort=-dueOn'), 'dcbfea')
  t.equal(await list('sort=addedAt'), 'abcdef')
  t.equal(await list('sort=-addedAt'), 'fedcba')
  t.equal(await list('office=74'), 'aecd')
  t.equal(await list('responsibleOffice=74.71'), 'aeb')
  t.equal(await list('responsibleOffice=74.71', 'kolaka'), '')
  t.equal(await list('region=74'), 'aebcd')
  t.equal(await list('region=74.01'), 'cd')
  t.equal(await list(`reportId=${second.id}`), 'cd')
  t.equal(await list('dueFrom=2024-11-26&dueTo=2024-11-27'), 'bc')
  await change(api, idOf('e'), 'kendari', { status: 'in_progress' })
  await change(api, idOf('c'), 'kolaka', done)
  t.equal(await list('status=in_progress,done'), 'ec')
  t.equal(await list('office=74&status=planned&dueTo=2024-11-27'), 'a')

  t.equal(await list('overdue=true'), 'aef', 'the 25th has ended everywhere')
  api.time.now = new Date('2024-11-26T15:59:59.999Z')
  t.equal(await list('overdue=true'), 'aef')
  api.time.now = new Date('2024-11-26T16:00:00.000Z')
  t.equal(await list('overdue=true'), 'aefb', 'at midnight in Kendari')
  t.equal(await list('overdue=false'), 'cd')
  await change(api, idOf('a'), 'kendari', done)
  t.equal(await list('overdue=true&responsibleOffice=74.71'), 'eb')
  await change(api, idOf('e'), 'sultra', { dueOn: '2024-12-31' })
  t.equal(await list('overdue=true&responsibleOffice=74.71'), 'b')

  for (const sort of ['dueOn', '-dueOn', 'addedAt', '-addedAt']) {
    const walked: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const page = await api.as('nation').get(`/v1/follow-ups?limit=2&sort=${sort}${next && `&cursor=${next}`}`)
      const { items } = page.json()
      walked.push(...items.map(({ id }: { id: string }) => names.get(id)))
      next = page.json().next
      t.equal(page.headers.link !== undefined, next !== null)
    }
    t.equal(walked.join(''), await list(`sort=${sort}`))
  }
  const page = (await api.as('nation').get('/v1/follow-ups?limit=1')).json()
  const onReport = (await api.as('nation').get(`/v1/reports/${first.id}/follow-ups?limit=1`)).json()
  t.equal(
    (await api.as('nation').get(`/v1/reports/${first.id}/follow-ups?limit=1&cursor=${onReport.next}`)).json().items[0]
      .id,
    idOf('b'),
  )
  const refusals = [
    [`cursor=${page.next}&office=74`, 'cursor_invalid'],
    [`cursor=${onReport.next}`, 'cursor_invalid'],
    ['region=99', 'parameter_invalid'],
    ['office=99', 'parameter_invalid'],
    ['responsibleOffice=74.99', 'parameter_invalid'],
    ['dueFrom=2024-11-27&dueTo=2024-11-26', 'parameter_invalid'],
    ['status=lost', 'parameter_invalid'],
    ['dueFrom=2024-02-30', 'parameter_invalid'],
  ]
  for (const [query = '', code] of refusals)
    t.match((await api.as('nation').get(`/v1/follow-ups?${query}`)).json(), { status: 400, code }, query)
  t.match((await api.as('sultra').get(`/v1/follow-ups?cursor=${page.next}`)).json(), { code: 'cursor_invalid' })
})

t.test('the same key adds one, whatever comes at once', async (t) => {
  const api = await startApi(t)
  const report = await postReport(api)
  for (const reportId of [report.id, null]) {
    const url = reportId === null ? '/v1/follow-ups' : `/v1/reports/${reportId}/follow-ups`
    const body = reportId === null ? addStandaloneFollowUpExample : addFollowUpExample
    const headers = { 'idempotency-key': `rtl-2024-11-26-${reportId === null ? 'alone' : 'report'}` }
    const send = (changes: Body = {}, by: CallerName = 'kendari') =>
      api.as(by).post(url, { ...body, ...changes }, { headers })
    const answers = await Promise.all(Array.from({ length: 10 }, () => send()))
    t.same(new Set(answers.map(({ statusCode }) => statusCode)), new Set([201]))
    t.equal(new Set(answers.map((answer) => answer.json().id)).size, 1)
    t.equal(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length, 9)
    const other = await send({ dueOn: '2024-11-30' })
    t.match(other.json(), { status: 409, code: 'idempotency_conflict', existingId: answers[0]?.json().id })
    t.equal((await send({}, 'sultra')).headers['idempotent-replayed'], undefined, 'a key belongs to its office')
  }
  const other = await postReport(api)
  const headers = { 'idempotency-key': 'rtl-2024-11-26-report' }
  const elsewhere = await api.as('kendari').post(`/v1/reports/${other.id}/follow-ups`, addFollowUpExample, { headers })
  t.equal(coded(elsewhere), '409 idempotency_conflict', 'another report is another content')
  t.equal((await api.admin.query('SELECT FROM follow_ups')).rowCount, 4)
})

t.test('ten changes on one ETag: one wins', async (t) => {
  const api = await startApi(t)
  const report = await postReport(api)
  for (const reportId of [report.id, null]) {
    const made = await add(api, 'kendari', reportId)
    const { id } = made.json()
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        change(api, id, 'kendari', { action: `Langkah nomor ${i}` }, String(made.headers.etag)),
      ),
    )
    t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, ...Array(9).fill(412)])
    t.equal((await api.as('kendari').get(`/v1/follow-ups/${id}/revisions`)).json().items.length, 2)
  }
  const raced = await Promise.all([
    api.as('nation').patch(`/v1/reports/${report.id}`, { handling: 'secret' }, '*'),
    ...Array.from({ length: 5 }, () => add(api, 'kendari', report.id)),
  ])
  t.equal(raced[0]?.statusCode, 200)
  for (const { statusCode } of raced.slice(1)) t.ok([201, 404].includes(statusCode), `${statusCode}`)
  const { rowCount } = await api.admin.query(
    'SELECT FROM follow_ups f JOIN reports r ON r.id = f.report_id WHERE f.handling <> 2 OR f.content_handling <> 2',
  )
  t.equal(rowCount, 0, 'none is left below its report')
})

t.test('the database refuses by itself what the rules forbid', async (t) => {
  const api = await startApi(t)
  const { id } = await added(api, 'kendari', null)
  const refused = (sql: string, code: string) => t.rejects(api.admin.query(sql), { code }, sql)
  await refused(`UPDATE follow_ups SET office_code = '74' WHERE id = '${id}'`, '23000')
  await refused(`UPDATE follow_ups SET action = 'lain' WHERE id = '${id}'`, '23000')
  await refused(`UPDATE follow_ups SET version = version + 2 WHERE id = '${id}'`, '23000')
  await refused(`UPDATE follow_ups SET version = version + 1, status = 'done' WHERE id = '${id}'`, '23514')
  await refused(`UPDATE follow_ups SET version = version + 1, action = 'tanpa jejak' WHERE id = '${id}'`, '23000')
  await refused('DELETE FROM follow_ups', '23001')
  await refused('TRUNCATE follow_ups CASCADE', '23001')
  await refused('DELETE FROM follow_up_revisions', '23001')
  await refused(`UPDATE follow_up_revisions SET actor = 'orang lain'`, '23001')
  await change(api, id, 'kendari', done)
  await refused(`UPDATE follow_ups SET version = version + 1, status = 'cancelled' WHERE id = '${id}'`, '23000')
})
