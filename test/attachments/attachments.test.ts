import { mkdir, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { enforceAttachmentRetention, finishUploads, removeUnfinished } from '../../src/attachments/jobs.ts'
import { openFiles } from '../../src/attachments/open-files.ts'
import { readPhoto } from '../../src/attachments/read-photo.ts'
import { withoutPosition } from '../../src/attachments/without-position.ts'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { aReport } from '../support/a-report.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { type Api, startApi } from '../support/start-api.ts'
import { aPhoto, type Kind, sha256Of, uploads } from './files.ts'

async function post(api: Api, by: CallerName = 'kendari', changes: Record<string, unknown> = {}): Promise<string> {
  const posted = await api.as(by).post('/v1/reports', aReport(changes))
  if (posted.statusCode !== 201) throw new Error(posted.payload)
  return posted.json().id
}

const fileOf = (api: Api, id: string) => join(api.config.attachments.folder, 'files', id.slice(-2), id)
const hour = 3_600_000

/** What the jobs of the worker run with. */
function worker(t: { teardown(end: () => Promise<void>): unknown }, api: Api, settings = api.config.attachments) {
  const door = openWorkDoor(api.workerUrl, { size: 1, report: () => {} })
  t.teardown(door.close)
  const at = () => ({ db: door.db, now: api.time.now, signal: new AbortController().signal })
  const files = openFiles(settings)
  return {
    finish: () => finishUploads(at(), files),
    clean: () => removeUnfinished(at(), files),
    retain: () => enforceAttachmentRetention(at(), files),
  }
}

t.test('the bytes are read whole, in ranges, and not again', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const photo = await aPhoto()
  const { id } = await uploads(api, 'kendari', report).upload(photo, { filename: "Foto 'baliho' é.jpg" })
  const url = `/v1/reports/${report}/attachments/${id}/content`
  const read = (headers: Record<string, string> = {}) => api.as('sultra').get(url, { headers })
  const whole = await read()
  t.equal(whole.statusCode, 200)
  t.ok(whole.rawPayload.equals(photo))
  const etag = `"${sha256Of(photo)}"`
  t.match(whole.headers, {
    etag,
    'content-type': 'image/jpeg',
    'content-length': String(photo.length),
    'accept-ranges': 'bytes',
    'content-disposition': "attachment; filename*=UTF-8''Foto%20%27baliho%27%20%C3%A9.jpg",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
  const last = photo.length - 1
  const ranges: [string, number, number][] = [
    ['bytes=0-0', 0, 0],
    ['bytes=10-99', 10, 99],
    [`bytes=${last}-`, last, last],
    ['bytes=-5', last - 4, last],
    ['bytes=100-999999999', 100, last],
    ['bytes=-999999999', 0, last],
  ]
  for (const [range, from, to] of ranges) {
    const part = await read({ range })
    t.equal(part.statusCode, 206, range)
    t.equal(part.headers['content-range'], `bytes ${from}-${to}/${photo.length}`)
    t.ok(part.rawPayload.equals(photo.subarray(from, to + 1)), range)
  }
  for (const range of ['bytes=1-0', 'bytes=0-1,5-6', 'lines=1-2', 'bytes=-', 'bytes'])
    t.equal((await read({ range })).statusCode, 200, `${range} is ignored`)
  for (const range of [`bytes=${photo.length}-`, 'bytes=-0']) {
    const none = await read({ range })
    t.equal(`${none.statusCode} ${none.json().code}`, '416 range_not_satisfiable')
    t.equal(none.headers['content-range'], `bytes */${photo.length}`)
  }
  t.equal((await read({ range: 'bytes=0-1', 'if-range': etag })).statusCode, 206)
  t.equal((await read({ range: 'bytes=0-1', 'if-range': '"another"' })).statusCode, 200)
  t.equal((await read({ 'if-none-match': etag })).statusCode, 304)
  const authorization = `Bearer ${await api.tokenOf(callers.kendari)}`
  const head = await api.call({ method: 'HEAD', url, headers: { authorization } })
  t.equal(`${head.statusCode} ${head.headers['content-length']} ${head.body}`, `200 ${photo.length} `)
  t.equal((await stat(fileOf(api, id))).mode & 0o777, 0o600)
})

t.test('a file is seen by whoever sees its report, also when that changes', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const photo = await aPhoto()
  const { id } = await uploads(api, 'kendari', report).upload(photo)
  const paths = [`/attachments/${id}`, `/attachments/${id}/content`]
  const statusesOf = async (by: CallerName, headers: Record<string, string> = {}) =>
    (await Promise.all(paths.map((path) => api.as(by).get(`/v1/reports/${report}${path}`, { headers }))))
      .map(({ statusCode }) => statusCode)
      .join(' ')
  const answers = async () => ({
    kendari: await statusesOf('kendari'),
    secret: await statusesOf('kendariSecret'),
    sultra: await statusesOf('sultra'),
    bali: await statusesOf('bali'),
    ordinary: await statusesOf('kendariOrdinary'),
  })
  const none = '404 404'
  t.same(await answers(), { kendari: '200 200', secret: '200 200', sultra: '200 200', bali: none, ordinary: none })
  const other = await post(api)
  t.equal((await api.as('kendari').get(`/v1/reports/${other}/attachments/${id}`)).statusCode, 404, 'of another report')

  const raised = await api.as('sultraTopSecret').patch(`/v1/reports/${report}`, { handling: 'secret' }, '*')
  t.equal(raised.statusCode, 200, raised.payload)
  t.same(await answers(), { kendari: none, secret: '200 200', sultra: none, bali: none, ordinary: none })
  t.equal((await api.as('kendari').get(`/v1/reports/${report}/attachments`)).statusCode, 404)
  const reason = 'Foto harus dilihat sebelum penghitungan suara dimulai.'
  const glass = (await api.as('analyst').post('/v1/access/break-glass', { reason })).json().id
  t.equal(await statusesOf('analyst'), none)
  t.equal(await statusesOf('analyst', { 'break-glass': glass }), '200 200')
  const { rows } = await api.admin.query(
    `SELECT action, actor, break_glass_id IS NOT NULL AS glass FROM audit_entries WHERE resource_id = $1 ORDER BY actor, action`,
    [id],
  )
  const told = rows.map(({ action, actor, glass }) => `${actor} ${action}${glass ? ' through glass' : ''}`)
  t.ok(told.includes('official-of-kendari-secret attachment.read'), told.join('; '))
  t.ok(told.includes('official-of-analyst attachment.read through glass'))
  t.notOk(told.includes('official-of-kendari attachment.read'), 'ordinary reads are not told')
})

t.test('either belt holds alone', async (t) => {
  const api = await startApi(t)
  const report = await post(api, 'kendariSecret', { handling: 'secret' })
  const { id } = await uploads(api, 'kendariSecret', report).upload(await aPhoto())
  const url = `/v1/reports/${report}/attachments/${id}`
  const count = async (role: string, region: string, clearance: number) => {
    const client = await api.admin.connect()
    try {
      await client.query('BEGIN')
      await client.query(
        `SELECT set_config('waspada.region', $1, true), set_config('waspada.clearance', $2, true), set_config('role', $3, true)`,
        [region, String(clearance), role],
      )
      return (await client.query('SELECT 1 FROM attachments')).rowCount
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  }
  t.equal(await count('waspada_regency', '74.71', 2), 1)
  t.equal(await count('waspada_regency', '74.71', 1), 0)
  t.equal(await count('waspada_regency', '51.71', 3), 0)
  t.equal(await count('waspada_province', '51', 3), 0)
  t.equal(await count('waspada_national', '00', 1), 0)
  for (const table of ['reports', 'attachments', 'attachment_uploads'])
    await api.admin.query(`CREATE POLICY open ON ${table} TO PUBLIC USING (true)`)
  for (const by of ['kendari', 'denpasar', 'bali', 'analyst'] as const)
    for (const path of [url, `${url}/content`]) t.equal((await api.as(by).get(path)).statusCode, 404, `${by} ${path}`)
  t.equal((await uploads(api, 'kendari', report).find(id)).statusCode, 404)
})

t.test('a file that the store does not have is an answer of its own, told to the audit', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const photo = await aPhoto()
  const { id } = await uploads(api, 'kendari', report).upload(photo)
  const url = `/v1/reports/${report}/attachments/${id}`
  await truncate(fileOf(api, id), 10)
  const cut = await api.as('kendari').get(`${url}/content`)
  t.equal(`${cut.statusCode} ${cut.json().code}`, '503 attachment_unavailable')
  await rm(fileOf(api, id))
  const gone = await api.as('kendari').get(`${url}/content`)
  t.equal(`${gone.statusCode} ${gone.json().code}`, '503 attachment_unavailable')
  t.ok(gone.headers['retry-after'])
  const authorization = `Bearer ${await api.tokenOf(callers.kendari)}`
  t.equal((await api.call({ method: 'HEAD', url: `${url}/content`, headers: { authorization } })).statusCode, 503)
  t.equal((await api.as('kendari').get(url)).json().sha256, sha256Of(photo), 'what it was is still known')
  const { rows } = await api.admin.query(
    `SELECT count(*)::int AS told FROM audit_entries WHERE action = 'attachment.missing'`,
  )
  t.equal(rows[0].told, 3)
})

t.test('who removes a file, and what is left of it', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const { id } = await uploads(api, 'kendari', report).upload(await aPhoto())
  const url = `/v1/reports/${report}/attachments/${id}`
  const remove = (by: CallerName, ifMatch: string | null, body?: unknown) =>
    api.as(by).send('DELETE', url, body === undefined ? undefined : JSON.stringify(body), {
      headers: ifMatch === null ? {} : { 'if-match': ifMatch },
    })
  const refused = async (by: CallerName, ifMatch: string | null, body: unknown, expected: string) => {
    const answer = await remove(by, ifMatch, body)
    t.equal(`${answer.statusCode} ${answer.json().code}`, expected, by)
  }
  await refused('bali', '*', undefined, '404 attachment_not_found')
  await refused('kendariReader', '*', undefined, '403 scope_missing')
  await refused('kendari', null, undefined, '428 precondition_required')
  await refused('kendari', '"another"', undefined, '412 version_stale')
  await refused('sultra', '*', { reason: 'Salah foto.' }, '409 not_in_charge')
  await api.as('sultra').change(`/v1/reports/${report}/verify`, undefined, '*')
  await refused('kendari', '*', undefined, '422 body_invalid')
  const { etag } = (await api.as('kendari').get(url)).headers
  t.equal((await remove('kendari', `${etag}`, { reason: 'Foto memuat wajah anak.' })).statusCode, 204)
  t.match((await api.as('sultra').get(url)).json(), {
    version: 2,
    fileName: null,
    position: null,
    takenAt: null,
    mediaType: 'image/jpeg',
    removed: {
      at: '2024-11-26T00:00:00.000Z',
      office: '74.71',
      by: 'official-of-kendari',
      reason: 'Foto memuat wajah anak.',
    },
  })
  const content = await api.as('kendari').get(`${url}/content`)
  t.equal(`${content.statusCode} ${content.json().code}`, '410 attachment_removed')
  await refused('kendari', '*', { reason: 'Sekali lagi.' }, '410 attachment_removed')
  t.equal(await stat(fileOf(api, id)).catch(() => null), null, 'the bytes are gone')
  const { rows } = await api.admin.query(
    `SELECT type, subject_version AS version FROM events WHERE subject_id = $1 ORDER BY 2`,
    [id],
  )
  t.same(rows, [
    { type: 'attachment.added', version: 1 },
    { type: 'attachment.removed', version: 2 },
  ])
  await t.rejects(api.admin.query('DELETE FROM attachments'), 'the tombstone stays')
  await t.rejects(api.admin.query(`UPDATE attachments SET removed_by = 'nobody'`))
  t.equal((await uploads(api, 'kendari', report).upload(await aPhoto())).answer.statusCode, 204, 'it may be sent again')
})

t.test('an upload that takes too long expires, with its bytes', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const { begin, send, find, upload } = uploads(api, 'kendari', report)
  const photo = await aPhoto()
  const { id } = (await begin(photo.length)).json()
  await send(id, 0, photo.subarray(0, 100))
  const whole = await upload(photo)
  const folder = join(api.config.attachments.folder, 'unfinished')
  await writeFile(join(folder, 'of-a-killed-process.piece'), 'x')
  await utimes(join(folder, 'of-a-killed-process.piece'), new Date(0), new Date(0))
  const { clean } = worker(t, api)
  await clean()
  t.same(await readdir(folder), [id], 'only what no process comes back to')
  api.time.now = new Date(api.time.now.getTime() + 168 * hour)
  t.equal((await find(id)).statusCode, 404)
  t.equal((await send(id, 100, photo.subarray(100))).statusCode, 404)
  api.time.now = new Date(api.time.now.getTime() + 2 * hour)
  await clean()
  t.same(await readdir(folder), [])
  t.equal((await api.admin.query('SELECT FROM attachment_uploads')).rowCount, 0)
  t.equal((await api.as('kendari').get(`/v1/reports/${report}/attachments/${whole.id}/content`)).statusCode, 200)
})

t.test('a process that dies between the bytes and the row: the worker finishes, once', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const { begin, send, find } = uploads(api, 'kendari', report)
  const photo = await aPhoto()
  const { id } = (await begin(photo.length)).json()
  await send(id, 0, photo.subarray(0, 100))
  // As it stands after the last bytes were acknowledged and nothing else was done.
  await writeFile(join(api.config.attachments.folder, 'unfinished', id), photo)
  await api.admin.query(`UPDATE attachment_uploads SET received = length, status = 'checking' WHERE id = $1`, [id])
  const list = async () => (await api.as('sultra').get(`/v1/reports/${report}/attachments`)).json().items
  t.same(await list(), [])
  const { finish } = worker(t, api)
  await Promise.all([finish(), send(id, photo.length, Buffer.alloc(0))])
  t.match(await list(), [{ id, by: 'official-of-kendari', sha256: sha256Of(photo) }])
  await finish()
  t.equal((await find(id)).json().status, 'added')
  const { rows } = await api.admin.query(`SELECT type FROM events WHERE subject_id = $1`, [id])
  t.same(rows, [{ type: 'attachment.added' }])
})

t.test('a scanner decides what is seen: clean, infected, or not yet known', async (t) => {
  const script = (exit: string) => ['/bin/sh', '-c', `test -f "$0" && ${exit}`]
  const start = async (command: readonly string[]) => {
    const api = await startApi(t)
    const settings = { ...api.config.attachments, scanCommand: command }
    const other = await startApi(t, { attachments: settings })
    const report = await post(other)
    return { api: other, report, settings, ...uploads(other, 'kendari', report) }
  }
  const photo = await aPhoto()
  const itemsOf = async (api: Api, report: string) =>
    (await api.as('sultra').get(`/v1/reports/${report}/attachments`)).json().items

  const clean = await start(script('exit 0'))
  t.equal((await clean.upload(photo)).answer.statusCode, 204)
  t.match(await itemsOf(clean.api, clean.report), [{ scanned: true }])

  const infected = await start(script('exit 1'))
  const { id, answer } = await infected.upload(photo)
  t.equal(`${answer.statusCode} ${answer.json().code}`, '422 file_refused')
  t.same(await itemsOf(infected.api, infected.report), [])
  t.match((await infected.find(id)).json(), { status: 'refused', refusal: 'infected' })
  t.same(await readdir(join(infected.settings.folder, 'unfinished')), [])
  const { rows } = await infected.api.admin.query(
    `SELECT type AS told FROM events WHERE subject_id = $1 UNION ALL SELECT action FROM audit_entries WHERE resource_id = $1::text`,
    [id],
  )
  t.same(rows, [{ told: 'attachment.refused' }, { told: 'attachment.refused' }])

  for (const command of [script('exit 2'), ['/there/is/no/scanner']]) {
    const broken = await start(command)
    const sent = await broken.upload(photo)
    t.equal(sent.answer.statusCode, 204, 'the bytes are kept')
    t.same(await itemsOf(broken.api, broken.report), [], 'and nobody sees them')
    t.equal((await broken.find(sent.id)).json().status, 'checking')
    const told = { errors: [{ code: command[0] === '/bin/sh' ? 'exit_2' : 'ENOENT' }] }
    await t.rejects(worker(t, broken.api).finish(), told, 'and whoever runs the service hears of it')
    t.equal((await broken.find(sent.id)).json().status, 'checking', 'still not known')
    await worker(t, broken.api, { ...broken.settings, scanCommand: script('exit 0') }).finish()
    t.match(await itemsOf(broken.api, broken.report), [{ id: sent.id, scanned: true }])
  }
})

t.test('a whole file outlives its upload until it was looked at', async (t) => {
  const first = await startApi(t)
  const api = await startApi(t, {
    attachments: { ...first.config.attachments, scanCommand: ['/bin/sh', '-c', 'exit 2'] },
  })
  const report = await post(api)
  const photo = await aPhoto()
  const { id } = await uploads(api, 'kendari', report).upload(photo)
  await utimes(join(api.config.attachments.folder, 'unfinished', id), new Date(0), new Date(0))
  api.time.now = new Date(api.time.now.getTime() + 1000 * hour)
  await worker(t, api).clean()
  await worker(t, api, { ...api.config.attachments, scanCommand: null }).finish()
  t.match((await api.as('kendari').get(`/v1/reports/${report}/attachments`)).json().items, [
    { id, sha256: sha256Of(photo) },
  ])
  await worker(t, api).clean()
  t.equal((await api.admin.query('SELECT FROM attachment_uploads')).rowCount, 0)
  t.same(await readdir(join(api.config.attachments.folder, 'unfinished')), [])
})

t.test('files that cannot be looked at keep no other waiting', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const photo = await aPhoto()
  const { begin } = uploads(api, 'kendari', report)
  const { id } = (await begin(photo.length)).json()
  // A hundred older ones whose files the disk has lost.
  await api.admin.query(
    `INSERT INTO attachment_uploads (id, report_id, region_code, handling, client_id, actor, office_code, file_name, length, received, status,
       created_at, expires_at)
     SELECT gen_random_uuid(), report_id, region_code, handling, client_id, actor, office_code, file_name, 1, 1, 'checking',
       created_at - interval '1 hour', expires_at FROM attachment_uploads, generate_series(1, 100) WHERE id = $1`,
    [id],
  )
  await writeFile(join(api.config.attachments.folder, 'unfinished', id), photo).catch(async () => {
    await mkdir(join(api.config.attachments.folder, 'unfinished'), { recursive: true })
    await writeFile(join(api.config.attachments.folder, 'unfinished', id), photo)
  })
  await api.admin.query(`UPDATE attachment_uploads SET received = length, status = 'checking' WHERE id = $1`, [id])
  const { finish } = worker(t, api)
  const items = async () => (await api.as('kendari').get(`/v1/reports/${report}/attachments`)).json().items
  for (let runs = 0; runs < 20 && (await items()).length === 0; runs += 1) await t.rejects(finish())
  t.match(await items(), [{ id }])
})

t.test('a copy into the store that was killed on its way is removed, and one under way is not', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const { id } = await uploads(api, 'kendari', report).upload(await aPhoto())
  const old = `${fileOf(api, id)}.0123456789abcdef.half`
  const young = `${fileOf(api, id)}.fedcba9876543210.half`
  for (const path of [old, young]) await writeFile(path, 'x')
  await utimes(old, new Date(0), new Date(0))
  await utimes(young, api.time.now, api.time.now)
  await worker(t, api).clean()
  t.same((await readdir(join(fileOf(api, id), '..'))).sort(), [id, young.split('/').at(-1)].sort())
})

t.test('files are kept as long as a rule says, and no longer', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const { id } = await uploads(api, 'kendari', report).upload(await aPhoto())
  const { retain } = worker(t, api)
  const removed = async () => (await api.as('kendari').get(`/v1/reports/${report}/attachments/${id}`)).json().removed
  api.time.now = new Date(api.time.now.getTime() + 31 * 24 * hour)
  await retain()
  t.equal(await removed(), null, 'without a rule nothing ends')
  await api.admin.query(
    `INSERT INTO retention_rules (kind, handling, keep_days) VALUES ('actors', 1, 1), ('attachments', 0, 1), ('attachments', 1, 40)`,
  )
  await retain()
  t.equal(await removed(), null)
  await api.admin.query(`UPDATE retention_rules SET keep_days = 30 WHERE kind = 'attachments' AND handling = 1`)
  await Promise.all([retain(), retain()])
  t.match(await removed(), { office: null, by: 'retention', reason: null })
  t.equal(await stat(fileOf(api, id)).catch(() => null), null)
  const { rows } = await api.admin.query(`SELECT count(*)::int AS events FROM events WHERE type = 'attachment.removed'`)
  t.equal(rows[0].events, 1)
})

t.test('a photo for release says nothing but what it shows', async (t) => {
  const api = await startApi(t)
  const path = join(api.config.dataDir, 'photo')
  for (const [kind, type] of [
    ['jpeg', 'image/jpeg'],
    ['png', 'image/png'],
    ['webp', 'image/webp'],
  ] as const) {
    const photo = await aPhoto(kind as Kind)
    await writeFile(path, Buffer.concat([photo, Buffer.from('hidden behind the end: 122.5125')]))
    t.ok((await readPhoto(path, type)).position, `${kind} says where`)
    const bare = await withoutPosition(photo)
    await writeFile(path, bare)
    t.same(await readPhoto(path, type), { position: null, takenAt: null })
    t.notOk(/Exif|Kamera|Pelapor|2024:11:25|hidden/.test(bare.toString('latin1')), kind)
  }
  await t.rejects(withoutPosition(Buffer.from('%PDF-1.7')))
})
