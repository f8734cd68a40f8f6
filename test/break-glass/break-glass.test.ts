import t from 'tap'
import { aReportIn } from '../support/a-report.ts'
import { callers } from '../support/callers.ts'
import { holdRaise } from '../support/hold-change.ts'
import { startApi, testNow } from '../support/start-api.ts'

type Api = Awaited<ReturnType<typeof startApi>>

const reason = 'Ancaman bom di Kendari: isi laporan rahasia diperlukan untuk evakuasi.'
const url = '/v1/access/break-glass'

const postSecret = async ({ as }: Api, handling = 'secret') =>
  (await as('kendariSecret').post('/v1/reports', aReportIn('74.71', { handling }))).json().id as string
const open = async ({ as }: Api, body: object = {}) =>
  (await as('analyst').post(url, { reason, ...body })).json().id as string
const through = (grant: string) => ({ headers: { 'break-glass': grant } })
const audited = async ({ admin }: Api, action: string) =>
  (await admin.query('SELECT * FROM audit_entries WHERE action = $1 ORDER BY occurred_at, id', [action])).rows

t.test('an official of the nation reads above their clearance, and everybody concerned knows', async (t) => {
  const api = await startApi(t)
  const { as } = api
  const id = await postSecret(api)
  t.equal((await as('analyst').get(`/v1/reports/${id}`)).statusCode, 404)

  const opened = await as('analyst').post(url, { reason, clearance: 'secret', minutes: 30 })
  t.equal(opened.statusCode, 201)
  t.match(opened.json(), {
    clientId: 'analyst',
    actor: 'official-of-analyst',
    reason,
    clearance: 'secret',
    openedAt: '2024-11-26T00:00:00.000Z',
    expiresAt: '2024-11-26T00:30:00.000Z',
  })
  const grant = opened.json().id
  t.equal((await as('analyst').get(`/v1/reports/${id}`)).statusCode, 404, 'without naming the grant nothing changes')
  const read = await as('analyst').get(`/v1/reports/${id}`, through(grant))
  t.equal(read.statusCode, 200)
  t.equal(read.json().handling, 'secret')
  const listed = await as('analyst').get('/v1/reports', through(grant))
  t.same(
    listed.json().items.map((item: { id: string }) => item.id),
    [id],
  )

  t.match(await audited(api, 'break_glass.opened'), [
    { client_id: 'analyst', actor: 'official-of-analyst', resource_id: grant, details: { clearance: 'secret' } },
  ])
  const reads = (await audited(api, 'report.read')).filter(({ break_glass_id }) => break_glass_id !== null)
  t.equal(reads.length, 2, 'each read is in the audit, by id and in the list')
  for (const read of reads) t.match(read, { resource_id: id, handling: 2, break_glass_id: grant })
  t.same(reads.map(({ operation }) => operation).sort(), ['findReport', 'listReports'])
  const { rows: events } = await api.admin.query(`SELECT * FROM events WHERE type = 'report.read_through_glass'`)
  t.match(events, [{ subject_id: id, regency_code: '74.71', handling: 2 }], 'one event, however often it is read')

  for (const concerned of ['kendariSecret', 'sultraTopSecret', 'nation'] as const) {
    const seen = (await as(concerned).get(url)).json()
    t.match(seen.items, [{ grant: { id: grant, reason, actor: 'official-of-analyst' }, report: { id } }], concerned)
    t.equal(seen.next, null)
  }
  for (const other of ['kendari', 'kolaka', 'sultra', 'bali', 'analyst'] as const)
    t.same((await as(other).get(url)).json().items, [], `${other} does not see the report, so neither this`)
})

t.test('a grant reaches no further than it says, and no longer', async (t) => {
  const api = await startApi(t)
  const { as, time } = api
  const topSecret = (await as('nation').post('/v1/reports', aReportIn('74.71', { handling: 'top_secret' }))).json().id
  const secret = await postSecret(api)
  const grant = await open(api, { clearance: 'secret', minutes: 10 })
  t.equal((await as('analyst').get(`/v1/reports/${topSecret}`, through(grant))).statusCode, 404)
  const ids = (await as('analyst').get('/v1/reports', through(grant)))
    .json()
    .items.map((item: { id: string }) => item.id)
  t.same(ids, [secret])
  time.now = new Date(testNow.getTime() + 10 * 60_000)
  const late = await as('analyst').get(`/v1/reports/${secret}`, through(grant))
  t.equal(late.statusCode, 400)
  t.match(late.json().errors, [{ header: 'Break-Glass', code: 'grant_not_in_force' }])
})

t.test('a grant serves the official who opened it, and nobody else', async (t) => {
  const api = await startApi(t)
  const { as, admin } = api
  const id = await postSecret(api)
  const grant = await open(api)
  const asOther = `Bearer ${await api.tokenOf(callers.analyst, { subject: 'another-official' })}`
  const other = await api.call({
    method: 'GET',
    url: `/v1/reports/${id}`,
    headers: { authorization: asOther, 'break-glass': grant },
  })
  t.match(other.json().errors, [{ header: 'Break-Glass', code: 'grant_not_in_force' }])
  const foreign = await as('nation').delete(`${url}/${grant}`)
  t.match(foreign.json(), { status: 404, code: 'break_glass_grant_not_found' })
  t.equal((await as('kendari').get(`/v1/reports/${id}`, through(grant))).statusCode, 403, 'an office lacks the scope')
  await admin.query(`UPDATE clients SET scopes = '{reports:read}' WHERE client_id = 'analyst'`)
  t.equal((await as('analyst').get(`/v1/reports/${id}`, through(grant))).statusCode, 403, 'nor a client that lost it')
})

t.test('a grant can be ended before its time, once', async (t) => {
  const api = await startApi(t)
  const { as } = api
  const id = await postSecret(api)
  const grant = await open(api)
  t.equal((await as('analyst').delete(`${url}/${grant}`)).statusCode, 204)
  t.equal((await as('analyst').get(`/v1/reports/${id}`, through(grant))).statusCode, 400)
  t.equal((await as('analyst').delete(`${url}/${grant}`)).statusCode, 404)
  t.equal((await audited(api, 'break_glass.closed')).length, 1)
})

t.test('what opens no grant', async (t) => {
  const api = await startApi(t)
  const { as, admin } = api
  const refused = async (body: object) => (await as('analyst').post(url, body)).json()
  t.match(await refused({ reason: 'kurang' }), { errors: [{ pointer: '/reason', code: 'too_short' }] })
  t.match(await refused({ reason, minutes: 241 }), { errors: [{ pointer: '/minutes', code: 'too_large' }] })
  t.match(await refused({ reason, clearance: 'restricted' }), {
    errors: [{ pointer: '/clearance', code: 'not_allowed' }],
  })
  t.equal((await as('nation').post(url, { reason })).statusCode, 422, 'who is cleared for everything needs none')
  t.equal((await as('sultra').post(url, { reason })).statusCode, 403, 'a province')
  t.equal((await as('bssn').post(url, { reason })).statusCode, 403, 'an agency')
  const system = `Bearer ${await api.tokenOf(callers.analyst, { subject: 'analyst' })}`
  const bySystem = await api.call({
    method: 'POST',
    url,
    headers: { authorization: system, 'content-type': 'application/json' },
    payload: JSON.stringify({ reason }),
  })
  t.match(bySystem.json(), { status: 403, code: 'person_required' })
  t.equal((await admin.query('SELECT FROM break_glass_grants')).rowCount, 0)
  t.equal((await audited(api, 'break_glass.opened')).length, 0)
})

t.test('the list of what was read goes on by pages', async (t) => {
  const api = await startApi(t)
  const { as } = api
  const ids = [await postSecret(api), await postSecret(api), await postSecret(api)]
  const grant = await open(api)
  for (const id of ids) await as('analyst').get(`/v1/reports/${id}`, through(grant))
  const seen: string[] = []
  let next: string | undefined = `${url}?limit=2`
  while (next !== undefined) {
    const page = await as('kendariSecret').get(next)
    seen.push(...page.json().items.map(({ report }: { report: { id: string } }) => report.id))
    next = /^<([^>]+)>/.exec(String(page.headers.link ?? ''))?.[1]
  }
  t.same(seen.sort(), ids.sort())
})

t.test('a report that is raised while it is read through the glass is read as it stands then', async (t) => {
  const api = await startApi(t)
  const { as } = api
  const id = await postSecret(api)
  const headers = through(await open(api))
  const raising = await holdRaise(api, id)
  const reading = [`/v1/reports/${id}`, '/v1/reports', `/v1/reports/${id}/revisions`].map((each) =>
    as('analyst').get(each, headers),
  )
  await raising.untilWaiting(reading.length)
  await raising.commit()
  for (const answer of await Promise.all(reading)) t.equal(answer.statusCode, 200, answer.payload)
  const [first, second, third] = await audited(api, 'report.read')
  for (const told of [first, second, third]) t.match(told, { resource_id: id, resource_version: 2, handling: 3 })
  const { rows } = await api.admin.query('SELECT report_id, handling FROM break_glass_reads')
  t.same(rows, [{ report_id: id, handling: 3 }])
})
