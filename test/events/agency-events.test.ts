import { sql } from 'drizzle-orm'
import t from 'tap'
import { callerOf } from '../../src/access/caller.ts'
import { handlingRank, scopesOf } from '../../src/access/vocabulary.ts'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { statement } from '../../src/database/statement.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import type { TestCaller } from '../support/callers.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

const agency = (clientId: string, clearance: TestCaller['clearance']): TestCaller => ({
  clientId,
  place: { agency: clientId },
  clearance,
  scopes: scopesOf('agency'),
})

/** Events addressed to agencies, in their order: to whom, of which handling, and who hears nothing of it. */
const addressed: [string[] | null, number | null, (string[] | null)?, number?][] = [
  [null, 0],
  [null, 1],
  [null, 2],
  [null, 3],
  [['bssn'], 1],
  [['bawaslu'], 1],
  [['bssn', 'bawaslu'], 2],
  [null, 1, ['bssn'], 0],
  [null, 1, null, 1],
  [null, 0, null, 2],
  [null, null],
]
const heard: [TestCaller, number[]][] = [
  [agency('bssn', 'secret'), [1, 2, 3, 5, 7]],
  [agency('bawaslu', 'restricted'), [1, 2, 6, 8, 10]],
  [agency('ombudsman', 'ordinary'), [1, 10]],
  [agency('polri', 'top_secret'), [1, 2, 3, 4, 8]],
]

async function tell({ admin }: Api): Promise<void> {
  for (const { clientId, clearance, scopes } of heard.map(([caller]) => caller))
    await admin.query(
      `INSERT INTO clients (client_id, agency, scopes, clearance, created_at) VALUES ($1, $1, $2, $3, '2024-01-01Z') ON CONFLICT DO NOTHING`,
      [clientId, scopes, handlingRank(clearance)],
    )
  let second = 0
  for (const [agencies, handling, notAgencies = null, notHandling = null] of addressed) {
    second += 1
    await admin.query(
      `INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at,
        agencies, agency_handling, not_agencies, not_handling)
      VALUES (gen_random_uuid(), 'release.published', gen_random_uuid(), 1, '74.71', '74', '74.71', 2, 'kendari', 'official', $1, $2, $3, $4, $5)`,
      [new Date(testNow.getTime() + second * 1000), agencies, handling, notAgencies, notHandling],
    )
  }
}

t.test('an agency reads what is addressed to it, and either belt alone holds', async (t) => {
  const api = await startApi(t)
  const reported = await api.as('kendari').post('/v1/reports', (await import('../support/a-report.ts')).aReport())
  t.equal(reported.statusCode, 201)
  await tell(api)
  await api.chain()
  // The report was posted before the others happened.
  const numbers = (await api.admin.query(`SELECT sequence::int FROM events WHERE type = 'report.submitted'`)).rows
  t.same(numbers, [{ sequence: 1 }])
  const read = async (caller: TestCaller, query = '') => {
    const authorization = `Bearer ${await api.tokenOf(caller)}`
    const answer = await api.call({ method: 'GET', url: `/v1/events${query}`, headers: { authorization } })
    t.equal(answer.statusCode, 200, answer.payload)
    return answer.json()
  }
  const placesOf = (items: { sequence: number }[]) => items.map(({ sequence }) => sequence - 1)
  for (const [caller, places] of heard) {
    const { items, next } = await read(caller)
    t.same(placesOf(items), places, caller.clientId)
    t.equal(next, items.at(-1).sequence)
    for (const { report, office, region, subject } of items)
      t.same([report, office, region, subject.version], [null, null, { province: null, regency: null }, 1])
    t.same(placesOf((await read(caller, '?types=release.published&limit=1')).items), places.slice(0, 1))
    t.same((await read(caller, '?types=release.retracted')).items, [])
  }
  const secret = (await read((heard[0] as [TestCaller, number[]])[0])).items
  t.same(
    secret.map(({ handling }: { handling: string }) => handling),
    ['ordinary', 'restricted', 'secret', 'restricted', 'secret'],
    'the handling is that of the release, and not of the report',
  )

  const pool = createPool(api.serviceUrl, 1, () => {})
  t.teardown(() => pool.end())
  const db = new Database(pool, await ReferenceStore.open(pool))
  const callerNamed = ({ clientId, place, clearance, scopes }: TestCaller) => {
    const token = { iss: 'urn:waspada:issuer', jti: 'a', iat: testNow.getTime() / 1000 }
    return callerOf({ ...token, sub: clientId, client_id: clientId, scope: scopes.join(' '), clearance, ...place })
  }
  const all = statement('test_all_agency_events', sql`SELECT sequence::int FROM events ORDER BY sequence`)
  for (const [caller, places] of heard)
    t.same(
      placesOf(await db.read<{ sequence: number }>(callerNamed(caller), all, {})),
      places,
      `${caller.clientId} by the policies alone`,
    )
  const [bssn] = heard[0] as [TestCaller, number[]]
  for (const column of ['report_id', 'office_code', 'regency_code', 'handling', 'actor', 'client_id'])
    await t.rejects(
      db.read(callerNamed(bssn), statement(`test_${column}`, sql`SELECT ${sql.identifier(column)} FROM events`), {}),
      { code: '42501' },
      `${column} is no business of agencies`,
    )
  await api.admin.query('ALTER TABLE events NO FORCE ROW LEVEL SECURITY; ALTER TABLE events DISABLE ROW LEVEL SECURITY')
  for (const [caller, places] of heard)
    t.same(placesOf((await read(caller)).items), places, `${caller.clientId} by the predicate alone`)
})

t.test('what is others’ is passed over in steps, and tells nobody of each', async (t) => {
  const api = await startApi(t)
  const numberOthers = async (count: number) => {
    await api.admin.query(
      `INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, handling, client_id, actor, occurred_at)
      SELECT gen_random_uuid(), 'situation_report.missing', gen_random_uuid(), 1, '51', '51', 1, 'bali', 'official', $1
      FROM generate_series(1, $2::int)`,
      [testNow, count],
    )
    await api.chain()
  }
  const nextOf = async (by: 'bssn' | 'kendari' | 'bali', after: number) =>
    (await api.as(by).get(`/v1/events?after=${after}&limit=200`)).json().next
  await numberOthers(99)
  t.same([await nextOf('bssn', 0), await nextOf('kendari', 0), await nextOf('bali', 0)], [0, 0, 99])
  await numberOthers(60)
  t.same([await nextOf('bssn', 0), await nextOf('kendari', 0), await nextOf('bali', 99)], [100, 100, 159])
  t.equal(await nextOf('kendari', 150), 150, 'never back')
})

t.test('no agency finds the end of the log by guessing, nor by waiting at what it guessed', async (t) => {
  const api = await startApi(t)
  const number = async (count: number, agency: string | null) => {
    await api.admin.query(
      `INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, handling, client_id, actor, occurred_at, agencies,
        agency_handling)
      SELECT gen_random_uuid(), 'release.published', gen_random_uuid(), 1, '51', '51', 1, 'bali', 'official', $1, ARRAY[$3::text],
        CASE WHEN $3 IS NOT NULL THEN 1 END FROM generate_series(1, $2::int)`,
      [testNow, count, agency],
    )
    await api.chain()
  }
  // Of others, with an event for the agency between them: it has the number 151 of 160.
  for (const [count, agency] of [
    [150, 'polri'],
    [1, 'bssn'],
    [9, 'polri'],
  ] as const)
    await number(count, agency)
  const answers = async (query: string) => {
    const got: Record<number, string> = {}
    for (const after of [0, 100, 120, 150, 151, 152, 159, 160, 161, 1000]) {
      const { statusCode, ...answer } = await api.as('bssn').get(`/v1/events?after=${after}${query}`)
      const { items, next, code } = answer.json()
      got[after] = statusCode === 200 ? `${items.length} ${next}` : code
    }
    return got
  }
  const unknown = 'events_position_unknown'
  const expected = {
    ...{ 0: '1 151', 100: '1 151', 120: unknown, 150: unknown, 151: '0 151', 152: unknown },
    ...{ 159: unknown, 160: unknown, 161: unknown, 1000: unknown },
  }
  for (const query of ['', '&wait=1', '&types=release.published']) t.same(await answers(query), expected, query)
  t.same(await answers('&types=release.retracted'), { ...expected, 0: '0 100', 100: '0 100' })
  await number(1, 'polri')
  t.same(await answers(''), expected, 'what happens to others changes nothing')
  const { oldest } = (await api.as('bssn').get('/v1/events?after=161')).json()
  t.match((await api.as('bssn').get(`/v1/events?after=${oldest}`)).json(), { items: [{ sequence: 151 }], next: 151 })
})

t.test('a reader of little comes through a long log in pieces', async (t) => {
  const api = await startApi(t)
  await api.admin.query(
    `INSERT INTO events (id, sequence, type, subject_id, subject_version, office_code, province_code, handling, client_id, actor, occurred_at)
    SELECT gen_random_uuid(), n, CASE WHEN n % 60000 = 0 THEN 'situation_report.corrected' ELSE 'situation_report.missing' END,
      gen_random_uuid(), 1, '51', '51', 1, 'bali', 'official', $1 FROM generate_series(1, 120010) n`,
    [testNow],
  )
  await api.admin.query(`UPDATE sequences SET last_sequence = 120010 WHERE stream = 'events'`)
  const walk = async (by: 'bali' | 'kendari') => {
    const pages: [number[], number][] = []
    for (let url = '/v1/events?types=situation_report.corrected'; url !== ''; ) {
      const answer = await api.as(by).get(url)
      const { items, next } = answer.json()
      pages.push([items.map(({ sequence }: { sequence: number }) => sequence), next])
      url = /<(.*)>/.exec(String(answer.headers.link ?? ''))?.[1] ?? ''
    }
    return pages
  }
  t.same(await walk('bali'), [
    [[], 50000],
    [[60000], 100000],
    [[120000], 120000],
  ])
  t.same(await walk('kendari'), [
    [[], 50000],
    [[], 100000],
    [[], 120000],
  ])
  const waited = await api.as('bali').get('/v1/events?types=situation_report.corrected&wait=30')
  t.match(waited.json(), { items: [{ sequence: 60000 }], next: 100000 }, 'whoever waits is taken over what is others')
})
