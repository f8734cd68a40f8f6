import { parse } from 'csv-parse/sync'
import { sql } from 'drizzle-orm'
import exceljs from 'exceljs'
import t from 'tap'
import { callerOf } from '../../src/access/caller.ts'
import { scopesOf } from '../../src/access/vocabulary.ts'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { statement } from '../../src/database/statement.ts'
import { loadSuccessions } from '../../src/reference/load-successions.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { type Asker, handlings } from '../statistics/model/model-report.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'
import type { Content } from './model.ts'
import { askers, get as getAs, postSomeReports, registerAgencies, release, retract } from './world.ts'

const minute = 60_000
const begun = testNow.getTime()
const asker = (clientId: string) => askers.find((each) => each.clientId === clientId) as Asker
const bssn = asker('bssn-3')

async function start(t: Parameters<typeof startApi>[0], settings: Parameters<typeof startApi>[1] = {}) {
  const api = await startApi(t, settings)
  await registerAgencies(api)
  const { ids, stages } = await postSomeReports(api)
  const report = ids[0] as string
  const give = (content: Partial<Content>, more: Partial<Parameters<typeof release>[2]> = {}) =>
    release(api, report, {
      ...{ agencies: null, handling: 0, releasedAt: begun - 60 * minute, ...more },
      content: { exercise: false, ...content },
    })
  const get = (url: string, by = bssn, headers = {}) => getAs(api, by, url, headers)
  const idsOf = async (query: string, by = bssn): Promise<string[]> => {
    const answer = await get(`/v1/releases?${query}`, by)
    if (answer.statusCode !== 200) throw new Error(answer.body)
    return answer.json().items.map(({ id }: { id: string }) => id)
  }
  return { api, report, stages, give, get, idsOf }
}

/** Releases that the audit was told of, by whom and in which version. */
async function told({ admin }: Api) {
  const { rows } = await admin.query(
    `SELECT concat_ws(' ', client_id, agency, office_code, operation, resource_type, resource_id, resource_version, handling) AS told
    FROM audit_entries WHERE action = 'release.read' ORDER BY told`,
  )
  return rows.map(({ told }) => told as string)
}

t.test('each release that a list, a search or an export gives is told to the audit, and no other', async (t) => {
  const { api, report, give, get } = await start(t)
  const first = await give({ subject: 'Baliho dirusak' })
  const second = await give({ subject: 'Gudang dibakar' }, { handling: 2, agencies: ['bssn'] })
  await give({ subject: 'Gudang polisi dibakar' }, { agencies: ['polri'] })
  await give({ subject: 'Baliho dirusak lagi' }, { id: first, version: 2, releasedAt: begun - minute })
  const line = (id: string, version: number, handling: number) =>
    `bssn-3 bssn listReleases release ${id} ${version} ${handling}`

  t.equal((await get('/v1/releases?limit=1')).json().items[0].version, 2)
  t.same(await told(api), [line(first, 2, 0)], 'the one that is shown, not the one that is looked at for a next page')
  await get('/v1/releases?q=dibakar')
  t.same((await told(api)).sort(), [line(first, 2, 0), line(second, 1, 2)].sort())
  await get('/v1/statistics/counts?groupBy=handling')
  await get('/v1/releases?q=dirusak&sort=releasedAt', asker('polri-0'))
  t.equal((await told(api)).length, 3)

  await api.admin.query(
    `INSERT INTO release_versions (release_id, version, report_id, region_code, handling, report_version, status, release_handling, fields,
      content, needs_second_person, proposed_at, proposed_by, proposing_client, proposing_office, published_at)
    SELECT gen_random_uuid(), 1, id, region_code, handling, version, 'published', 1, '{athg}', '{"exercise": false, "athg": "threat"}', false,
      $2::timestamptz - n * interval '1 s', 'official', 'nation', '00', $2::timestamptz - n * interval '1 s'
    FROM reports, generate_series(1, 1100) n WHERE id = $1`,
    [report, testNow.toISOString()],
  )
  const before = await told(api)
  const lines = (await get('/v1/releases?athg=threat', bssn, { accept: 'application/x-ndjson' })).body
    .split('\n')
    .filter(Boolean)
  const given = lines.map((text) => JSON.parse(text))
  t.equal(new Set(given.map(({ id }) => id)).size, 1100)
  const since = (await told(api)).filter((entry) => !before.includes(entry))
  t.same(since.sort(), given.map(({ id }) => line(id, 1, 1)).sort(), 'every batch')
  await api.chain()
  const audit = (await api.as('nation').get(`/v1/audit?resourceId=${second}`)).json().items
  t.match(audit, [{ action: 'release.read', agency: 'bssn', office: null, resource: { type: 'release', id: second } }])
})

t.test('a walk loses nothing that was there when it began, whatever changes meanwhile', async (t) => {
  // Time is set back for each order.
  const { api, give, get } = await start(t, { rateQuotas: { client: null, unauthenticated: null } })
  const severities = ['low', 'high', undefined, 'critical', 'moderate', 'high'] as const
  for (const sort of ['-releasedAt', 'releasedAt', '-occurredAt', 'occurredAt', '-severity', 'severity', 'relevance']) {
    api.time.now = new Date(begun)
    await api.admin.query(`UPDATE release_versions SET status = 'retracted', ended_at = now(), (ended_by, ending_client, ending_office, end_reason) =
      ('a', 'nation', '00', 'Selesai.') WHERE status = 'published'`)
    const content = (index: number): Partial<Content> => ({
      subject: `Baliho ${index} dirusak`,
      ...(severities[index % 6] && { severity: severities[index % 6] }),
      ...(index % 3 > 0 && { occurredAt: new Date(begun - index * minute).toISOString(), localDate: '2024-11-25' }),
    })
    const made: string[] = []
    for (let index = 0; index < 12; index += 1)
      made.push(await give(content(index), { releasedAt: begun - (20 + index) * minute }))
    const got = new Map<string, number>()
    const versions = new Map<string, number>()
    let turn = 0
    for (let cursor = ''; ; turn += 1) {
      const answer = await get(`/v1/releases?limit=2&sort=${sort}${sort === 'relevance' ? '&q=baliho' : ''}${cursor}`)
      if (answer.statusCode !== 200) throw new Error(`${sort}: ${answer.body}`)
      const { items, next } = answer.json()
      for (const { id, version } of items) got.set(id, version)
      if (next === null) break
      cursor = `&cursor=${next}`
      api.time.now = new Date(api.time.now.getTime() + minute)
      // One that was given, and one that is yet to come: each moves to wherever its new version stands.
      const left = made.filter((id) => !got.has(id))
      if (turn >= 4) continue
      const changed = new Set([made.find((each) => got.get(each) === 1), left.at(0), left.at(-1)])
      for (const id of changed) {
        if (id === undefined) continue
        const version = (versions.get(id) ?? 1) + 1
        versions.set(id, version)
        await give(content(turn + 3), { id, version, releasedAt: api.time.now.getTime() })
      }
      await give(content(turn), { releasedAt: api.time.now.getTime() })
    }
    t.same(
      made.filter((id) => got.get(id) !== (versions.get(id) ?? 1)),
      [],
      `${sort}: each of 12 came, and its last version, in ${turn + 1} pages`,
    )
  }
})

t.test('a cursor is of one agency and one question', async (t) => {
  const { give, get } = await start(t)
  await give({ athg: 'threat' })
  await give({ athg: 'threat' })
  const { next } = (await get('/v1/releases?limit=1')).json()
  t.equal((await get(`/v1/releases?limit=1&cursor=${next}&fields=athg`)).json().items.length, 1)
  for (const [by, query] of [
    ['polri-3', ''],
    ['bssn-2', ''],
    ['bssn-3', '&athg=threat'],
    ['bssn-3', '&sort=releasedAt'],
  ] as const) {
    const answer = await get(`/v1/releases?limit=1${query}&cursor=${next}`, asker(by))
    t.match([answer.statusCode, answer.json().code], [400, 'cursor_invalid'], `${by} ${query}`)
  }
})

t.test('what was not approved is found by nothing, and is not in the answer', async (t) => {
  const { api, give, get, idsOf, stages } = await start(t)
  const bare = await give({ subject: 'Laporan singkat' })
  const outside = await give({ stages: [] })
  const inside = await give({ stages: stages[0] as NonNullable<Content['stages']> })
  const nowhere = await give({ position: null })
  const somewhere = await give({ position: { coordinates: [122.5, -4], decimals: 1 } })
  const nation = await give({ region: { code: '00', level: 'nation', regency: null, province: null } })
  t.same(await idsOf('stage=none'), [outside])
  t.same(await idsOf('stage=none&anyStage=true'), [outside])
  t.same((await idsOf('stage=none,masa_tenang')).sort(), [outside, inside].sort())
  t.same(await idsOf('hasCoordinates=false'), [nowhere])
  t.same(await idsOf('hasCoordinates=true'), [somewhere])
  t.same(await idsOf('region=00'), [nation])
  t.same(await idsOf('q=dirusak atau pembakaran'), [], 'the words of the report are not those of its release')
  t.equal((await idsOf('sort=occurredAt')).length, 6)
  const { items } = (await get('/v1/releases?q=singkat')).json()
  t.same(items, [
    {
      ...{ id: bare, version: 1, handling: 'ordinary' },
      ...{ releasedAt: '2024-11-25T23:00:00.000Z', firstReleasedAt: '2024-11-25T23:00:00.000Z' },
      content: { exercise: false, subject: 'Laporan singkat' },
      highlights: {
        subject: [
          [
            { text: 'Laporan ', match: false },
            { text: 'singkat', match: true },
          ],
        ],
      },
    },
  ])
  await retract(api, bare, begun)
  t.same(await idsOf('q=singkat'), [], 'nor is what was taken back')
  t.equal((await idsOf('')).length, 5)
  for (const odd of ['"', "'; --", '((', '-', '& | !', ':*', 'a:*', '<->', '\\', '"a" or', '%']) {
    const answer = await get(`/v1/releases?q=${encodeURIComponent(`${odd} baliho`)}`)
    t.equal(answer.statusCode, 200, odd)
  }
})

t.test('what was released under a code that has ended since is found where it lies today', async (t) => {
  const { api, give, get, idsOf } = await start(t)
  const region = (code: string, level: string, regency: string | null) => ({
    region: { code, level, regency, province: code.slice(0, 2) },
  })
  const regency = await give(region('73.99', 'regency', '73.99'))
  const district = await give(region('73.99.01', 'district', '73.99'))
  const moved = await give(region('74.01.99', 'district', '74.01'))
  const elsewhere = await give(region('73.71', 'regency', '73.71'))
  const regions = [
    { former: '73.99', today: '74.71' },
    { former: '74.01.99', today: '74.71.01' },
  ]
  await loadSuccessions(api.adminUrl, [{ law: 'UU 1/1964', on: '1964-09-23', source: 'Contoh', regions }], testNow)
  const all = [regency, district, moved]
  for (const code of ['74.71', '73.99']) t.same((await idsOf(`region=${code}`)).sort(), [...all].sort(), code)
  t.same((await idsOf('region=74')).sort(), [...all].sort(), 'of the province as well')
  t.same(await idsOf('region=74.01.99'), [moved])
  t.same(await idsOf('region=73.71'), [elsewhere])
  t.same(await idsOf('region=32'), [])
  const { content } = (await get('/v1/releases?region=74.71.01')).json().items[0]
  t.equal(content.region.code, '74.01.99', 'it says what it said')
  t.equal((await get('/v1/statistics/counts?groupBy=handling&region=74.71')).statusCode, 200)
})

t.test('members of the content are chosen; narratives come when asked for', async (t) => {
  const { give, get } = await start(t)
  const content = {
    ...{ exercise: true, subject: 'Perihal', facts: 'Fakta yang cukup panjang.', athg: 'threat' },
    ...{ occurredAt: '2024-11-25T10:00:00.000Z', occurredAtPrecision: 'hour', localDate: '2024-11-25' },
  }
  await give(content)
  const of = async (query: string) => (await get(`/v1/releases?${query}`)).json().items[0].content
  const { facts: _facts, ...short } = content
  t.same(await of(''), short)
  t.same(await of('fields=*'), content)
  t.same(await of('fields=facts,severity'), { exercise: true, facts: content.facts })
  t.same(await of('fields=occurredAt'), {
    ...{ exercise: true, occurredAt: content.occurredAt, occurredAtPrecision: 'hour', localDate: '2024-11-25' },
  })
})

t.test('an export has labels, defuses formulas, and is a map of what has a position', async (t) => {
  const { give, get } = await start(t)
  await give({
    ...{
      subject: '=HYPERLINK("x")',
      severity: 'high',
      region: { code: '74.71', level: 'regency', regency: '74.71', province: '74' },
    },
    ...{ position: { coordinates: [122.5, -3.9], decimals: 1 }, assessment: { reliability: 'B', credibility: 2 } },
  })
  await give({ athg: 'threat' })
  const exported = (type: string, query = 'fields=*') =>
    get(`/v1/releases?sort=releasedAt&${query}`, bssn, { accept: type, 'accept-language': 'id' })
  const csv = await exported('text/csv')
  t.match(csv.headers['content-disposition'], /waspada-releases-2024-11-26\.csv/)
  const rows: Record<string, string>[] = parse(csv.body, { columns: true })
  const row = rows.find(({ severity }) => severity === 'high')
  t.match(row, {
    ...{ subject: '\'=HYPERLINK("x")', severityLabel: 'Tinggi', regionName: 'Kota Kendari', regionLevel: 'regency' },
    ...{ longitude: '122.5', sourceReliabilityLabel: 'Dapat dipercaya', handlingLabel: 'Biasa', athg: '' },
  })
  const map = (await exported('application/geo+json', 'fields=athg')).json()
  t.same(
    map.features
      .map(({ geometry }: { geometry: { coordinates: number[] } | null }) => geometry?.coordinates ?? null)
      .sort(),
    [[122.5, -3.9], null].sort(),
  )
  t.notOk('longitude' in map.features[0].properties, 'no column that was not asked for')
  const book = new exceljs.Workbook()
  const sheet = await exported('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
  await book.xlsx.load(sheet.rawPayload as unknown as ArrayBuffer)
  t.equal(book.worksheets[0]?.rowCount, 3)
  const ranked = await get('/v1/releases?q=baliho&sort=relevance', bssn, { accept: 'text/csv' })
  t.match(ranked.json(), { errors: [{ parameter: 'sort', code: 'not_in_export' }] })
})

t.test('refusals name what is wrong; offices hold no scope for releases', async (t) => {
  const { api, get } = await start(t)
  const refusals = {
    'sort=relevance': 'not_allowed',
    'fields=actors': 'not_allowed',
    'region=99': 'region_unknown',
    'stage=tidak_ada': 'stage_unknown',
    'releasedFrom=2024-11-26T00:00:00Z&releasedTo=2024-11-25T00:00:00Z': 'range_reversed',
    'status=verified': 'unknown_parameter',
    'receivedFrom=2024-11-26T00:00:00Z': 'unknown_parameter',
  }
  for (const [query, code] of Object.entries(refusals)) {
    const answer = await get(`/v1/releases?${query}`)
    t.match([answer.statusCode, answer.json().errors?.[0]?.code], [400, code], query)
  }
  t.equal((await api.as('nation').get('/v1/releases')).json().code, 'scope_missing')
})

const all = statement('test_all_releases', sql`SELECT id FROM releases`)

t.test('either belt alone keeps a release to whom it reaches', async (t) => {
  const { api, give, idsOf } = await start(t)
  const open = await give({ subject: 'Baliho' })
  const secret = await give({ subject: 'Baliho' }, { handling: 2 })
  const police = await give({ subject: 'Baliho' }, { agencies: ['polri'] })
  await retract(api, await give({ subject: 'Baliho' }), begun)
  const seen: Record<string, string[]> = {
    'bssn-0': [open],
    'bssn-2': [open, secret],
    'polri-0': [open, police],
    'polri-3': [open, secret, police],
  }
  const pool = createPool(api.serviceUrl, 1, () => {})
  t.teardown(() => pool.end())
  const db = new Database(pool, await ReferenceStore.open(pool))
  for (const [name, expected] of Object.entries(seen)) {
    const { clientId, office, clearance } = asker(name)
    const token = { iss: 'urn:waspada:issuer', jti: 'a', iat: begun / 1000, sub: clientId, client_id: clientId }
    const claims = {
      ...token,
      scope: scopesOf('agency').join(' '),
      agency: office,
      clearance: handlings[clearance] ?? 'ordinary',
    }
    const found = await db.read<{ id: string }>(callerOf(claims), all, {})
    t.same(found.map(({ id }) => id).sort(), [...expected].sort(), `${name} by row-level security`)
  }
  await api.admin.query(
    'ALTER TABLE releases NO FORCE ROW LEVEL SECURITY; ALTER TABLE releases DISABLE ROW LEVEL SECURITY',
  )
  for (const [name, expected] of Object.entries(seen))
    for (const query of ['', 'q=baliho', 'q=baliho&sort=-severity'])
      t.same((await idsOf(query, asker(name))).sort(), [...expected].sort(), `${name} by the predicate: ${query}`)
})

t.test('agencies count releases, with small numbers hidden and what they are not told refused', async (t) => {
  const { give, get } = await start(t)
  const kinds = { threat: 12, disruption: 7, challenge: 3, obstacle: 6 }
  for (const [athg, number] of Object.entries(kinds))
    for (let left = 0; left < number; left += 1)
      await give({ athg, occurredAt: '2024-11-25T10:00:00.000Z', localDate: left < 2 ? '2024-11-24' : '2024-11-25' })
  await give({ subject: 'Tanpa jenis' })
  await give({ athg: 'threat', exercise: true })
  const { items, total } = (await get('/v1/statistics/counts?groupBy=athg')).json()
  t.same(items, [
    { athg: 'challenge', count: null },
    { athg: 'disruption', count: 7 },
    { athg: 'obstacle', count: null },
    { athg: 'threat', count: 12 },
  ])
  t.equal(total, 28, 'two are hidden, whose sum tells neither; what has no kind for the agency does not count')
  t.equal((await get('/v1/statistics/counts?groupBy=handling')).json().total, 29)
  const zeros = (await get('/v1/statistics/counts?groupBy=severity&zeros=true&athg=threat')).json()
  t.same([zeros.total, zeros.items.length, zeros.items[0].count], [0, 4, 0])

  const timeline = (await get('/v1/statistics/timeline?splitBy=athg')).json()
  t.equal(timeline.total, 28)
  t.same(timeline.series[0], { key: 'challenge', counts: [null, null], total: null })
  t.same(timeline.series.at(-1), { key: 'threat', counts: [null, null], total: 12 })
  t.match((await get('/v1/statistics/timeline')).json(), { total: 28, series: [{ counts: [8, 20], total: 28 }] })
  t.match((await get('/v1/statistics/timeline?athg=challenge')).json(), {
    ...{ total: null, series: [{ counts: [null, null], total: null }] },
  })

  for (const [query, parameter] of [
    ['groupBy=athg&status=verified', 'status'],
    ['groupBy=athg&level=regency', 'level'],
    ['groupBy=athg&overdue=true', 'overdue'],
    ['groupBy=athg&receivedTo=2024-11-26T00:00:00Z', 'receivedTo'],
    ['groupBy=status,athg', 'groupBy'],
  ]) {
    const answer = await get(`/v1/statistics/counts?${query}`)
    t.match([answer.statusCode, answer.json()], [400, { errors: [{ parameter, code: 'not_released' }] }], String(query))
  }
  t.match((await get('/v1/statistics/timeline?splitBy=status')).json(), {
    errors: [{ parameter: 'splitBy', code: 'not_released' }],
  })
  const compared = await get('/v1/statistics/stages?election=pilkada-2024&stage=masa_tenang')
  t.match([compared.statusCode, compared.json().code], [403, 'offices_only'])
})
