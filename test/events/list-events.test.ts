import { sql } from 'drizzle-orm'
import t from 'tap'
import { callerOf } from '../../src/access/caller.ts'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { statement } from '../../src/database/statement.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

interface Event {
  sequence: number
  type: string
  subject: { id: string; version: number }
  report: string | null
}

async function post({ as }: Api, by: CallerName, report = aReport()) {
  const posted = await as(by).post('/v1/reports', report)
  if (posted.statusCode !== 201) throw new Error(posted.payload)
  return posted.json().id as string
}

async function read({ as }: Api, by: CallerName, query = ''): Promise<{ items: Event[]; next: number }> {
  const answer = await as(by).get(`/v1/events${query}`)
  if (answer.statusCode !== 200) throw new Error(answer.payload)
  return answer.json()
}

async function refused({ as }: Api, by: CallerName, query: string) {
  const answer = await as(by).get(`/v1/events${query}`)
  return answer.json()
}

const short = ({ items }: { items: Event[] }) => items.map(({ type, report }) => `${type} ${report}`)

t.test('an office reads what happened in its scope, in order and complete', async (t) => {
  const api = await startApi(t)
  const id = await post(api, 'kendari')
  const later = (seconds: number) => {
    api.time.now = new Date(testNow.getTime() + seconds * 1000)
  }
  t.same(await read(api, 'kendari'), { items: [], next: 0 }, 'not before it has its number')
  later(1)
  await post(api, 'denpasar', aReportIn('51.71'))
  later(2)
  const { id: question } = (
    await api.as('sultra').post(`/v1/reports/${id}/questions`, { text: 'Siapa pelakunya?' })
  ).json()
  later(3)
  await api.as('kendari').change(`/v1/reports/${id}/questions/${question}/answer`, { text: 'Belum dikenali.' }, '*')
  later(4)
  await api.as('sultra').change(`/v1/reports/${id}/verify`, undefined, '*')
  await api.chain()
  const all = await read(api, 'kendari')
  t.same(short(all), [
    `report.submitted ${id}`,
    `question.asked ${id}`,
    `question.answered ${id}`,
    `report.verified ${id}`,
  ])
  t.same(
    all.items.map(({ sequence }) => sequence),
    [1, 3, 4, 5],
  )
  t.equal(all.next, 5)
  const { rows } = await api.admin.query(`SELECT id FROM events WHERE sequence = 3`)
  t.same(all.items[1], {
    id: rows[0].id,
    sequence: 3,
    type: 'question.asked',
    subject: { id: question, version: 1 },
    report: id,
    office: '74.71',
    region: { province: '74', regency: '74.71' },
    handling: 'restricted',
    occurredAt: '2024-11-26T00:00:02.000Z',
  })
  for (const [by, sequences] of [
    ['sultra', [1, 3, 4, 5]],
    ['nation', [1, 2, 3, 4, 5]],
    ['bali', [2]],
    ['denpasar', [2]],
    ['kolaka', []],
    ['kendariOrdinary', []],
    ['bssn', []],
  ] as const) {
    const { items, next } = await read(api, by)
    t.same(
      items.map(({ sequence }) => sequence),
      sequences,
      by,
    )
    t.equal(next, sequences.at(-1) ?? 0)
  }
  t.same(await read(api, 'kendari', '?after=5'), { items: [], next: 5 })
  for (const query of ['?after=6', '?after=9007199254740991&wait=30'])
    t.match(await refused(api, 'kendari', query), { status: 409, code: 'events_position_unknown', oldest: 0 }, query)
  t.same(await read(api, 'bssn', '?after=0&types=report.submitted'), { items: [], next: 0 })
  const answers = await read(api, 'kendari', '?types=question.answered,question.asked')
  t.same(short(answers), [`question.asked ${id}`, `question.answered ${id}`])
  t.equal(answers.next, 4)
  t.equal((await read(api, 'kendari', '?types=question.asked&limit=1')).next, 3, 'a full page ends where it ends')
  t.same(
    await read(api, 'kendari', '?from=end'),
    { items: [], next: 5 },
    'whoever begins at the end is told of nothing',
  )
  t.equal((await read(api, 'kendari', '?from=end&types=report.submitted')).next, 1, 'the last of its kinds')
  t.same(await read(api, 'bssn', '?from=end'), { items: [], next: 0 }, 'and of others’ only as far as anybody is')
  t.equal((await read(api, 'kendari', '?from=end&after=4')).items.length, 1, 'but for whoever has a position')
  t.equal((await read(api, 'kendari', '?from=oldest')).items.length, 4)
  const malformed = [
    'after=-1',
    'after=x',
    'after=1.5',
    'after=1e2',
    'after=007',
    'after=',
    'after=9223372036854775808',
    'after=1&after=2',
  ]
  for (const query of [
    ...malformed,
    'types=report.lost',
    'types=',
    'limit=201',
    'cursor=AAAA',
    'from=',
    'from=middle',
  ].map((each) => `?${each}`))
    t.equal((await api.as('kendari').get(`/v1/events${query}`)).statusCode, 400, query)
  t.equal((await api.as('kendariReader').get('/v1/events')).statusCode, 403)
})

t.test('a walk while others post reads every event once, in its order', async (t) => {
  const api = await startApi(t)
  const ids = []
  for (let i = 0; i < 5; i += 1)
    ids.push(await post(api, i % 2 ? 'kolaka' : 'kendari', aReportIn(i % 2 ? '74.01' : '74.71')))
  await api.chain()
  const walked: Event[] = []
  let url: string | undefined = '/v1/events?limit=2'
  let after = 0
  while (url) {
    const page: Awaited<ReturnType<ReturnType<Api['as']>['get']>> = await api.as('sultra').get(url)
    walked.push(...page.json().items)
    after = page.json().next
    url = /<(.*)>/.exec(String(page.headers.link ?? ''))?.[1]
    if (url) t.equal(url, `/v1/events?limit=2&after=${after}`)
    if (ids.length < 9) {
      ids.push(await post(api, 'kendari'))
      await api.chain()
    }
  }
  ids.push(await post(api, 'kendari'))
  await api.chain()
  walked.push(...(await read(api, 'sultra', `?after=${after}`)).items)
  t.same(walked.map(({ subject }) => subject.id).sort(), [...ids].sort())
  t.same(
    walked.map(({ sequence }) => sequence),
    ids.map((_, index) => index + 1),
  )
})

t.test('readers beside posts and a sequencer miss nothing', async (t) => {
  const api = await startApi(t)
  const state = { posting: true }
  const seen: number[] = []
  const follow = async () => {
    let after = 0
    for (;;) {
      const last = !state.posting
      const { items, next } = await read(api, 'kendari', `?after=${after}&types=report.submitted&limit=3`)
      seen.push(...items.map(({ sequence }) => sequence))
      if (last && next === after) return
      after = next
    }
  }
  const work = async () => {
    for (let round = 0; round < 8; round += 1) {
      await Promise.all([
        post(api, 'kendari'),
        post(api, 'kendariSecret', aReport({ handling: 'secret' })),
        post(api, 'kendari'),
        api.chain(),
      ])
    }
    await api.chain()
    state.posting = false
  }
  await Promise.all([follow(), work()])
  const { rows } = await api.admin.query('SELECT sequence::int FROM events WHERE handling = 1 ORDER BY sequence')
  t.same(
    seen,
    rows.map(({ sequence }) => sequence),
  )
  t.equal(seen.length, 16)
})

t.test('what happened to a report is hidden with it', async (t) => {
  const api = await startApi(t)
  const id = await post(api, 'kendari')
  const open = await post(api, 'kendari')
  await api.as('sultra').post(`/v1/reports/${id}/questions`, { text: 'Siapa pelakunya?' })
  await api.chain()
  t.equal((await read(api, 'kendari')).items.length, 3)
  await api.as('nation').patch(`/v1/reports/${id}`, { handling: 'secret' }, '*')
  await api.chain()
  t.same(short(await read(api, 'kendari')), [`report.submitted ${open}`])
  t.same(short(await read(api, 'sultra')), [`report.submitted ${open}`])
  t.equal((await read(api, 'kendariSecret')).items.length, 4)
  const reason = { reason: 'Diperiksa bersama Bawaslu Kota Kendari.' }
  await api.as('kendariSecret').patch(`/v1/reports/${id}`, { handling: 'restricted', ...reason }, '*')
  await api.chain()
  const again = short(await read(api, 'kendari', '?after=4'))
  t.same(again, [`report.handling_changed ${id}`], 'who is behind learns that it is there again')

  const moving = await post(api, 'sultra', aReportIn('74.71'))
  const there = { location: { regionCode: '74.01' } }
  await api.as('sultra').patch(`/v1/reports/${moving}`, there, '*')
  await api.chain()
  const of = async (by: CallerName) => (await read(api, by)).items.filter(({ report }) => report === moving)
  t.same(await of('kendari'), [])
  t.same(
    (await of('kolaka')).map(({ type }) => type),
    ['report.corrected'],
  )
})

t.test('either belt alone holds for events, and the one who acted is shown to nobody', async (t) => {
  const api = await startApi(t)
  const posts: [CallerName, string, Record<string, unknown>][] = [
    ['kendari', '74.71', {}],
    ['kendariSecret', '74.71', { handling: 'secret' }],
    ['sultra', '74', {}],
    ['denpasar', '51.71', {}],
    ['nation', '00', {}],
  ]
  for (const [by, region, changes] of posts) {
    await post(api, by, aReportIn(region, changes))
    await api.chain()
  }
  const raised = await post(api, 'kendari')
  await api.as('nation').patch(`/v1/reports/${raised}`, { handling: 'top_secret' }, '*')
  await api.chain()
  await post(api, 'kendari')
  const seen: Partial<Record<CallerName, number[]>> = {
    kendari: [1],
    kendariSecret: [1, 2],
    kendariOrdinary: [],
    kolaka: [],
    sultra: [1, 3],
    sultraTopSecret: [1, 2, 3, 6, 7],
    denpasar: [4],
    analyst: [1, 3, 4, 5],
    nation: [1, 2, 3, 4, 5, 6, 7],
    bssn: [],
  }
  const pool = createPool(api.serviceUrl, 1, () => {})
  t.teardown(() => pool.end())
  const db = new Database(pool, await ReferenceStore.open(pool))
  const callerNamed = (name: CallerName) => {
    const { clientId, place, clearance, scopes } = callers[name]
    const token = { iss: 'urn:waspada:issuer', jti: 'a', iat: testNow.getTime() / 1000 }
    return callerOf({ ...token, sub: clientId, client_id: clientId, scope: scopes.join(' '), clearance, ...place })
  }
  const all = statement('test_all_events', sql`SELECT sequence::int FROM events ORDER BY sequence`)
  const actors = statement('test_actors', sql`SELECT actor, client_id FROM events`)
  for (const [name, sequences] of Object.entries(seen) as [CallerName, number[]][]) {
    const rows = await db.read<{ sequence: number }>(callerNamed(name), all, {})
    t.same(
      rows.map(({ sequence }) => sequence),
      sequences,
      `${name} by the policies alone`,
    )
    await t.rejects(db.read(callerNamed(name), actors, {}), { code: '42501' })
  }
  for (const table of ['events', 'reports'])
    await api.admin.query(
      `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`,
    )
  for (const [name, sequences] of Object.entries(seen) as [CallerName, number[]][])
    t.same(
      (await read(api, name)).items.map(({ sequence }) => sequence),
      sequences,
      `${name} by the predicate alone`,
    )
})
