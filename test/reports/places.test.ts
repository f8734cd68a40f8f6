import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { scopesOf } from '../../src/access/vocabulary.ts'
import { loadBoundaries, removeBoundaries } from '../../src/reference/load-boundaries.ts'
import { loadSuccessions } from '../../src/reference/load-successions.ts'
import { ReferenceDataError } from '../../src/regions/reference-data-error.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import type { TestCaller } from '../support/callers.ts'
import { runCommand } from '../support/run-command.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

const merauke: TestCaller = {
  clientId: 'merauke',
  place: { region: '93.01' },
  clearance: 'restricted',
  scopes: scopesOf('regency'),
}

/** The office of Kabupaten Merauke, whose code was 91.01. */
async function asMerauke({ admin, call, tokenOf }: Api) {
  await admin.query(
    `INSERT INTO clients (client_id, office_code, scopes, clearance, created_at) VALUES ('merauke', '93.01', $1, 1, '2024-01-01Z')`,
    [merauke.scopes],
  )
  const authorization = `Bearer ${await tokenOf(merauke)}`
  return {
    get: (url: string) => call({ method: 'GET', url, headers: { authorization } }),
    post: (url: string, body: object, type = 'application/json') =>
      call({ method: 'POST', url, headers: { authorization, 'content-type': type }, payload: JSON.stringify(body) }),
    patch: (url: string, body: object, ifMatch: string) =>
      call({
        method: 'PATCH',
        url,
        headers: { authorization, 'content-type': 'application/merge-patch+json', 'if-match': ifMatch },
        payload: JSON.stringify(body),
      }),
  }
}

const square = (west: number, south: number, side: number) => [
  [
    [west, south],
    [west + side, south],
    [west + side, south + side],
    [west, south + side],
    [west, south],
  ],
]
const fileOf = (...regencies: [string, number[][][]][]) =>
  Buffer.from(
    JSON.stringify({
      type: 'FeatureCollection',
      features: regencies.map(([code, coordinates]) => ({
        type: 'Feature',
        properties: { code },
        geometry: { type: 'Polygon', coordinates },
      })),
    }),
  )
// The example of the guides lies at [122.513, -3.975].
const kendariAndKolaka = fileOf(['74.71', square(122.4, -4.1, 0.3)], ['74.01', square(121, -4.1, 1)])
const at = (longitude: number, latitude: number, regionCode = '74.71') =>
  aReport({ location: { regionCode, place: 'Di sana', coordinates: [longitude, latitude] } })

t.test('a report keeps the code it was posted with and counts under that of today', async (t) => {
  const api = await startApi(t)
  const office = await asMerauke(api)
  const posted = await office.post('/v1/reports', aReportIn('91.01', { clientReference: 'mrk-1' }))
  t.equal(posted.statusCode, 201, posted.body)
  const report = posted.json()
  t.match(report, {
    office: '93.01',
    location: { regionCode: '91.01' },
    classification: {
      region: { code: '93.01', regency: '93.01', province: '93', timeZone: 'Asia/Jayapura', position: null },
    },
  })
  const { rows } = await api.admin.query('SELECT region_code, posted_region_code FROM reports')
  t.same(rows, [{ region_code: '93.01', posted_region_code: '91.01' }])
  const again = await office.post('/v1/reports', aReportIn('91.01', { clientReference: 'mrk-1' }))
  t.equal(again.headers['idempotent-replayed'], 'true')
  t.equal(
    (await office.post('/v1/reports', aReportIn('93.01', { clientReference: 'mrk-1' }))).json().code,
    'reference_conflict',
    'what was sent is what is compared',
  )
  const district = (await office.post('/v1/reports', aReportIn('91.01.01'))).json()
  t.match(district, {
    location: { regionCode: '91.01.01' },
    classification: { region: { code: '93.01.01', regency: '93.01' } },
  })
  const current = (await office.post('/v1/reports', aReportIn('93.01'))).json()
  t.match(current, { location: { regionCode: '93.01' }, classification: { region: { code: '93.01' } } })

  for (const [code, refusal] of [
    ['91.02', 'region_outside_office'],
    ['91.71', 'region_outside_office'],
    ['91.99', 'region_unknown'],
  ] as const) {
    const refused = await office.post('/v1/reports', aReportIn(code))
    t.match(refused.json(), { errors: [{ pointer: '/location/regionCode', code: refusal }] }, code)
  }
  const outside = await api.as('jayapura').post('/v1/reports', aReportIn('91.01'))
  t.match(outside.json(), { errors: [{ code: 'region_outside_office' }] }, 'the former province sees nothing of it')

  const batch = await office.post('/v1/reports/batch', [aReportIn('91.01', { clientReference: 'mrk-2' })])
  t.match(batch.json(), { items: [{ result: 'created' }] }, batch.body)

  const idsOf = async (url: string) => (await office.get(url)).json().items.map(({ id }: { id: string }) => id)
  t.equal((await idsOf('/v1/reports?region=91.01')).length, 4)
  t.same(await idsOf('/v1/reports?region=91.01'), await idsOf('/v1/reports?region=93.01'))
  t.same(await idsOf('/v1/reports?region=91.01.01'), [district.id])
  t.same(await idsOf('/v1/reports?region=91'), [], 'the Papua of today')
  const nation = api.as('nation')
  const counted = async (query: string) => (await nation.get(`/v1/statistics/counts?groupBy=region&${query}`)).json()
  t.match(await counted('regionLevel=regency'), { total: 4, items: [{ region: '93.01', count: 4 }] })
  t.match(await counted('region=91.01'), { total: 4, regionLevel: 'district' })
  const stages = (await office.get('/v1/stages?region=91.01&on=2024-11-25')).json()
  t.match(stages, { region: '93.01', timeZone: 'Asia/Jayapura', items: [{ stage: 'masa_tenang' }] })
  const similar = await office.get(`/v1/reports/${report.id}/similar`)
  t.equal(similar.statusCode, 200, similar.body)
  t.ok(similar.json().items.length > 0, 'likeness is looked for in the place of today')
  const status = await nation.get('/v1/reporting-status?period=2024-11-25&region=91.01')
  t.equal(status.statusCode, 200, status.body)
  t.equal((await office.get('/v1/situation-reports?region=91.01')).statusCode, 200)
  t.equal((await office.get('/v1/follow-ups?region=91.01')).statusCode, 200)
})

t.test('a correction leaves the code as it was posted, or gives it that of today', async (t) => {
  const api = await startApi(t)
  const office = await asMerauke(api)
  const posted = await office.post('/v1/reports', aReportIn('91.01'))
  const url = `/v1/reports/${posted.json().id}`
  const first = await office.patch(url, { severity: 'critical' }, String(posted.headers.etag))
  t.match(first.json(), {
    version: 2,
    location: { regionCode: '91.01' },
    classification: { region: { code: '93.01' } },
  })
  const later = await office.patch(url, { occurredAt: '2024-11-24T10:00:00+09:00' }, String(first.headers.etag))
  t.match(later.json(), {
    version: 3,
    location: { regionCode: '91.01' },
    classification: { region: { code: '93.01' } },
  })
  const same = await office.patch(url, { location: { regionCode: '91.01' } }, String(later.headers.etag))
  t.match(same.json(), { version: 3 }, 'the same code changes nothing')
  const moved = await office.patch(url, { location: { regionCode: '93.01' } }, String(later.headers.etag))
  t.match(moved.json(), {
    version: 4,
    location: { regionCode: '93.01' },
    classification: { region: { code: '93.01' } },
  })
  const { rows } = await api.admin.query('SELECT posted_region_code FROM reports')
  t.same(rows, [{ posted_region_code: null }])
})

t.test('a region is found by its former codes', async (t) => {
  const { as } = await startApi(t)
  const former = await as('kendari').get('/v1/regions/91.01')
  t.match(former.json(), {
    code: '93.01',
    name: 'Kabupaten Merauke',
    formerCodes: [{ code: '91.01', until: '2022-07-25', law: 'UU 14/2022' }],
  })
  t.equal(former.headers['content-location'], '/v1/regions/93.01')
  const own = await as('kendari').get('/v1/regions/93.01')
  t.same(own.json(), former.json())
  t.notOk('content-location' in own.headers)
  const asNation = async (path: string) => (await as('nation').get(`/v1/statistics/${path}`)).json()
  for (const path of [
    'counts?groupBy=region&zeros=true',
    'timeline?interval=month',
    'stages?election=pilkada-2024&stage=masa_tenang',
  ])
    t.same(await asNation(`${path}&region=91.01`), await asNation(`${path}&region=93.01`), path)
  t.same((await as('kendari').get('/v1/regions/74.71')).json().formerCodes, [])
  t.match((await as('kendari').get('/v1/regions?q=91.01')).json(), { items: [{ code: '93.01' }] })
  const within = (await as('kendari').get('/v1/regions?within=92.71&level=district')).json().items
  t.ok(within.length > 0 && within.every(({ code }: { code: string }) => code.startsWith('96.71.')))
  t.equal((await as('kendari').get('/v1/regions/91.99')).statusCode, 404)
})

t.test('an administrator adds former codes, used from the next request on', async (t) => {
  const { as, admin, adminUrl } = await startApi(t)
  const file = (today: string) => [
    { law: 'UU 1/1964', on: '1964-09-23', source: 'Contoh', regions: [{ former: '73.99', today }] },
  ]
  t.equal((await as('kendari').get('/v1/regions/73.99')).statusCode, 404)
  t.same(await loadSuccessions(adminUrl, file('74.71'), testNow), { codes: 1, news: 1 })
  t.match((await as('kendari').get('/v1/regions/73.99')).json(), { code: '74.71', formerCodes: [{ code: '73.99' }] })
  t.same(await loadSuccessions(adminUrl, file('74.71'), testNow), { codes: 1, news: 0 })
  t.match((await as('kendari').post('/v1/reports', aReportIn('73.99'))).json(), { location: { regionCode: '73.99' } })
  t.same(await loadSuccessions(adminUrl, file('74.01'), testNow), { codes: 1, news: 1 }, 'and says it anew')
  t.match((await as('kendari').get('/v1/regions/73.99')).json(), { code: '74.01' })
  await t.rejects(loadSuccessions(adminUrl, file('74.99'), testNow), ReferenceDataError)
  const { rows } = await admin.query(
    "SELECT operation, details FROM audit_entries WHERE action = 'reference.changed' ORDER BY occurred_at, id",
  )
  t.match(rows, [{ operation: 'reference successions', details: { codes: 1, news: 1, laws: ['UU 1/1964'] } }, {}])
  t.equal(rows.length, 2)
})

t.test('without boundaries a position says nothing, and nothing is wrong with it', async (t) => {
  const { as } = await startApi(t)
  const report = (await as('kendari').post('/v1/reports', at(122.5, -4))).json()
  t.match(report.classification, { region: { position: null }, flags: [] })
  t.same((await as('kendari').get('/v1/positions?coordinates=122.5,-4')).json(), {
    region: null,
    basis: 'no_boundaries',
    approximate: false,
    distanceMetres: null,
  })
  for (const wrong of [
    '',
    '?coordinates=',
    '?coordinates=122.5',
    '?coordinates=200,0',
    '?coordinates=1e2,0',
    '?coordinates=1,2,3',
  ])
    t.equal((await as('kendari').get(`/v1/positions${wrong}`)).statusCode, 400, wrong)
})

t.test('boundaries loaded while the service runs are used from the next request on', async (t) => {
  const { as, admin, adminUrl } = await startApi(t)
  const before = (await as('kendari').post('/v1/reports', at(122.5, -4))).json()
  const loaded = await loadBoundaries(adminUrl, { bytes: kendariAndKolaka, now: testNow })
  t.same(loaded, { regencies: 2, missing: 512, property: 'code', misnamed: [] })

  const positionOf = async (coordinates: string) =>
    (await as('kendari').get(`/v1/positions?coordinates=${coordinates}`)).json()
  t.same(await positionOf('122.5,-4'), { region: '74.71', basis: 'inside', approximate: false, distanceMetres: 0 })
  t.match(await positionOf('122.71,-4'), { region: '74.71', basis: 'nearest', approximate: true })
  t.match(await positionOf('130,-4'), { region: null, basis: 'none', approximate: false, distanceMetres: null })

  const post = async (longitude: number, latitude: number) =>
    (await as('kendari').post('/v1/reports', at(longitude, latitude))).json().classification
  t.match(await post(122.5, -4), { region: { position: { region: '74.71', basis: 'inside' } }, flags: [] })
  const elsewhere = await post(121.5, -4)
  t.match(elsewhere, {
    region: { code: '74.71', regency: '74.71', position: { region: '74.01', basis: 'inside' } },
    flags: ['location_mismatch'],
  })
  t.match(await post(122.71, -4), {
    region: { position: { region: '74.71', basis: 'nearest', approximate: true } },
    flags: ['location_approximate'],
  })
  t.match(await post(130, -4), {
    region: { position: { region: null, basis: 'none', distanceMetres: null } },
    flags: [],
  })
  const unplaced = (await as('kendari').post('/v1/reports', aReportIn('74.71'))).json()
  t.equal(unplaced.classification.region.position, null)
  const stored = (await as('kendari').get(`/v1/reports/${before.id}`)).json()
  t.equal(stored.classification.region.position, null, 'an answer that was given stays')
  const dry = [{ ...at(121.5, -4), clientReference: 'b-1' }]
  const batch = (await as('kendari').post('/v1/reports/batch', dry)).json()
  t.match(batch.items, [{ result: 'created', report: { flags: ['location_mismatch'] } }])

  t.equal(await removeBoundaries(adminUrl, testNow), 2)
  t.match(await post(121.5, -4), { region: { position: null }, flags: [] })
  t.equal(await removeBoundaries(adminUrl, testNow), 0)
  const { rows } = await admin.query(
    "SELECT operation, details FROM audit_entries WHERE action = 'reference.changed' ORDER BY occurred_at, id",
  )
  t.same(rows, [
    { operation: 'reference boundaries', details: { regencies: 2, missing: 512, property: 'code' } },
    { operation: 'reference boundaries', details: { removed: 2 } },
  ])
})

t.test('flags of the place and of the time stand side by side through corrections', async (t) => {
  const { as, adminUrl } = await startApi(t)
  await loadBoundaries(adminUrl, { bytes: kendariAndKolaka, now: testNow })
  const posted = await as('kendari').post('/v1/reports', { ...at(121.5, -4), occurredAt: '2024-10-01T08:00:00+08:00' })
  t.same(posted.json().classification.flags, ['late', 'location_mismatch'])
  const url = `/v1/reports/${posted.json().id}`
  let etag = String(posted.headers.etag)
  const corrected = async (patch: object) => {
    const answer = await as('kendari').patch(url, patch, etag)
    t.equal(answer.statusCode, 200, answer.body)
    etag = String(answer.headers.etag)
    return answer.json().classification.flags
  }
  t.same(await corrected({ severity: 'low' }), ['late', 'location_mismatch'])
  t.same(await corrected({ location: { coordinates: [122.5, -4] } }), ['late'])
  t.same(await corrected({ occurredAt: '2024-11-25T22:30:00+08:00' }), [])
  t.same(await corrected({ location: { coordinates: [122.71, -4] } }), ['location_approximate'])
  t.same(await corrected({ location: { coordinates: null } }), [])
})

t.test('a file of boundaries comes into force whole or not at all', async (t) => {
  const { as, admin, adminUrl } = await startApi(t)
  await loadBoundaries(adminUrl, { bytes: kendariAndKolaka, now: testNow })
  const inForce = async () => (await as('kendari').get('/v1/positions?coordinates=122.5,-4')).json().region
  const bad = fileOf(['74.02', square(122.4, -4.1, 0.3)], ['74.99', square(121, -4.1, 1)])
  await t.rejects(loadBoundaries(adminUrl, { bytes: bad, now: testNow }), ReferenceDataError)
  t.equal(await inForce(), '74.71')

  // Killed half-way: the loader waits for a row that another holds, its connection is ended, and nothing of it stays.
  const other = new pg.Client({ connectionString: adminUrl })
  await other.connect()
  await other.query('BEGIN')
  await other.query("SELECT FROM regions WHERE code = '74.03' FOR UPDATE")
  const next = fileOf(['74.02', square(122.4, -4.1, 0.3)], ['74.03', square(121, -4.1, 1)])
  const loading = loadBoundaries(adminUrl, { bytes: next, now: testNow })
  const refused = t.rejects(loading)
  for (let killed = 0; killed === 0; ) {
    const { rowCount } = await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'waspada reference' AND datname = current_database() AND wait_event_type = 'Lock'",
    )
    killed = rowCount ?? 0
  }
  await refused
  await other.query('ROLLBACK')
  await other.end()
  t.equal(await inForce(), '74.71')
  const { rows } = await admin.query('SELECT code FROM region_boundaries ORDER BY code')
  t.same(rows, [{ code: '74.01' }, { code: '74.71' }])
  await loadBoundaries(adminUrl, { bytes: next, now: testNow })
  t.equal(await inForce(), '74.02', 'in place of all before')
})

t.test('the database refuses what no classification says', async (t) => {
  const api = await startApi(t)
  await api.as('kendari').post('/v1/reports', at(122.5, -4))
  const set = (what: string) => api.admin.query(`UPDATE reports SET version = version + 1, ${what}`)
  await t.rejects(set("posted_region_code = '91.99'"), { code: '23503' }, 'a code that never was')
  await t.rejects(set("position_basis = 'inside'"), { code: '23514' }, 'inside of nothing')
  await t.rejects(set("position_basis = 'none', position_distance_metres = 3"), { code: '23514' })
  await t.rejects(set("position_basis = 'near'"), { code: '23514' })
})

t.test('the commands say what is in force, and what is wrong with a file', async (t) => {
  const { adminUrl } = await startApi(t)
  const folder = t.testdir()
  const run = (...command: string[]) =>
    runCommand(['reference', ...command], { WASPADA_DATA_DIR: folder, DATABASE_URL: adminUrl })
  const file = join(folder, 'batas.json')
  await writeFile(file, kendariAndKolaka)
  const none = await run('status')
  t.match(none.stdout, /620 former codes of regions\nno centres of regions\nno boundaries\n/)
  const loaded = await run('boundaries', file)
  t.match(loaded.stdout, /boundaries of 2 regencies are in force.*property "code"\.\n512 regencies are not in the file/)
  t.match(loaded.stdout, /Stored reports with coordinates are classified again in the background/)
  t.match((await run('status')).stdout, /boundaries of 2 regencies/)
  await writeFile(file, fileOf(['74.99', square(121, -4.1, 1)], ['74', square(121, -4.1, 1)]))
  t.match(
    (await run('boundaries', file)).stderr,
    /refused:\n {2}feature 1: there is no region 74.99\n {2}feature 2: 74 is a province/,
  )
  t.match((await run('boundaries', '--remove')).stdout, /boundaries of 2 regencies are out of force\.\nStored reports/)
  t.match((await run('boundaries')).stderr, /Give a file, or --remove/)
  for (const command of ['load', 'calendar']) {
    const { code, stderr } = await run(command, join(folder, 'nofile'))
    t.match({ code, stderr }, { code: 1, stderr: /nofile cannot be read: there is no such file/ }, command)
  }
  t.match((await run('load', folder)).stderr, /cannot be read: it is a folder/)
  await writeFile(file, '{')
  t.match((await run('successions', file)).stderr, /batas.json is not JSON/)
})
