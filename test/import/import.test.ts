import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import exceljs from 'exceljs'
import t from 'tap'
import { csvText } from '../../src/clients/csv-text.ts'
import { ProgressFile, sha256Of } from '../../src/import/progress-file.ts'
import { ClientCredentials } from '../../src/import/tokens.ts'
import { callers } from '../support/callers.ts'
import { runCommand } from '../support/run-command.ts'
import { compiled, runWaspada, startWaspada } from '../support/run-waspada.ts'
import { startApi } from '../support/start-api.ts'
import { addSecret } from '../support/token-clients.ts'

const facts = 'Lima orang tak dikenal merusak dua belas baliho pasangan calon.'
const least = {
  clientReference: '',
  product: 'incident',
  athg: 'disruption',
  domain: 'politics',
  incidentType: 'perusakan_apk',
  phase: 'actual',
  severity: 'moderate',
  subject: 'Perusakan alat peraga',
  facts,
  occurredAt: '2024-11-25T22:30:00+08:00',
  regionCode: '74.71',
  sourceKind: 'fkdm',
}
type Cells = Record<string, string>
const row = (clientReference: string, changes: Cells = {}): Cells => ({ ...least, clientReference, ...changes })
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(`kdi-${index + 1}`))
function csv(list: Cells[], delimiter = ','): string {
  const names = [...new Set(list.flatMap(Object.keys))]
  return csvText([names, ...list.map((one) => names.map((name) => one[name] ?? ''))], delimiter)
}

async function office(t: { teardown(end: () => Promise<void> | void): unknown }) {
  const api = await startApi(t)
  const url = await api.app.listen({ port: 0, host: '127.0.0.1' })
  const folder = await mkdtemp(join(tmpdir(), 'waspada-import-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const token = await api.tokenOf(callers.kendari)
  const file = async (name: string, content: string | Buffer) => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }
  const environment = { WASPADA_TOKEN: token }
  const run = (path: string, ...more: string[]) => runCommand(['import', path, '--url', url, ...more], environment)
  const references = async () => {
    const { rows } = await api.admin.query('SELECT client_reference AS r FROM reports ORDER BY register_number')
    return rows.map(({ r }) => r)
  }
  return { ...api, url, folder, file, run, references, environment }
}

const gone = async (path: string) => (await stat(path).catch(() => undefined)) === undefined

t.test('a spreadsheet saved as CSV is imported row by row', async (t) => {
  const { file, run, references, admin } = await office(t)
  const list = [
    row('a', {
      facts: `Baris satu; "dikutip", dengan koma.\nBaris dua — ${facts}`,
      longitude: '122,513',
      latitude: '-3,975',
    }),
    row('b', { occurredAt: '2024-01-02 09:30', exercise: 'ya', deaths: '0', lossIdr: '4500000' }),
    row('', Object.fromEntries(Object.keys(least).map((name) => [name, '']))),
    row('c', { noteOnThreat: 'Dapat berulang.', sourceCredibility: '2' }),
  ]
  const path = await file('laporan.csv', `\uFEFF${csv(list, ';')}`)
  const ran = await run(path, '--offset', '+08:00')
  t.match(ran, { code: 0, stderr: /3 stored, 0 stood already, 0 refused/ })
  t.same(await references(), ['a', 'b', 'c'])
  const { rows: stored } = await admin.query(`SELECT *, occurred_at::text AS at FROM reports ORDER BY register_number`)
  t.match(stored[0], { facts: list[0]?.facts, longitude: 122.513, latitude: -3.975 })
  t.match(stored[1], { exercise: true, occurred_at_offset: '+08:00', flags: ['late'] })
  t.match(stored[1].impact, { deaths: 0, lossIdr: 4_500_000 })
  t.match(stored[2], { athg_notes: { threat: 'Dapat berulang.' }, source_credibility: 2 })
  t.ok(await gone(`${path}.waspada-import.json`))
  t.ok(await gone(`${path}.rejected.csv`))
  t.match(await run(path, '--offset', '+08:00'), { code: 0, stderr: /0 stored, 3 stood already, 0 refused/ })

  const indonesian = csv([row('d')])
    .replace('facts', 'Fakta-Fakta')
    .replace('regionCode', 'Kode Wilayah')
  t.match(await run(await file('id.csv', indonesian)), { code: 0, stderr: /1 stored/ })
})

t.test('a dry run names every bad cell, and stores nothing', async (t) => {
  const { file, run, references, admin } = await office(t)
  const list = [
    row('good'),
    row('a', { incidentType: 'tidak_ada', severity: 'besar', regionCode: '74.1' }),
    row('', { occurredAt: '2024-11-25 22:30' }),
    row('c', { regionCode: '51.71', facts: 'pendek', lossIdr: '4.500.000', longitude: '122.5' }),
    row('good', { severity: 'low' }),
    row('far'),
    ...rows(600),
    row('far', { severity: 'low' }),
  ]
  const path = await file('laporan.csv', csv(list))
  const before = await admin.query(
    'SELECT (SELECT count(*) FROM audit_entries), (SELECT count(*) FROM report_registers)',
  )
  const ran = await run(path, '--dry-run')
  t.equal(ran.code, 1)
  const told = ran.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(':')[0])
  t.same(
    told,
    [
      'row 3, column regionCode',
      'row 3, column incidentType',
      'row 3, column severity',
      'row 4, column occurredAt',
      'row 4, column clientReference',
      'row 5, column facts',
      'row 5, column latitude',
      'row 5, column lossIdr',
      'row 5, column regionCode',
      'row 6, column clientReference',
      'row 608, column clientReference',
    ].sort((a, b) => told.indexOf(a) - told.indexOf(b)),
  )
  t.match(ran.stdout, /row 3, column regionCode: "74.1" is no code; a spreadsheet makes 74.1 of 74.10/)
  t.match(ran.stdout, /row 4, column occurredAt: give the offset/)
  t.match(ran.stderr, /5 of 607 rows would be refused; nothing was stored/)
  t.same(await references(), [])
  const after = await admin.query(
    'SELECT (SELECT count(*) FROM audit_entries), (SELECT count(*) FROM report_registers)',
  )
  t.same(after.rows, before.rows)
  t.match(await run(await file('good.csv', csv(rows(2))), '--dry-run'), {
    code: 0,
    stderr: /all 2 rows would be stored/,
  })
  t.match(await run(path, '--dry-run', '--language', 'id'), {
    code: 1,
    stdout: /row 5, column facts: .*huruf|row 5, column facts: /,
  })
})

t.test('rows that are refused are told in a file, and stop no other', async (t) => {
  const { file, run, references } = await office(t)
  const list = [
    row('a'),
    row('b', { severity: 'besar' }),
    row('c', { regionCode: '74.7' }),
    row('a', { severity: 'low' }),
    row('d'),
  ]
  const path = await file('laporan.csv', csv(list))
  const ran = await run(path)
  t.match(ran, { code: 1, stderr: /2 stored, 0 stood already, 3 refused/ })
  t.match(ran.stderr, /laporan.csv.rejected.csv/)
  t.same(await references(), ['a', 'd'])
  const told = (await readFile(`${path}.rejected.csv`, 'utf8')).split('\r\n')
  t.equal(told[0], 'row,column,problem')
  t.match(told[1], /^3,severity,/)
  t.match(told[2], /^4,regionCode,/)
  t.match(told[3], /^5,clientReference,.*[0-9a-f-]{36}/)
  await writeFile(path, csv([row('b'), row('c')]))
  t.match(await run(path), { code: 0, stderr: /2 stored/ })
  t.ok(await gone(`${path}.rejected.csv`), 'the next good import takes it away')
})

t.test('a workbook is read as a person reads it, and what is in doubt is refused', async (t) => {
  const { file, run, references, admin, folder } = await office(t)
  const template = await runWaspada(['import', '--template', 'xlsx'], {})
  t.equal(template.code, 0)
  const workbook = new exceljs.Workbook()
  const sheet = workbook.addWorksheet('laporan')
  const names = [...Object.keys(least), 'deaths', 'place']
  sheet.addRow(names)
  const add = (cells: Record<string, unknown>) => sheet.addRow(names.map((name) => cells[name] ?? null))
  add({ ...row('text'), deaths: 0 })
  add({ ...row('date'), occurredAt: new Date('2024-11-25T22:30:00Z'), regionCode: 74.71 })
  sheet.addRow([])
  add({
    ...row('rich'),
    facts: { richText: [{ text: 'Baliho ' }, { font: { bold: true }, text: 'dirusak lima orang.' }] },
  })
  add({ ...row('number'), regionCode: 74.1 })
  add({ ...row('formula'), place: { formula: 'A1', result: 'x' } })
  add({ ...row('error'), place: { error: '#N/A' } })
  workbook.addWorksheet('lain').addRow(['apa saja'])
  const path = await file('laporan.xlsx', Buffer.from(await workbook.xlsx.writeBuffer()))
  const ran = await run(path, '--offset', '+08:00')
  t.match(ran, { code: 1, stderr: /3 stored, 0 stood already, 3 refused/ })
  t.same(await references(), ['text', 'date', 'rich'])
  const { rows: stored } = await admin.query(
    'SELECT facts, occurred_at, region_code FROM reports ORDER BY register_number',
  )
  t.match(stored[1], { occurred_at: new Date('2024-11-25T14:30:00Z'), region_code: '74.71' })
  t.equal(stored[2].facts, 'Baliho dirusak lima orang.')
  const told = await readFile(`${path}.rejected.csv`, 'utf8')
  t.match(told, /^6,regionCode,.*74\.10/m)
  t.match(told, /^7,place,"is a formula/m)
  t.match(told, /^8,place,is the error #N\/A/m)
  t.match(await run(path, '--sheet', 'tidak ada'), { code: 1, stderr: /There is no sheet "tidak ada"/ })
  t.match(await run(path, '--sheet', 'lain'), { code: 1, stderr: /there is no column "apa saja"/ })

  const bytes = await readFile(path)
  for (const [name, content] of [
    ['text', 'bukan'],
    ['cut', bytes.subarray(0, 4000)],
    ['none', ''],
  ] as const)
    t.match(await run(await file(`${name}.xlsx`, content)), { code: 1, stderr: /no XLSX workbook/ }, name)

  // The template itself is a file that can be imported.
  const made = new exceljs.Workbook()
  await made.xlsx.readFile(await file('template.xlsx', await templateBytes(folder)))
  t.same(
    made.worksheets.map(({ name }) => name),
    ['reports', 'words'],
  )
  t.match(await run(join(folder, 'template.xlsx')), { code: 0, stderr: /1 stored/ })
})

async function templateBytes(folder: string): Promise<Buffer> {
  const { spawnSync } = await import('node:child_process')
  const made = spawnSync(process.execPath, [...compiled, 'import', '--template', 'xlsx'])
  await writeFile(join(folder, 'made.xlsx'), made.stdout)
  return made.stdout
}

t.test('the CSV template imports, and NDJSON goes as it is', async (t) => {
  const { file, run, references } = await office(t)
  const comma = await runCommand(['import', '--template'], {})
  t.equal(comma.code, 0)
  t.match(await run(await file('template.csv', comma.stdout)), { code: 0, stderr: /1 stored/ })
  const semicolon = await runCommand(['import', '--template', 'csv', '--delimiter', ';'], {})
  t.match(await run(await file('semicolon.csv', semicolon.stdout)), { code: 0, stderr: /1 stood already/ })

  const { regionCode, sourceKind, ...plain } = row('nd-1')
  const report = { ...plain, location: { regionCode }, source: { kind: sourceKind }, actors: [{ role: 'witness' }] }
  const lines = [
    JSON.stringify(report),
    '',
    '{"clientReference": "broken',
    JSON.stringify({ ...report, clientReference: 'nd-2' }),
  ]
  const path = await file('laporan.ndjson', lines.join('\n'))
  t.match(await run(path), { code: 1, stderr: /2 stored, 0 stood already, 1 refused/ })
  t.match(await readFile(`${path}.rejected.csv`, 'utf8'), /^3,,/m)
  t.same((await references()).slice(1), ['nd-1', 'nd-2'])
})

t.test('a file that cannot be read is refused with the reason', async (t) => {
  const { file, run, url, references, tokenOf } = await office(t)
  const refused = async (name: string, content: string | Buffer, stderr: RegExp) =>
    t.match(await run(await file(name, content)), { code: 1, stderr }, name)
  await refused('empty.csv', '', /The file is empty/)
  await refused('latin.csv', Buffer.from(csv([row('a', { subject: 'Kaf\u00e9 rusak' })]), 'latin1'), /not UTF-8/)
  await refused('column.csv', csv([row('a', { colour: 'red' })]), /there is no column "colour"/)
  await refused('missing.csv', 'clientReference,facts\r\na,b\r\n', /"product" is missing.*"sourceKind" is missing/)
  await refused('twice.csv', csv([row('a', { fakta: 'x' })]), /"facts" is there twice/)
  await refused('quote.csv', `${csv([row('a')])}b,"never closed\r\n`, /Row 3 cannot be read/)
  await refused('report.txt', '', /none of .csv, .xlsx and .ndjson/)
  t.match(await run('/nowhere.csv'), { code: 1, stderr: /ENOENT/ })
  const path = await file('good.csv', csv(rows(1)))
  t.match(await runCommand(['import', path, '--url', url], { WASPADA_TOKEN: 'nonsense' }), { code: 1, stderr: /401/ })
  const reader = await tokenOf(callers.kendariReader)
  t.match(await runCommand(['import', path, '--url', url], { WASPADA_TOKEN: reader }), {
    code: 1,
    stderr: /may post reports/,
  })
  const agency = await tokenOf(callers.bssn)
  t.match(await runCommand(['import', path, '--url', url], { WASPADA_TOKEN: agency }), {
    code: 1,
    stderr: /may post reports/,
  })
  t.equal((await run(path, '--offset', '8')).code, 2)
  t.equal((await run(path, '--attempts', '0')).code, 2)
  t.equal((await runWaspada(['import', path], {})).code, 2, 'without a token')
  t.equal((await runWaspada(['import'], { WASPADA_TOKEN: 'x' })).code, 2, 'without a file')
  t.match(await run(path, '--url', 'http://127.0.0.1:9', '--attempts', '2'), {
    code: 1,
    stderr: /cannot be reached.*\n.*Given up after 2/,
  })
  t.ok((await references()).every((reference) => reference === 'a'))
})

t.test('a token comes from a file, or by client credentials', async (t) => {
  const { file, url, admin, references, environment } = await office(t)
  const path = await file('laporan.csv', csv(rows(3)))
  const tokenFile = await file('token', `${environment.WASPADA_TOKEN}\n`)
  const byFile = await runWaspada(['import', path, '--url', url, '--token-file', tokenFile], {})
  t.match(byFile, { code: 0, stderr: /3 stored/ })
  // Away from TTYs nothing but the result is said.
  t.equal(byFile.stderr, 'waspada: 3 stored, 0 stood already, 0 refused\n')
  const secretFile = await file('secret', await addSecret(admin, 'kendari'))
  const credentials = ['--client-id', 'kendari', '--secret-file', secretFile]
  t.match(await runCommand(['import', path, '--url', url, ...credentials], {}), {
    stderr: /Given|gives no token|stood already/,
  })
  t.equal((await references()).length, 3)
  for (const half of [credentials.slice(0, 2), credentials.slice(2)]) {
    const ran = await runWaspada(['import', path, '--url', url, ...half], environment)
    t.match(ran, { code: 2, stderr: /go together/ }, 'a token that lies about is not taken in its place')
  }
})

t.test('a token is asked for again when something in front of the service answers', async (t) => {
  const pages = [502, 504, 500, 503]
  const server = createServer((_request, response) => {
    const status = pages.shift()
    if (status !== undefined) return response.writeHead(status).end('<html>Bad Gateway</html>')
    response.end('{"access_token":"x","expires_in":900}')
  })
  server.listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const tokens = new ClientCredentials(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'kendari', 's')
  for (let tries = 0; tries < 4; tries += 1) await t.rejects(tokens.token(false), { message: /no token/ })
  t.equal(await tokens.token(false), 'x')
})

t.test('an import of another sheet, or with another offset, does not go on where this one stopped', async (t) => {
  const { file, run, references, url } = await office(t)
  const workbook = new exceljs.Workbook()
  for (const name of ['januari', 'februari']) {
    const sheet = workbook.addWorksheet(name)
    sheet.addRow(Object.keys(least))
    for (let index = 1; index <= 3; index += 1) sheet.addRow(Object.values(row(`${name}-${index}`)))
  }
  const path = await file('laporan.xlsx', Buffer.from(await workbook.xlsx.writeBuffer()))
  const identity = { sha256: await sha256Of(path), url, office: '74.71' }
  const reading = { sheet: 'januari', offset: null, delimiter: null }
  const progress = { row: 3, refusedBytes: 0, counts: { created: 2, replayed: 0, refused: 0 } }
  const stopped = new ProgressFile(path, { ...identity, reading })
  await stopped.write(progress)
  t.match(await run(path, '--sheet', 'februari'), { stderr: /^(?!.*goes on).*3 stored/s })
  await stopped.write(progress)
  t.match(await run(path, '--sheet', 'januari'), { stderr: /goes on behind row 3/ })
  t.same(await references(), ['februari-1', 'februari-2', 'februari-3', 'januari-3'])
})

t.test('an import whose file of refused rows was taken away tells all of them again', async (t) => {
  const { file, run, url } = await office(t)
  const path = await file('laporan.csv', csv([row('bad', { severity: 'besar' }), ...rows(2)]))
  const reading = { sheet: null, offset: null, delimiter: null }
  const stopped = new ProgressFile(path, { sha256: await sha256Of(path), url, office: '74.71', reading })
  await stopped.write({ row: 2, refusedBytes: 100, counts: { created: 0, replayed: 0, refused: 1 } })
  t.match(await run(path), { code: 1, stderr: /2 stored, 0 stood already, 1 refused/ })
  t.match(await readFile(`${path}.rejected.csv`, 'utf8'), /2,severity/)
})

t.test('what the service cannot take now is sent again, as it asks', async (t) => {
  const { file, url, references, environment } = await office(t)
  const refusals = [429, 503, 502, 500]
  const asked: number[] = []
  const proxy = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const status = request.url?.startsWith('/v1/reports/batch') ? refusals.shift() : undefined
    if (status !== undefined) {
      asked.push(status)
      return response.writeHead(status, { 'retry-after': '0' }).end()
    }
    const body = request.method === 'POST' ? { body: Buffer.concat(chunks) } : {}
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => name === 'authorization' || name === 'content-type'),
    ) as Record<string, string>
    const answer = await fetch(`${url}${request.url}`, { method: request.method ?? 'GET', headers, ...body })
    const bytes = Buffer.from(await answer.arrayBuffer())
    // One answer is lost on its way, after the service has stored it all.
    if (asked.length === 4) {
      asked.push(0)
      return response.destroy()
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(bytes)
  })
  proxy.listen(0, '127.0.0.1')
  t.teardown(() => proxy.close())
  await new Promise((resolve) => proxy.once('listening', resolve))
  const { port } = proxy.address() as AddressInfo
  const path = await file('laporan.csv', csv(rows(20)))
  const ran = await runCommand(['import', path, '--url', `http://127.0.0.1:${port}`], environment)
  t.match(ran, { code: 0, stderr: /0 stored, 20 stood already, 0 refused/ })
  t.same(asked, [429, 503, 502, 500, 0])
  t.equal((await references()).length, 20)
})

t.test('two imports of one file at once leave each row once', async (t) => {
  const { file, url, references, environment } = await office(t)
  const list = [...rows(1000), row('bad', { severity: 'besar' })]
  const path = await file('laporan.csv', csv(list))
  const args = ['import', path, '--url', url]
  const [one, two] = await Promise.all([runWaspada(args, environment), runWaspada(args, environment)])
  for (const ran of [one, two]) t.match(ran, { code: 1, stderr: /1 refused/ })
  t.same(
    (await references()).sort(),
    rows(1000)
      .map(({ clientReference }) => clientReference)
      .sort(),
  )
  t.equal((await readFile(`${path}.rejected.csv`, 'utf8')).split('\r\n').length, 3)
  t.ok(await gone(`${path}.waspada-import.json`))
})

t.test('an import that is killed goes on where it stopped', async (t) => {
  const { file, url, references, environment, admin } = await office(t)
  const list = [row('bad-1', { severity: 'besar' }), ...rows(3000), row('bad-2', { severity: 'besar' })]
  const path = await file('laporan.csv', csv(list))
  const args = ['import', path, '--url', url]
  const { child, ended } = startWaspada(args, environment)
  for (;;) {
    const state = await readFile(`${path}.waspada-import.json`, 'utf8').catch(() => '')
    if (state !== '') break
    if (child.exitCode !== null) t.fail('it ended before it could be killed')
  }
  child.kill('SIGKILL')
  await ended
  const { progress } = JSON.parse(await readFile(`${path}.waspada-import.json`, 'utf8'))
  t.ok(progress.row >= 500 && progress.row < 3000, `killed behind row ${progress.row}`)
  const before = (await references()).length
  t.ok(before < 3000)

  const foreign = await runWaspada([...args, '--token-file', await file('t', 'x')], {})
  t.equal(foreign.code, 1)
  const again = await runWaspada(args, environment)
  t.equal(again.code, 1)
  t.match(again.stderr, new RegExp(`goes on behind row ${progress.row},`))
  t.match(again.stderr, /2 refused/)
  t.same((await references()).length, 3000)
  const { rows: numbers } = await admin.query('SELECT max(register_number) AS last FROM reports')
  t.equal(numbers[0].last, 3000, 'no number was lost')
  const told = (await readFile(`${path}.rejected.csv`, 'utf8')).split('\r\n').map((line) => line.split(',')[0])
  t.same(told, ['row', '2', '3003', ''])
  t.ok(await gone(`${path}.waspada-import.json`))
})
