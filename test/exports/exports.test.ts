import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import exceljs from 'exceljs'
import t from 'tap'
import { xlsxOf } from '../../src/exports/xlsx.ts'
import type { ExportedReport } from '../../src/reports/report-columns.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { type Api, startApi } from '../support/start-api.ts'

const csv = 'text/csv'
const ndjson = 'application/x-ndjson'
const geojson = 'application/geo+json'
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

type Row = Record<string, string>
const rowsOf = (text: string): Row[] => parse(text, { columns: true })
const linesOf = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

async function sheetsOf(bytes: Buffer): Promise<{ headings: string[]; rows: exceljs.CellValue[][] }[]> {
  const workbook = new exceljs.Workbook()
  await workbook.xlsx.load(bytes as unknown as ArrayBuffer)
  return workbook.worksheets.map((sheet) => {
    const [headings = [], ...rows] = Array.from({ length: sheet.rowCount }, (_, index) =>
      Array.from({ length: sheet.columnCount }, (_, column) => sheet.getCell(index + 1, column + 1).value),
    )
    return { headings: headings.map(String), rows }
  })
}

const as = (type: string, language = 'id') => ({ headers: { accept: type, 'accept-language': language } })

async function post(api: Api, name: CallerName, report: Record<string, unknown>): Promise<string> {
  const posted = await api.as(name).post('/v1/reports', report)
  if (posted.statusCode !== 201) throw new Error(posted.body)
  return posted.json().id
}

t.test('each format read back is the list, with labels in the language asked for', async (t) => {
  const api = await startApi(t)
  const { as: caller } = api
  const odd = 'Kafé «Ñandú» 😀, "kutip";\nbaris <b>&amp;'
  await post(api, 'kendari', aReport({ clientReference: 'a', facts: `${odd} dan seterusnya` }))
  await post(api, 'kendari', aReport({ clientReference: 'b', occurredAt: '2025-01-15T10:00:00+08:00', impact: null }))
  await post(api, 'sultra', aReportIn('74', { clientReference: '0012', occurredAt: '2024-11-24T10:00:00+08:00' }))
  const query = 'region=74&sort=occurredAt'
  const list = (await caller('sultra').get(`/v1/reports?${query}`)).json().items
  const get = (type: string, more = '', language = 'id') =>
    caller('sultra').get(`/v1/reports?${query}${more}`, as(type, language))

  const lines = await get(ndjson)
  t.same(linesOf(lines.body), list)
  t.equal(lines.headers['content-type'], ndjson)
  t.equal(lines.headers['content-language'], undefined, 'no words of ours')

  const table = await get(csv)
  t.match(table.headers, {
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-language': 'id',
    'content-disposition': 'attachment; filename="waspada-reports-2024-11-26.csv"',
    vary: 'Accept, Accept-Language',
  })
  const rows = rowsOf(table.body)
  t.same(
    rows.map(({ id, number, clientReference, longitude, deaths }) => [id, number, clientReference, longitude, deaths]),
    list.map((item: ExportedReport) => [
      ...[item.id, item.number, item.clientReference],
      ...[String(item.location?.coordinates?.[0] ?? ''), String(item.impact?.deaths ?? '')],
    ]),
  )
  const [, quiet] = rows
  t.match(quiet, {
    ...{ regionCode: '74.71', regionName: 'Kota Kendari', officeName: 'Kesbangpol Kota Kendari' },
    ...{ athg: 'disruption', athgLabel: 'Gangguan', severityLabel: 'Sedang', handlingLabel: 'Terbatas' },
    ...{ primaryStage: 'masa_tenang', primaryStageName: 'Masa tenang', localDate: '2024-11-25' },
    ...{
      sourceReliability: 'B',
      sourceReliabilityLabel: 'Dapat dipercaya',
      sourceCredibilityLabel: 'Sangat mungkin benar',
    },
    ...{ occurredAtOffset: 'UTC+08:00', latitude: '-3.975', exercise: 'false' },
  })
  t.notOk('facts' in (quiet ?? {}), 'without `fields` no narratives, as in the list')
  t.match(rowsOf((await get(csv, '', 'en')).body)[1], { athgLabel: 'Disruption', incidentTypeLabel: /\w/ })
  t.same(Object.keys(rowsOf((await get(csv, '&fields=severity,location')).body)[0] ?? {}), [
    ...['id', 'severity', 'severityLabel', 'regionCode', 'regionName', 'place', 'longitude', 'latitude'],
  ])
  const whole = rowsOf((await get(csv, '&fields=*')).body)
  t.equal(whole[1]?.facts, `${odd} dan seterusnya`)
  t.match(JSON.parse(whole[1]?.actors ?? ''), [{ role: 'perpetrator' }])

  const book = await get(xlsx, '&fields=*')
  const [sheet] = await sheetsOf(book.rawPayload)
  const inSheet = (heading: string) => sheet?.rows.map((row) => row[sheet.headings.indexOf(heading)])
  t.same(
    inSheet('ID'),
    list.map(({ id }: Row) => id),
  )
  t.same(inSheet('Kode wilayah'), ['74', '74.71', '74.71'], 'codes are text')
  t.same(inSheet('Nomor referensi'), ['0012', 'a', 'b'])
  t.equal(inSheet('Fakta-fakta')?.[1], `${odd} dan seterusnya`)
  t.equal(inSheet('Lintang')?.[1], -3.975)
  t.same(inSheet('Tanggal setempat')?.[1], new Date('2024-11-25T00:00:00Z'))
  t.same(inSheet('ATHG'), ['Gangguan', 'Gangguan', 'Gangguan'])
  t.match((await sheetsOf((await get(xlsx, '', 'en')).rawPayload))[0]?.headings, ['Id', 'Number'])

  const map = (await get(geojson, '&fields=severity')).json()
  t.match(map, {
    type: 'FeatureCollection',
    features: [
      { id: list[0].id, geometry: null, properties: { severity: 'moderate', severityLabel: 'Sedang' } },
      { geometry: { type: 'Point', coordinates: list[1].location.coordinates } },
      {},
    ],
  })
  t.same(Object.keys(map.features[0].properties), ['id', 'severity', 'severityLabel'])
})

t.test('counts are exported with labels, and as points where a centre is known', async (t) => {
  const api = await startApi(t)
  await post(api, 'kendari', aReport())
  await post(api, 'kolaka', aReportIn('74.01', { occurredAt: '2024-12-20T08:00:00+08:00' }))
  await api.admin.query(`INSERT INTO region_facts (code, longitude, latitude) VALUES ('74.71', 122.5, -3.97)`)
  await api.admin.query('UPDATE reference_state SET revision = revision + 1')
  const url = '/v1/statistics/counts?groupBy=region,stage,severity'
  const get = (type: string) => api.as('sultra').get(url, as(type))
  const { items } = (await get('application/json')).json()

  t.same(linesOf((await get(ndjson)).body), items)
  const table = await get(csv)
  t.equal(table.headers['content-disposition'], 'attachment; filename="waspada-counts-2024-11-26.csv"')
  t.same(rowsOf(table.body), [
    {
      ...{ region: '74.01', regionName: 'Kabupaten Kolaka', stage: '', stageName: '' },
      ...{ severity: 'moderate', severityLabel: 'Sedang', count: '1' },
    },
    {
      ...{ region: '74.71', regionName: 'Kota Kendari', stage: 'masa_tenang', stageName: 'Masa tenang' },
      ...{ severity: 'moderate', severityLabel: 'Sedang', count: '1' },
    },
  ])
  const [sheet] = await sheetsOf((await get(xlsx)).rawPayload)
  t.same(sheet?.rows[1]?.slice(0, 2), ['74.71', 'Kota Kendari'])
  t.same(
    (await get(geojson)).json().features.map(({ geometry }: { geometry: unknown }) => geometry),
    [null, { type: 'Point', coordinates: [122.5, -3.97] }],
  )
})

t.test('no cell is a formula, and numbers stay numbers', async (t) => {
  const api = await startApi(t)
  const subjects = [
    ...[
      '=1+1 rumus',
      '+62811 telepon',
      '-5 derajat',
      '@SUM(A1) nama',
      '＝1+1 lebar',
      '  =1+1 spasi',
      '"=1+1 kutip',
      "'=1+1 petik",
    ],
    ...['biasa;=HYPERLINK("x")', 'biasa saja'],
  ]
  for (const subject of subjects) await post(api, 'kendari', aReport({ subject }))
  await post(api, 'kendari', aReport({ subject: 'narasi', facts: '- pertama dari dua butir\n=1+1 di baris kedua' }))
  const read = (type: string) =>
    api.as('kendari').get('/v1/reports?fields=subject,facts,location&sort=receivedAt', as(type))

  const rows = rowsOf((await read(csv)).body)
  const expected = [
    ...subjects.slice(0, 8).map((subject) => `'${subject}`),
    `biasa;'=HYPERLINK("x")`,
    'biasa saja',
    'narasi',
  ]
  t.same(rows.map(({ subject }) => subject).sort(), [...expected].sort())
  t.ok(rows.some(({ facts }) => facts === "'- pertama dari dua butir\n'=1+1 di baris kedua"))
  t.equal(rows[0]?.latitude, '-3.975')
  const [sheet] = await sheetsOf((await read(xlsx)).rawPayload)
  const cells = sheet?.rows.map((row) => String(row[1])) ?? []
  t.same(
    cells.filter((cell) => /^\s*[=+\-@＝]/.test(cell)),
    [],
  )
  t.ok(cells.includes("'=1+1 rumus"))
})

t.test('a workbook goes on in a second sheet, and its cells hold what they can', async (t) => {
  const texts = ['x'.repeat(40_000), 'a\u0001b\uD800c\r\nd', '_x0041_', '9007199254740991', ...Array(80).fill('baris')]
  async function* batches() {
    yield texts.map((text) => JSON.stringify(text))
  }
  const book = xlsxOf(
    {
      ...{
        name: 'texts',
        title: 'Teks',
        language: 'id',
        idOf: () => undefined,
        pointOf: () => null,
        batches: batches(),
      },
      columns: [{ name: 'text', heading: 'Teks', value: (text: string) => (/^9/.test(text) ? Number(text) : text) }],
    },
    { rows: 60, characters: 1e9 },
  )
  const bytes = Buffer.concat(await book.toArray())
  const sheets = await sheetsOf(bytes)
  t.same(
    sheets.map(({ headings, rows }) => [headings, rows.length]),
    [
      [['Teks'], 50],
      [['Teks'], 34],
    ],
  )
  const [long, odd, escaped, number] = (sheets[0]?.rows ?? []).map(([cell]) => String(cell))
  t.equal(long?.length, 32_767)
  t.match(long, /terpotong/, 'what is cut says so')
  t.equal(odd, 'abc\nd')
  t.equal(escaped, '_x005F_x0041_', 'which a spreadsheet reads as _x0041_')
  t.equal(number, '9007199254740991', 'a number of more digits than spreadsheets keep is text')
})

t.test('an empty result is a whole file', async (t) => {
  const api = await startApi(t)
  const get = (type: string) => api.as('jayapura').get('/v1/reports', as(type))
  t.match((await get(csv)).body, /^id,number,office,officeName,[^\n]*flagsLabel\r\n$/)
  t.equal((await get(ndjson)).body, '')
  t.same((await get(geojson)).json(), { type: 'FeatureCollection', features: [] })
  const [sheet] = await sheetsOf((await get(xlsx)).rawPayload)
  t.equal(sheet?.headings[0], 'ID')
  t.same(sheet?.rows, [])
})

t.test('what is asked for is negotiated, and pages are refused', async (t) => {
  const api = await startApi(t)
  await post(api, 'kendari', aReport())
  const get = (accept: string, more = '') => api.as('kendari').get(`/v1/reports${more}`, as(accept))
  const expected: Record<string, string> = {
    '*/*': 'application/json; charset=utf-8',
    'application/*': 'application/json; charset=utf-8',
    'text/html,application/xhtml+xml,*/*;q=0.8': 'application/json; charset=utf-8',
    'text/csv;q=0.5, application/json;q=0.4': 'text/csv; charset=utf-8; header=present',
    'text/csv, */*': 'text/csv; charset=utf-8; header=present',
    'text/*': 'text/csv; charset=utf-8; header=present',
    'application/json;q=0.1, application/x-ndjson;q=0.2': ndjson,
  }
  for (const [accept, type] of Object.entries(expected))
    t.equal((await get(accept)).headers['content-type'], type, accept)
  const json = await api.as('kendari').get('/v1/reports')
  t.match(json.headers, { vary: 'Accept, Accept-Language' })
  t.equal((await get('text/html')).statusCode, 406)
  t.equal((await get('text/csv;q=0')).statusCode, 406)
  const paged = await get(csv, '?limit=10&cursor=AAAA')
  t.equal(paged.statusCode, 400)
  t.match(paged.json().errors, [
    { parameter: 'limit', code: 'not_in_export' },
    { parameter: 'cursor', code: 'not_in_export' },
  ])
  t.equal((await get(csv, '?region=99')).statusCode, 400, 'a refusal comes before the first byte')
  t.equal((await get(csv, '?region=99')).headers['content-disposition'], undefined)
  const head = await api.call({
    method: 'HEAD',
    url: '/v1/reports',
    headers: { accept: csv, authorization: `Bearer ${await api.tokenOf(callers.kendari)}` },
  })
  t.equal(head.statusCode, 200)
  t.match(head.headers, { 'content-disposition': /csv/, 'content-type': /^text\/csv/ })
})

t.test('an export shows what the list shows, and the audit is told of what is secret', async (t) => {
  const api = await startApi(t)
  await post(api, 'kendari', aReport())
  const secret = await post(api, 'kendariSecret', aReport({ handling: 'secret' }))
  const ids = async (name: CallerName) =>
    linesOf((await api.as(name).get('/v1/reports', as(ndjson))).body).map(({ id }) => id)
  t.equal((await ids('kendari')).length, 1)
  t.same(await ids('kolaka'), [])
  t.equal((await api.as('bssn').get('/v1/reports', as(csv))).statusCode, 403)
  const told = async () =>
    (await api.admin.query(`SELECT resource_id FROM audit_entries WHERE action = 'report.read'`)).rows
  t.same(await told(), [])
  await api.call({
    method: 'HEAD',
    url: '/v1/reports',
    headers: { accept: csv, authorization: `Bearer ${await api.tokenOf(callers.kendariSecret)}` },
  })
  t.same(await told(), [], 'headers alone show nothing')
  t.equal((await ids('kendariSecret')).length, 2)
  t.same(await told(), [{ resource_id: secret }])
})

/** Copies of the one report that is there, so many that an export takes several batches and more than the sockets hold. */
async function multiply(api: Api, copies: number): Promise<void> {
  const { rows } =
    await api.admin.query(`SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS names FROM pg_attribute
    WHERE attrelid = 'reports'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    AND attname NOT IN ('id', 'register_number', 'client_reference', 'facts')`)
  const client = await api.admin.connect()
  try {
    await client.query('SET session_replication_role = replica')
    await client.query(`INSERT INTO reports (id, register_number, facts, ${rows[0].names})
      SELECT gen_random_uuid(), n + 1, repeat(md5(n::text), 100), ${rows[0].names} FROM reports, generate_series(1, ${copies}) n`)
  } finally {
    await client.query('RESET session_replication_role')
    client.release()
  }
}

/** A request whose answer is not read until one asks for it. */
async function begin(api: Api, name: CallerName, type: string): Promise<IncomingMessage> {
  if (!api.app.server.listening) await api.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = api.app.server.address() as AddressInfo
  const authorization = `Bearer ${await api.tokenOf(callers[name])}`
  const sent = request({ port, path: '/v1/reports?fields=*', headers: { accept: type, authorization }, agent: false })
  sent.end()
  const [answer] = await once(sent, 'response')
  return answer
}

async function read(answer: IncomingMessage): Promise<{ text: string; broken: boolean }> {
  let text = ''
  try {
    for await (const chunk of answer) text += chunk
    return { text, broken: !answer.complete }
  } catch {
    return { text, broken: true }
  }
}

t.test('a walk of many batches loses and doubles nothing while reports are posted', async (t) => {
  const api = await startApi(t)
  await post(api, 'kendari', aReport())
  await multiply(api, 3_000)
  const { rows } = await api.admin.query('SELECT id FROM reports')

  const answer = await begin(api, 'kendari', ndjson)
  for (let each = 0; each < 20; each += 1) await post(api, 'kendari', aReport())
  const { text, broken } = await read(answer)

  t.notOk(broken)
  const got = linesOf(text).map(({ id }) => id)
  t.equal(new Set(got).size, got.length)
  const known = new Set(got)
  t.same(
    rows.filter(({ id }) => !known.has(id)),
    [],
  )
})

t.test('a client that is disabled on the way is cut off, and the file does not end well', async (t) => {
  for (const type of [csv, xlsx]) {
    const api = await startApi(t)
    await post(api, 'kendari', aReport())
    await multiply(api, 6_000)
    const answer = await begin(api, 'kendari', type)
    await api.admin.query(`UPDATE clients SET disabled_at = now() WHERE client_id = 'kendari'`)
    const { broken } = await read(answer)
    t.ok(broken, `${type} breaks off`)
  }
})

t.test('a reader who goes away leaves nothing behind, and one who waits holds no connection', async (t) => {
  const api = await startApi(t)
  await post(api, 'kendari', aReport())
  await multiply(api, 6_000)
  const busy = async () => {
    const { rows } = await api.admin.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'`,
    )
    return rows[0].n
  }
  const waiting = []
  for (const type of [csv, ndjson, geojson, xlsx, csv, csv, csv, csv, csv, csv, csv])
    waiting.push(await begin(api, 'kendari', type))
  t.equal((await api.as('kendari').get('/v1/reports')).statusCode, 200, 'eleven wait, and others are answered')
  t.equal(await busy(), 0)
  for (const answer of waiting) answer.destroy()
  for (let tries = 0; tries < 100 && (await connections(api)) > 0; tries += 1) await setTimeout(50)
  t.equal(await connections(api), 0)
  t.equal(await busy(), 0)
})

function connections(api: Api): Promise<number> {
  return new Promise((resolve, reject) =>
    api.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}

t.test('every closed list has its labels', async (t) => {
  const { as } = await startApi(t)
  const { items } = (await as('bssn').get('/v1/vocabularies')).json()
  const severity = items.find(({ name }: { name: string }) => name === 'severity')
  t.same(severity.words[0], { code: 'low', labelId: 'Rendah', labelEn: 'Low' })
})
