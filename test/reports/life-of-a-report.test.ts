import t from 'tap'
import { aReport } from '../support/a-report.ts'
import type { CallerName } from '../support/callers.ts'
import { type Api, startApi } from '../support/start-api.ts'

const because = { reason: 'Diperiksa bersama Bawaslu Kota Kendari.' }

async function post(api: Api, by: CallerName = 'kendari', changes: Record<string, unknown> = {}) {
  const posted = await api.as(by).post('/v1/reports', aReport(changes))
  if (posted.statusCode !== 201) throw new Error(posted.payload)
  return posted.json()
}

/** Asks for a step of the version that stands, whatever it is, and gives the answer. */
function step(api: Api, id: string, by: CallerName, verb: string, body?: unknown) {
  return api.as(by).change(`/v1/reports/${id}/${verb}`, body, '*')
}

const statusAndLevel = ({ status, level }: { status: string; level: string }) => `${status} ${level}`

t.test('from a regency to the nation and back to its end, every version told', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  t.equal(report.dueAt, '2024-11-29T00:00:00.000Z', 'a routine report is to be judged within 72 hours')

  const walk: [CallerName, string, unknown, string][] = [
    ['sultra', 'verify', undefined, 'verified regency'],
    ['kendari', 'escalate', undefined, 'escalated province'],
    ['sultra', 'escalate', because, 'escalated national'],
    ['analyst', 'return', because, 'escalated province'],
    ['sultra', 'return', because, 'escalated regency'],
    ['kendari', 'close', { outcome: 'Pelaku diamankan Polresta Kendari.' }, 'closed regency'],
    ['sultra', 'reopen', because, 'verified regency'],
  ]
  for (const [by, verb, body, expected] of walk) {
    api.time.now = new Date(api.time.now.getTime() + 60_000)
    const answer = await step(api, report.id, by, verb, body)
    t.equal(answer.statusCode, 200, `${by} ${verb}: ${answer.payload.slice(0, 200)}`)
    t.equal(statusAndLevel(answer.json()), expected)
    t.equal(answer.headers.etag, `"${report.id}.${answer.json().version}"`)
  }

  const { items } = (await api.as('kendari').get(`/v1/reports/${report.id}/revisions`)).json()
  t.same(
    items.map(({ version, action, office }: Record<string, unknown>) => `${version} ${action} ${office}`),
    [
      '1 submitted 74.71',
      '2 verified 74',
      '3 escalated 74.71',
      '4 escalated 74',
      '5 returned 00',
      '6 returned 74',
      '7 closed 74.71',
      '8 reopened 74',
    ],
  )
  t.match(items[1], {
    by: 'official-of-sultra',
    client: 'sultra',
    reason: null,
    changed: ['status', 'dueAt', 'verifiedAt'],
    changes: { before: { status: 'submitted', verifiedAt: null }, after: { status: 'verified' } },
  })
  t.equal(items[4].reason, because.reason)
  const { rows } = await api.admin.query(
    'SELECT type, subject_version AS version FROM events WHERE subject_id = $1 ORDER BY subject_version',
    [report.id],
  )
  t.same(
    rows.map(({ type, version }) => `${version} ${type}`),
    items.map(({ version, action }: Record<string, unknown>) => `${version} report.${action}`),
    'one event a version',
  )
})

t.test('who may take a step, and from where', async (t) => {
  const api = await startApi(t)
  const refused = async (id: string, by: CallerName, verb: string, body: unknown, expected: string) => {
    const answer = await step(api, id, by, verb, body)
    t.equal(`${answer.statusCode} ${answer.json().code}`, expected, `${by} ${verb}`)
  }
  const { id } = await post(api)
  await refused(id, 'bali', 'verify', undefined, '404 report_not_found')
  await refused(id, 'kendariOrdinary', 'verify', undefined, '404 report_not_found')
  await refused(id, 'kendari', 'verify', undefined, '409 author_may_not_verify')
  await refused(id, 'kendari', 'reject', because, '409 author_may_not_verify')
  await refused(id, 'sultra', 'withdraw', undefined, '409 not_in_charge')
  await refused(id, 'sultra', 'escalate', undefined, '409 not_in_charge')
  await refused(id, 'kendari', 'escalate', undefined, '409 transition_not_allowed')
  await refused(id, 'kendari', 'close', { outcome: 'Selesai.' }, '409 transition_not_allowed')
  await refused(id, 'sultra', 'reopen', because, '409 transition_not_allowed')
  await refused(id, 'sultra', 'reject', {}, '422 body_invalid')
  await refused(id, 'kendariReader', 'verify', undefined, '403 scope_missing')

  const system = await api.tokenOf(
    { clientId: 'sultra', place: { region: '74' }, clearance: 'restricted', scopes: ['reports:verify'] },
    { subject: 'sultra' },
  )
  const bySystem = await api.call({
    method: 'POST',
    url: `/v1/reports/${id}/verify`,
    headers: { authorization: `Bearer ${system}`, 'if-match': '*' },
  })
  t.equal(`${bySystem.statusCode} ${bySystem.json().code}`, '403 person_required')

  t.equal((await step(api, id, 'kendariSecret', 'verify')).statusCode, 200, 'another official of the same office')
  await refused(id, 'sultra', 'verify', undefined, '409 transition_not_allowed')
  await refused(id, 'kendari', 'withdraw', undefined, '409 transition_not_allowed')
  await refused(id, 'kendari', 'return', because, '409 transition_not_allowed')
  await refused(id, 'nation', 'close', { outcome: 'Selesai.' }, '409 not_in_charge')
  t.equal((await step(api, id, 'kendari', 'close', { outcome: 'Selesai.' })).statusCode, 200)
  await refused(id, 'kendari', 'reopen', because, '409 not_in_charge')

  const provincial = await post(api, 'sultra')
  t.equal(provincial.level, 'province')
  await refused(provincial.id, 'kendari', 'withdraw', undefined, '409 not_in_charge')
  await refused(provincial.id, 'kendari', 'verify', undefined, '409 not_in_charge')
  await step(api, provincial.id, 'analyst', 'verify')
  await step(api, provincial.id, 'sultra', 'escalate')
  await refused(provincial.id, 'sultra', 'return', because, '409 not_in_charge')
  await refused(provincial.id, 'analyst', 'escalate', undefined, '409 transition_not_allowed')
  t.equal(statusAndLevel((await step(api, provincial.id, 'analyst', 'return', because)).json()), 'escalated province')
  await refused(provincial.id, 'sultra', 'return', because, '409 transition_not_allowed')
})

t.test('a change names the version that it changes', async (t) => {
  const api = await startApi(t)
  const { id } = await post(api)
  const url = `/v1/reports/${id}/verify`
  t.match((await api.as('sultra').send('POST', url)).json(), { status: 428, code: 'precondition_required' })
  t.match((await api.as('sultra').change(url, undefined, `"${id}.2"`)).json(), { status: 412, code: 'version_stale' })
  const stale = await api.as('kendari').patch(`/v1/reports/${id}`, { severity: 'high' }, `"${id}.7"`)
  t.match(stale.json(), { status: 412, code: 'version_stale' })
  t.equal((await api.as('sultra').change(url, undefined, `"${id}.1"`)).statusCode, 200)
})

t.test('a correction is a revision, and classifies again where time or place changed', async (t) => {
  const api = await startApi(t)
  const posted = await post(api)
  const url = `/v1/reports/${posted.id}`
  const patch = (by: CallerName, body: unknown) => api.as(by).patch(url, body, '*')

  const corrected = await patch('kendari', { severity: 'high', impact: { deaths: 1 }, analysis: null })
  t.equal(corrected.statusCode, 200, corrected.payload)
  t.match(corrected.json(), {
    id: posted.id,
    number: posted.number,
    version: 2,
    severity: 'high',
    analysis: null,
    impact: { ...posted.impact, deaths: 1 },
    classification: posted.classification,
  })
  const moved = await patch('kendari', { occurredAt: '2024-11-27T06:30:00+09:00', occurredAtPrecision: 'exact' })
  t.match(moved.json(), {
    occurredAtOffset: '+09:00',
    classification: { region: { localDate: '2024-11-27' }, flags: ['occurred_in_future'] },
  })
  t.equal(moved.json().classification.stages[0].stage, 'pemungutan_suara')
  const { items } = (await api.as('kendari').get(`${url}/revisions`)).json()
  t.same(items[1].changes.before, { severity: 'moderate', analysis: posted.analysis, impact: posted.impact })
  t.same(items[2].changes.before.classification, posted.classification, 'the earlier classification stays on record')
  t.equal((await patch('kendari', { severity: 'high' })).json().version, 3, 'what changes nothing makes no revision')
  t.match((await patch('kendari', { urgency: 'flash' })).json(), { dueAt: '2024-11-26T01:00:00.000Z' })

  t.match((await patch('sultra', { severity: 'low' })).json(), { status: 409, code: 'not_in_charge' })
  await step(api, posted.id, 'sultra', 'verify')
  const unexplained = (await patch('kendari', { severity: 'low' })).json()
  t.match(unexplained, { status: 422, errors: [{ pointer: '/reason', code: 'required' }] })
  t.equal((await patch('kendari', { severity: 'low', ...because })).statusCode, 200)
  await step(api, posted.id, 'kendari', 'escalate')
  t.match((await patch('kendari', { severity: 'high', ...because })).json(), { code: 'not_in_charge' })
  t.equal((await patch('sultra', { severity: 'high', ...because })).statusCode, 200)
  const bad = await patch('sultra', { number: 'x', subject: null, location: { regionCode: '51.71' }, ...because })
  t.same(
    bad.json().errors.map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`),
    ['/subject wrong_type', '/number unknown_member'],
  )
  const elsewhere = await patch('sultra', { location: { regionCode: '74.01' }, ...because })
  t.match(elsewhere.json(), {
    status: 422,
    errors: [{ pointer: '/location/regionCode', code: 'region_outside_office' }],
  })
})

t.test('handling is raised by any office above, lowered with a reason, and shown to nobody below it', async (t) => {
  const api = await startApi(t)
  const { id } = await post(api)
  const url = `/v1/reports/${id}`
  const patch = (by: CallerName, body: unknown) => api.as(by).patch(url, body, '*')
  t.match((await patch('kendari', { handling: 'secret' })).json(), {
    status: 422,
    errors: [{ pointer: '/handling', code: 'handling_above_clearance' }],
  })
  t.match((await patch('kendari', { handling: 'ordinary', severity: 'low' })).json(), {
    errors: [{ pointer: '/handling', code: 'must_stand_alone' }],
  })
  t.match((await patch('kendari', { handling: 'ordinary' })).json(), { errors: [{ pointer: '/reason' }] })
  t.match((await patch('sultra', { handling: 'ordinary', ...because })).json(), { code: 'not_in_charge' })

  t.equal((await patch('nation', { handling: 'secret' })).json().handling, 'secret')
  t.equal((await api.as('kendari').get(url)).statusCode, 404)
  t.equal((await api.as('kendari').get(`${url}/revisions`)).statusCode, 404)
  const secret = { facts: 'Rincian rahasia tentang sumber yang hanya diketahui petugas tertentu.' }
  t.equal((await patch('kendariSecret', secret)).statusCode, 200)
  t.equal((await patch('kendariSecret', { facts: aReport().facts })).statusCode, 200)
  t.equal((await patch('kendariSecret', { handling: 'restricted', ...because })).statusCode, 200)

  const { items } = (await api.as('kendari').get(`${url}/revisions`)).json()
  t.same(
    items.map(({ action, changes }: Record<string, unknown>) => `${action} ${changes === null ? 'withheld' : 'told'}`),
    [
      'submitted told',
      'handling_changed withheld',
      'corrected withheld',
      'corrected withheld',
      'handling_changed withheld',
    ],
  )
  const cleared = (await api.as('kendariSecret').get(`${url}/revisions`)).json()
  t.equal(cleared.items[2].changes.after.facts, secret.facts)
  const { rows } = await api.admin.query(
    `SELECT handling FROM events WHERE subject_id = $1 AND type = 'report.handling_changed'`,
    [id],
  )
  t.same(rows.map(({ handling }) => handling).sort(), [1, 2])
})

t.test('what is overdue and what counts can be asked for', async (t) => {
  const api = await startApi(t)
  const flash = await post(api, 'kendari', { urgency: 'flash' })
  const exercise = await post(api, 'kendari', { exercise: true })
  const withdrawn = await post(api)
  await step(api, withdrawn.id, 'kendari', 'withdraw')
  const ids = async (query: string) =>
    (await api.as('sultra').get(`/v1/reports?${query}`))
      .json()
      .items.map(({ id }: { id: string }) => id)
      .sort()
  t.same(await ids('counted=true'), [flash.id])
  t.same(await ids('counted=false'), [exercise.id, withdrawn.id].sort())
  t.same(await ids('overdue=true'), [])
  api.time.now = new Date(api.time.now.getTime() + 3_600_001)
  t.same(await ids('overdue=true'), [flash.id])
  t.same(await ids('overdue=false'), [exercise.id, withdrawn.id].sort())
})

t.test('ten correctors on one ETag: one wins', async (t) => {
  const api = await startApi(t)
  const { id } = await post(api)
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      api.as('kendari').patch(`/v1/reports/${id}`, { subject: `Perubahan nomor ${i}` }, `"${id}.1"`),
    ),
  )
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, ...Array(9).fill(412)])
  const { items } = (await api.as('kendari').get(`/v1/reports/${id}/revisions`)).json()
  t.equal(items.length, 2)
})

t.test('verify racing withdraw, and two escalations at once: one of the two', async (t) => {
  const api = await startApi(t)
  for (const match of ['*', 'etag']) {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await post(api)
      const at = match === '*' ? '*' : `"${id}.1"`
      const answers = await Promise.all([
        api.as('sultra').change(`/v1/reports/${id}/verify`, undefined, at),
        api.as('kendari').change(`/v1/reports/${id}/withdraw`, undefined, at),
      ])
      t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, match === '*' ? 409 : 412])
      const { items } = (await api.as('kendari').get(`/v1/reports/${id}/revisions`)).json()
      t.equal(items.length, 2)
    }
  }
  const { id } = await post(api)
  await step(api, id, 'sultra', 'verify')
  const twice = await Promise.all([step(api, id, 'kendari', 'escalate'), step(api, id, 'kendari', 'escalate')])
  t.same(twice.map(({ statusCode }) => statusCode).sort(), [200, 409], 'once by the regency, and not on to the nation')
})
