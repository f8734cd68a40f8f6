import pg from 'pg'
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

async function readsOf({ admin }: Api, id: string) {
  const { rows } = await admin.query(
    `SELECT operation, client_id AS client, handling FROM audit_entries WHERE action = 'report.read' AND resource_id = $1 ORDER BY id`,
    [id],
  )
  return rows
}

t.test('what is merged, taken back and left alone', async (t) => {
  const api = await startApi(t)
  const { id, ...report } = await post(api, 'kendari', {
    impact: null,
    athgNotes: { threat: 'a b c', obstacle: 'd e f' },
  })
  const patch = async (body: unknown, status = 200) => {
    const answer = await api.as('kendari').patch(`/v1/reports/${id}`, body, '*')
    t.equal(answer.statusCode, status, `${JSON.stringify(body)}: ${answer.payload.slice(0, 300)}`)
    return answer.json()
  }
  for (const nothing of [
    {},
    because,
    { subject: report.subject.normalize('NFD') },
    { occurredAt: '2024-11-25T22:30:00.000+08:00' },
  ])
    t.equal((await patch(nothing)).version, 1, 'what changes nothing makes no version')
  t.match(await patch({ location: { coordinates: null } }), {
    version: 2,
    location: { ...report.location, coordinates: null },
    classification: report.classification,
  })
  t.match(await patch({ impact: { deaths: 1 } }), { impact: { deaths: 1, missing: null, lossIdr: null } })
  t.match(await patch({ source: { reliability: null, method: null } }), {
    source: { kind: 'fkdm', method: null, reliability: 'F' },
  })
  t.same((await patch({ athgNotes: { threat: null } })).athgNotes, { obstacle: 'd e f' })
  t.match(await patch({ athg: 'obstacle' }, 422), { errors: [{ pointer: '/athgNotes/obstacle', code: 'not_allowed' }] })
  t.match(await patch({ athg: 'obstacle', athgNotes: { obstacle: null } }), { athg: 'obstacle', athgNotes: {} })
  t.match(await patch({ occurredAt: '2024-11-25T23:30:00+09:00' }), {
    occurredAt: report.occurredAt,
    occurredAtOffset: '+09:00',
  })
  t.match(await patch({ occurredAt: '2024-11-20T00:00:00+08:00' }), { classification: { flags: ['late'] } })
  api.time.now = new Date(api.time.now.getTime() + 86_400_000)
  t.match(
    await patch({ occurredAt: '2024-11-26T09:00:00+08:00' }),
    { classification: { flags: ['occurred_in_future'] } },
    'as it was received',
  )
  t.match(await patch({ incidentType: 'tidak_ada' }, 422), { errors: [{ pointer: '/incidentType' }] })
  t.match(await patch({ actors: [null] }, 422), { code: 'body_invalid' })
})

t.test('a patch that is none is refused, and a version that is not named so', async (t) => {
  const api = await startApi(t)
  const { id } = await post(api)
  const url = `/v1/reports/${id}`
  const send = (body: string, type: string, tag = '*') =>
    api.as('kendari').send('PATCH', url, body, { headers: { 'content-type': type, 'if-match': tag } })
  const plain = await send('{"severity":"high"}', 'application/json')
  t.equal(plain.statusCode, 415)
  t.equal(plain.headers['accept-patch'], 'application/merge-patch+json')
  const merge = 'application/merge-patch+json'
  t.equal((await send(`{"facts":"${'a'.repeat(300_000)}"}`, merge)).statusCode, 413)
  for (const [body, status] of [
    ['{"__proto__":{"severity":"high"}}', [400, 422]],
    ['{"location":{"__proto__":{"place":"x"}}}', [400, 422]],
    ['{"constructor":{}}', [422]],
    ['[]', [422]],
    ['null', [422]],
    ['{"severity":"high","severity":"low"}', [400, 422]],
  ] as const)
    t.ok((status as readonly number[]).includes((await send(body, merge)).statusCode), body)
  for (const tag of [`W/"${id}.1"`, `${id}.1`, '"*"', `"${id}.1.1"`])
    t.equal((await send('{"severity":"high"}', merge, tag)).statusCode, 412, tag)
  t.equal((await send('{"severity":"high"}', merge, `"x", W/"y", "${id}.1"`)).statusCode, 200, 'one of a list')
})

t.test('a handling taken back is the one that nobody said anything of', async (t) => {
  const api = await startApi(t)
  const ordinary = await post(api, 'kendari', { handling: 'ordinary' })
  const patch = (id: string, by: CallerName, body: unknown) => api.as(by).patch(`/v1/reports/${id}`, body, '*')
  t.match((await patch(ordinary.id, 'kendari', { handling: null })).json(), { version: 2, handling: 'restricted' })
  const secret = await post(api, 'kendariSecret', { handling: 'secret' })
  t.match((await patch(secret.id, 'kendariSecret', { handling: null })).json(), { errors: [{ pointer: '/reason' }] })
  t.match((await patch(secret.id, 'kendariSecret', { handling: null, ...because })).json(), { handling: 'restricted' })
  t.match((await patch(secret.id, 'kolaka', { handling: 'restricted' })).json(), { code: 'report_not_found' })
  const provincial = await post(api, 'sultra')
  t.match((await patch(provincial.id, 'kendari', { handling: 'restricted' })).json(), { code: 'not_in_charge' })
})

t.test(
  'whoever is shown something secret is told of, also where nothing changes or it is secret no more',
  async (t) => {
    const api = await startApi(t)
    const { id } = await post(api, 'kendariSecret', { handling: 'secret' })
    const url = `/v1/reports/${id}`
    await api.as('kendariSecret').patch(url, {}, '*')
    await api.as('kendariSecret').patch(url, { handling: 'secret' }, '*')
    t.same(await readsOf(api, id), Array(2).fill({ operation: 'correctReport', client: 'kendari-secret', handling: 2 }))
    await api.as('kendariSecret').patch(url, { facts: 'Rincian rahasia tentang sumber di lapangan.' }, '*')
    await api.as('kendariSecret').patch(url, { handling: 'restricted', ...because }, '*')

    await api.as('kendari').get(`${url}/revisions`)
    t.equal((await readsOf(api, id)).length, 2, 'what is withheld is not read')
    const shown = await api.as('kendariSecret').get(`${url}/revisions`)
    t.match(shown.json().items[1].changes.after, { facts: /rahasia/ })
    t.same(
      (await readsOf(api, id)).filter(({ operation }) => operation === 'listRevisions'),
      [{ operation: 'listRevisions', client: 'kendari-secret', handling: 2 }],
    )
    await api.as('kendariSecret').get(`${url}/revisions?limit=1`)
    t.equal((await readsOf(api, id)).length, 3, 'the first page tells nothing secret')

    const opened = { reason: 'Isi laporan diperlukan sebelum penghitungan suara.', minutes: 30 }
    const grant = (await api.as('analyst').post('/v1/access/break-glass', opened)).json().id
    const headers = { 'break-glass': grant }
    t.equal((await api.as('analyst').get(`${url}/revisions`)).json().items[1].changes, null)
    const through = await api.as('analyst').get(`${url}/revisions`, { headers })
    t.match(through.json().items[1].changes.after, { facts: /rahasia/ })
    t.same(
      (await readsOf(api, id)).filter(({ client }) => client === 'analyst'),
      [{ operation: 'listRevisions', client: 'analyst', handling: 2 }],
    )
    const { rows } = await api.admin.query(`SELECT type, handling FROM events WHERE type = 'report.read_through_glass'`)
    t.same(rows, [{ type: 'report.read_through_glass', handling: 1 }], 'the offices that see the report hear of it')
  },
)

t.test('a cursor of revisions is good for its report alone', async (t) => {
  const api = await startApi(t)
  const [one, other] = [await post(api), await post(api)]
  await api.as('kendari').patch(`/v1/reports/${one.id}`, { severity: 'high' }, '*')
  const first = (await api.as('kendari').get(`/v1/reports/${one.id}/revisions?limit=1`)).json()
  const rest = (await api.as('kendari').get(`/v1/reports/${one.id}/revisions?cursor=${first.next}`)).json()
  t.same(
    [...first.items, ...rest.items].map(({ version }: { version: number }) => version),
    [1, 2],
  )
  t.equal(rest.next, null)
  t.match((await api.as('kendari').get(`/v1/reports/${other.id}/revisions?cursor=${first.next}`)).json(), {
    code: 'cursor_invalid',
  })
})

t.test('an exercise flows everywhere and counts nowhere, whenever it becomes one', async (t) => {
  const api = await startApi(t)
  const { id } = await post(api, 'kendari', { exercise: true })
  const ids = async (query: string) =>
    (await api.as('sultra').get(`/v1/reports?${query}`)).json().items.map((item: { id: string }) => item.id)
  t.same([await ids('counted=true'), await ids('counted=false'), await ids('exercise=true')], [[], [id], [id]])
  await api.as('sultra').change(`/v1/reports/${id}/verify`, undefined, '*')
  t.same([await ids('counted=true'), await ids('status=verified')], [[], [id]])
  await api.as('kendari').patch(`/v1/reports/${id}`, { exercise: false, ...because }, '*')
  t.same([await ids('counted=true'), await ids('exercise=true')], [[id], []])
  await api.as('kendari').patch(`/v1/reports/${id}`, { exercise: true, ...because }, '*')
  t.same([await ids('counted=true'), await ids('counted=false')], [[], [id]])
  const { items } = (await api.as('sultra').get(`/v1/reports/${id}/revisions`)).json()
  t.same(
    items.map(({ changed }: { changed: string[] }) => changed.includes('exercise')),
    [false, false, true, true],
  )
  const { rows } = await api.admin.query('SELECT type FROM events WHERE subject_id = $1 ORDER BY subject_version', [id])
  t.same(
    rows.map(({ type }) => type),
    ['report.submitted', 'report.verified', 'report.corrected', 'report.corrected'],
  )
})

t.test('what the schema refuses of whoever reaches it past the service', async (t) => {
  const api = await startApi(t)
  const { id } = await post(api)
  const provincial = await post(api, 'sultra')
  const foreign = (await api.as('denpasar').post('/v1/reports', aReport({ location: { regionCode: '51.71' } }))).json()
  const client = new pg.Client({ connectionString: api.serviceUrl })
  await client.connect()
  t.teardown(() => client.end())
  const attempt = async (text: string, values: unknown[] = []) => {
    await client.query('BEGIN')
    try {
      await client.query(`SET LOCAL ROLE waspada_regency`)
      await client.query(`SELECT set_config('waspada.region', '74.71', true), set_config('waspada.clearance', '1', true),
        set_config('waspada.client', 'kendari', true), set_config('waspada.actor', 'x', true)`)
      return (await client.query(text, values)).rowCount
    } finally {
      await client.query('ROLLBACK')
    }
  }
  const revise = `INSERT INTO report_revisions (report_id, version, region_code, handling, action, changed_at, client_id, actor, office_code, status, level, changed)
    VALUES ($1, $2, $3, 1, 'corrected', now(), 'kendari', 'x', '74.71', 'submitted', 'regency', '{}')`
  await t.rejects(attempt(revise, [foreign.id, 2, '51.71']), 'of a report elsewhere')
  await t.rejects(attempt(revise, [id, 2, '74.71']), { code: '23000' }, 'of a version that does not stand')
  const set = (columns: string) => `UPDATE reports SET version = version + 1, ${columns} WHERE id = $1`
  await t.rejects(
    attempt(set(`region_code = '51.71'`), [id]),
    { code: '23514' },
    'its children would be seen elsewhere',
  )
  await t.rejects(
    attempt(set(`region_code = '74.01', regency_code = '74.01'`), [id]),
    { code: '42501' },
    'out of sight',
  )
  await t.rejects(attempt(set('handling = 2'), [id]), { code: '42501' }, 'out of sight')
  await t.rejects(attempt(set('verified_at = now()'), [id]), { code: '23000' }, 'verified by the way')
  await t.rejects(attempt(set(`level = 'province'`), [id]), { code: '23000' })
  await t.rejects(attempt(set(`status = 'closed'`), [id]), { code: '23000' })
  t.equal(await attempt(set(`severity = 'low'`), [foreign.id]), 0, 'what is not seen is not changed')
  await t.rejects(attempt(set(`status = 'verified', level = 'regency', verified_at = now()`), [provincial.id]), {
    code: '23000',
  })
})
