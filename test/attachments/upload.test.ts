import { randomInt } from 'node:crypto'
import { readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { Upload } from 'tus-js-client'
import { aReport } from '../support/a-report.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { type Api, startApi } from '../support/start-api.ts'
import { aLargePhoto, aPhoto, sha256Of, uploads } from './files.ts'

async function post(api: Api, by: CallerName = 'kendari', changes: Record<string, unknown> = {}): Promise<string> {
  const posted = await api.as(by).post('/v1/reports', aReport(changes))
  if (posted.statusCode !== 201) throw new Error(posted.payload)
  return posted.json().id
}

t.test('a photo in three pieces is an attachment after the last one, and not before', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const photo = await aPhoto()
  const { begin, send, head, find } = uploads(api, 'kendari', report)
  const begun = await begin(photo.length, { filename: 'C:\\Foto\\Baliho Mandonga é.jpg', sha256: sha256Of(photo) })
  t.equal(begun.statusCode, 201, begun.payload)
  t.match(begun.headers, {
    location: /^\/v1\/reports\/[0-9a-f-]+\/uploads\/[0-9a-f-]+$/,
    'upload-offset': '0',
    'upload-expires': 'Tue, 03 Dec 2024 00:00:00 GMT',
    'tus-resumable': '1.0.0',
  })
  const { id } = begun.json()
  const list = async (by: CallerName = 'kendari') =>
    (await api.as(by).get(`/v1/reports/${report}/attachments`)).json().items
  const pieces = [
    [0, 100],
    [100, 400],
    [400, photo.length],
  ] as const
  for (const [from, to] of pieces) {
    t.same(await list(), [], 'nothing yet')
    const sent = await send(id, from, photo.subarray(from, to))
    t.equal(sent.statusCode, 204, sent.payload)
    t.equal(sent.headers['upload-offset'], String(to))
    t.equal((await head(id)).headers['upload-offset'], String(to))
  }
  t.match((await find(id)).json(), { status: 'added', attachmentId: id, refusal: null })
  const [attachment] = await list('sultra')
  t.match(attachment, {
    id,
    fileName: 'Baliho Mandonga é.jpg',
    mediaType: 'image/jpeg',
    size: photo.length,
    sha256: sha256Of(photo),
    scanned: false,
    uploadedAt: '2024-11-26T00:00:00.000Z',
    office: '74.71',
    by: 'official-of-kendari',
    takenAt: '2024-11-25T14:30:00.000Z',
    removed: null,
  })
  const [longitude, latitude] = attachment.position
  t.ok(Math.abs(longitude - 122.5125) < 1e-6 && Math.abs(latitude + 3.975) < 1e-6, `${attachment.position}`)
  const { rows } = await api.admin.query('SELECT type, subject_id, office_code FROM events WHERE type LIKE $1', [
    'attachment.%',
  ])
  t.same(rows, [{ type: 'attachment.added', subject_id: id, office_code: '74.71' }])
})

t.test('a photo that is cut at any byte goes on from there', async (t) => {
  const api = await startApi(t)
  const { begin, send, head } = uploads(api, 'kendari', await post(api))
  const photo = await aLargePhoto(300_000)
  const { id } = (await begin(photo.length)).json()
  let offset = 0
  while (offset < photo.length) {
    const to = Math.min(photo.length, offset + randomInt(1, 90_000))
    const sent = await send(id, offset, photo.subarray(offset, to))
    t.equal(sent.statusCode, 204, `${offset} to ${to}: ${sent.payload}`)
    offset = Number((await head(id)).headers['upload-offset'])
    t.equal(offset, to)
  }
})

t.test('of two requests for the same bytes one wins', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const { begin, send, find } = uploads(api, 'kendari', report)
  const photo = await aPhoto()
  const { id } = (await begin(photo.length)).json()
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      // The first is the photo; what the others claim to be its first bytes is of another kind.
      send(id, 0, index === 0 ? photo.subarray(0, 500) : Buffer.alloc(500, index)),
    ),
  )
  const statuses = answers.map(({ statusCode }) => statusCode)
  t.same(statuses.filter((status) => status !== 409).length, 1, `${statuses}`)
  t.equal((await find(id)).json().received, 500)
  const stale = await send(id, 0, photo)
  t.equal(`${stale.statusCode} ${stale.json().code}`, '409 upload_offset_conflict')
  t.equal(stale.headers['upload-offset'], '500')
})

t.test('what is refused as it begins, and by what', async (t) => {
  const api = await startApi(t)
  const report = await post(api, 'kendariSecret', { handling: 'secret' })
  const plain = await post(api)
  const refused = async (
    by: CallerName,
    id: string,
    length: number,
    members: object,
    headers: object,
    expected: string,
  ) => {
    const answer = await uploads(api, by, id).begin(length, { ...members }, { ...headers })
    t.equal(
      `${answer.statusCode} ${answer.json().code}`,
      expected,
      `${by} ${JSON.stringify(members)} ${JSON.stringify(headers)}`,
    )
    return answer
  }
  await refused('kendari', report, 10, {}, {}, '404 report_not_found')
  await refused('bali', plain, 10, {}, {}, '404 report_not_found')
  await refused('kendariOrdinary', plain, 10, {}, {}, '404 report_not_found')
  await refused('kendariReader', plain, 10, {}, {}, '403 scope_missing')
  await refused('kendari', plain, 26_214_401, {}, {}, '413 body_too_large')
  await refused('kendari', plain, 0, {}, {}, '400 parameter_invalid')
  await refused('kendari', plain, 10, { filename: '' }, {}, '400 parameter_invalid')
  await refused('kendari', plain, 10, { filename: 'a\nb.jpg' }, {}, '400 parameter_invalid')
  await refused('kendari', plain, 10, { relativePath: 'a' }, {}, '400 parameter_invalid')
  await refused('kendari', plain, 10, { sha256: 'abc' }, {}, '400 parameter_invalid')
  await refused('kendari', plain, 10, {}, { 'upload-metadata': 'filename' }, '400 parameter_invalid')
  const old = await refused('kendari', plain, 10, {}, { 'tus-resumable': '0.2.2' }, '412 tus_version_unsupported')
  t.equal(old.headers['tus-version'], '1.0.0')
  t.equal((await uploads(api, 'kendari', plain).begin(26_214_400)).statusCode, 201, '25 MiB')

  const provincial = await post(api, 'sultra')
  await refused('kendari', provincial, 10, {}, {}, '409 not_in_charge')
  t.equal((await uploads(api, 'nation', plain).begin(10)).statusCode, 201, 'above the holding level')
  await api.as('kendari').change(`/v1/reports/${plain}/withdraw`, undefined, '*')
  await refused('kendari', plain, 10, {}, {}, '409 transition_not_allowed')

  const key = { 'idempotency-key': 'unggah-foto-0000001' }
  const again = await post(api)
  const first = await uploads(api, 'kendari', again).begin(10, {}, key)
  const second = await uploads(api, 'kendari', again).begin(10, {}, key)
  t.equal(second.json().id, first.json().id)
  t.equal(second.headers['idempotent-replayed'], 'true')
  await refused('kendari', again, 11, {}, key, '409 idempotency_conflict')
})

t.test('bytes are told by what they are, whatever they are called', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const { upload, begin, send, find, head } = uploads(api, 'kendari', report)
  const bad: [string, Buffer][] = [
    ['baliho.jpg', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['baliho.jpg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['foto.pdf', Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0, ...new Array(40).fill(0)])],
    ['foto.jpg', Buffer.from('MZ\x90\x00\x03\x00\x00\x00\x04\x00', 'latin1')],
    ['teks.jpg', Buffer.from('hanya teks')],
  ]
  for (const [filename, bytes] of bad) {
    const { id, answer } = await upload(bytes, { filename, filetype: 'image/jpeg' })
    t.equal(`${answer.statusCode} ${answer.json().code}`, '422 file_refused', filename)
    t.match((await find(id)).json(), { status: 'refused', refusal: 'type', attachmentId: null })
    t.equal((await head(id)).statusCode, 422)
  }
  const photo = await aPhoto()
  const { answer } = await upload(photo, { sha256: sha256Of(Buffer.from('another')) })
  t.equal(`${answer.statusCode} ${answer.json().code}`, '422 file_refused')
  t.same((await api.as('kendari').get(`/v1/reports/${report}/attachments`)).json().items, [])
  t.same(await readdir(join(api.config.attachments.folder, 'unfinished')), [], 'their bytes are gone')

  const good: [string, Buffer][] = [
    ['image/png', await aPhoto('png')],
    ['image/webp', await aPhoto('webp')],
    ['application/pdf', Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')],
    ['audio/amr', Buffer.from('#!AMR\n<abc')],
    [
      'audio/mpeg',
      Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0, 0xff, 0xfb, 0x90, 0x64, ...new Array(420).fill(0)]),
    ],
    ['audio/ogg', Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from('OpusHead'), Buffer.alloc(20)])],
    [
      'audio/mp4',
      Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypM4A \0\0\0\0M4A mp42'), Buffer.alloc(20)]),
    ],
    ['audio/wav', Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt '), Buffer.alloc(28)])],
  ]
  for (const [type, bytes] of good) {
    const sent = await upload(bytes, { filename: 'berkas' })
    t.equal(sent.answer.statusCode, 204, `${type}: ${sent.answer.payload}`)
    const known = await api.as('kendari').get(`/v1/reports/${report}/attachments/${sent.id}`)
    t.equal(known.json().mediaType, type)
  }
  const twice = await upload(good[0]?.[1] as Buffer)
  t.equal(twice.answer.statusCode, 204)
  const { items } = (await api.as('kendari').get(`/v1/reports/${report}/attachments`)).json()
  t.equal(items.length, good.length, 'the same file sent twice is there once')
  t.match((await find(twice.id)).json(), { status: 'added', attachmentId: items[0].id })

  const { id } = (await begin(photo.length)).json()
  const long = await send(id, 0, Buffer.concat([photo, Buffer.from('more')]))
  t.equal(`${long.statusCode} ${long.json().code}`, '413 body_too_large')
  const json = await send(id, 0, photo, { 'content-type': 'application/json' })
  t.equal(`${json.statusCode} ${json.headers.accept}`, '415 application/offset+octet-stream')
  t.equal(
    (
      await api.as('kendari').send('PATCH', `/v1/reports/${report}`, photo, {
        headers: { 'content-type': 'application/offset+octet-stream', 'if-match': '*' },
      })
    ).statusCode,
    415,
    'bytes go nowhere else',
  )
})

t.test('an upload is known to its own client alone, and to that one while it sees the report', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const { begin, find, send, end } = uploads(api, 'kendari', report)
  const photo = await aPhoto()
  const { id } = (await begin(photo.length)).json()
  for (const by of ['kendariSecret', 'sultra', 'nation', 'bali'] as const) {
    const other = uploads(api, by, report)
    for (const answer of [await other.find(id), await other.send(id, 0, photo), await other.end(id)])
      t.equal(`${answer.statusCode} ${answer.json().code}`, '404 upload_not_found', by)
  }
  t.equal((await api.as('kendari').get(`/v1/reports/${report}/attachments/${id}`)).statusCode, 404)
  t.equal((await send(id, 0, photo.subarray(0, 300))).statusCode, 204)
  const raised = await api.as('sultraTopSecret').patch(`/v1/reports/${report}`, { handling: 'secret' }, '*')
  t.equal(raised.statusCode, 200, raised.payload)
  t.equal((await find(id)).statusCode, 404, 'above its clearance')
  t.equal((await send(id, 300, photo.subarray(300))).statusCode, 404)
  const { rows } = await api.admin.query('SELECT handling, received FROM attachment_uploads WHERE id = $1', [id])
  t.same(rows, [{ handling: 2, received: 300 }])

  const second = await post(api)
  const own = uploads(api, 'kendari', second)
  const begun = (await own.begin(photo.length)).json()
  await own.send(begun.id, 0, photo.subarray(0, 10))
  t.equal((await own.end(begun.id)).statusCode, 204)
  t.equal((await own.find(begun.id)).statusCode, 404)
  t.equal((await end(begun.id)).statusCode, 404)
})

t.test('the disk lost what was acknowledged: the client is told to begin at the beginning', async (t) => {
  const api = await startApi(t)
  const { begin, send, head } = uploads(api, 'kendari', await post(api))
  const photo = await aPhoto()
  const { id } = (await begin(photo.length)).json()
  await send(id, 0, photo.subarray(0, 300))
  await rm(join(api.config.attachments.folder, 'unfinished', id))
  const lost = await send(id, 300, photo.subarray(300))
  t.equal(`${lost.statusCode} ${lost.headers['upload-offset']}`, '409 0')
  t.equal((await head(id)).headers['upload-offset'], '0')
  t.equal((await send(id, 0, photo)).statusCode, 204)
})

t.test('the disk lost a whole file before it was looked at: the client begins at the beginning', async (t) => {
  const api = await startApi(t)
  const { begin, send, head, find } = uploads(api, 'kendari', await post(api))
  const photo = await aPhoto()
  const { id } = (await begin(photo.length)).json()
  await send(id, 0, photo.subarray(0, 500))
  await truncate(join(api.config.attachments.folder, 'unfinished', id), 400)
  await api.admin.query(`UPDATE attachment_uploads SET received = length, status = 'checking' WHERE id = $1`, [id])
  const told = await send(id, photo.length, Buffer.alloc(0))
  t.equal(`${told.statusCode} ${told.headers['upload-offset']}`, '409 0')
  t.equal((await head(id)).headers['upload-offset'], '0')
  t.equal((await send(id, 0, photo)).statusCode, 204)
  t.equal((await find(id)).json().status, 'added')
})

t.test('a folder that cannot be written to is an answer to try again after, and loses nothing', async (t) => {
  const api = await startApi(t)
  const { begin, send, head } = uploads(api, 'kendari', await post(api))
  const photo = await aPhoto()
  const { id } = (await begin(photo.length)).json()
  const folder = join(api.config.attachments.folder, 'unfinished')
  t.equal((await send(id, 0, photo.subarray(0, 100))).statusCode, 204)
  await rename(folder, `${folder}-away`)
  await writeFile(folder, 'in the way')
  const refused = await send(id, 100, photo.subarray(100))
  t.equal(`${refused.statusCode} ${refused.json().code}`, '503 service_unavailable')
  await rm(folder)
  await rename(`${folder}-away`, folder)
  t.equal((await head(id)).headers['upload-offset'], '100')
  t.equal((await send(id, 100, photo.subarray(100))).statusCode, 204)
})

t.test('a client has so many uploads under way and no more, however it begins them', async (t) => {
  const first = await startApi(t)
  const api = await startApi(t, { attachments: { ...first.config.attachments, openUploads: 3 } })
  const [one, two] = [await post(api), await post(api)]
  const { upload, end } = uploads(api, 'kendari', one)
  const photo = await aPhoto()
  await upload(photo)
  const begun = await Promise.all(
    Array.from({ length: 12 }, (_, index) => uploads(api, 'kendari', index % 2 ? one : two).begin(photo.length)),
  )
  t.same(begun.map(({ statusCode }) => statusCode).sort(), [...Array(3).fill(201), ...Array(9).fill(409)])
  const refused = begun.find(({ statusCode }) => statusCode === 409)
  t.match(refused?.json(), { code: 'uploads_exhausted', detail: /3 unggahan/ })
  t.equal((await uploads(api, 'sultra', one).begin(photo.length)).statusCode, 201, 'another client is not concerned')
  const open = await api.admin.query(
    `SELECT id FROM attachment_uploads WHERE status = 'receiving' AND report_id = $1`,
    [one],
  )
  const mine = open.rows.map(({ id }) => id)
  for (const id of mine) await end(id)
  t.equal((await uploads(api, 'kendari', two).begin(photo.length)).statusCode, 201, 'and one that was given up is none')
})

t.test('names that lead elsewhere, hide something or are too long', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const { begin, upload } = uploads(api, 'kendari', report)
  for (const filename of ['..', '.', 'a/..', '/', 'a\0b.jpg', 'a\nb.jpg', 'x'.repeat(201)]) {
    const refused = await begin(10, { filename })
    t.equal(`${refused.statusCode} ${refused.json().code}`, '400 parameter_invalid', JSON.stringify(filename))
  }
  t.equal((await begin(10, { filename: 'x'.repeat(10_000) })).statusCode, 400)
  for (const filename of ['照'.repeat(200), '😀'.repeat(200), '../../etc/passwd', 'a\'()*;"b.jpg']) {
    const { id, answer } = await upload(await aPhoto('jpeg', { width: 40 + filename.length }), { filename })
    t.equal(answer.statusCode, 204)
    const read = await api.as('kendari').get(`/v1/reports/${report}/attachments/${id}/content`)
    const name = filename.split('/').at(-1)
    t.equal(decodeURIComponent(`${read.headers['content-disposition']}`.split("''")[1] ?? ''), name)
  }
})

t.test('nobody but its own client ends a request that brings bytes', async (t) => {
  const api = await startApi(t)
  const url = new URL(await api.app.listen({ port: 0, host: '127.0.0.1' }))
  const report = await post(api)
  const { begin, head } = uploads(api, 'kendari', report)
  const photo = await aLargePhoto(200_000)
  const { id } = (await begin(photo.length)).json()
  const authorization = `Bearer ${await api.tokenOf(callers.kendari)}`
  const headers = {
    authorization,
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
    'content-length': String(photo.length),
  }
  const path = `/v1/reports/${report}/uploads/${id}`
  const sending = request({ host: url.hostname, port: url.port, method: 'PATCH', path, headers })
  const answered = new Promise<number | undefined>((resolve, reject) => {
    sending.on('response', (response) => resolve(response.statusCode)).on('error', reject)
  })
  sending.write(photo.subarray(0, 100_000))
  const folder = join(api.config.attachments.folder, 'unfinished')
  const came = async () => {
    const [piece] = await readdir(folder).catch(() => [])
    return piece === undefined ? 0 : (await stat(join(folder, piece))).size
  }
  while ((await came()) < 100_000);
  for (const by of ['kolaka', 'kendariSecret', 'bali'] as const) {
    const others = uploads(api, by, report)
    t.equal((await others.head(id)).statusCode, 404)
    t.equal((await others.end(id)).statusCode, 404)
  }
  // Nor do bytes of others for it, which are refused, come between the upload and its client.
  for (const by of ['kolaka', 'bali'] as const)
    t.equal((await uploads(api, by, report).send(id, 0, photo)).statusCode, 404)
  sending.end(photo.subarray(100_000))
  t.equal(await answered, 204)
  t.equal((await head(id)).headers['upload-offset'], String(photo.length))
})

t.test('a tus client sends 3 MB, is cut off in the middle, and goes on', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' })
  const photo = await aLargePhoto(3_000_000)
  const authorization = `Bearer ${await api.tokenOf(callers.kendari)}`
  const run = (cutAt: number | null, uploadUrl: string | null) =>
    new Promise<string>((resolve, reject) => {
      const upload = new Upload(photo, {
        endpoint: `${address}/v1/reports/${report}/attachments`,
        uploadUrl,
        uploadSize: photo.length,
        chunkSize: 256 * 1024,
        retryDelays: [],
        headers: { Authorization: authorization },
        metadata: { filename: 'baliho.jpg', filetype: 'image/jpeg', sha256: sha256Of(photo) },
        onProgress: (sent) => {
          if (cutAt === null || sent < cutAt) return
          upload.abort().then(() => resolve(String(upload.url)), reject)
        },
        onSuccess: () => resolve(String(upload.url)),
        onError: reject,
      })
      upload.start()
    })
  const url = await run(1_200_000, null)
  const asked = await fetch(url, { method: 'HEAD', headers: { authorization, 'tus-resumable': '1.0.0' } })
  const offset = Number(asked.headers.get('upload-offset'))
  t.ok(offset > 0 && offset < photo.length, `${offset} bytes are there`)
  t.equal(await run(null, url), url)
  const { items } = (await api.as('kendari').get(`/v1/reports/${report}/attachments`)).json()
  t.match(items, [{ size: photo.length, sha256: sha256Of(photo), mediaType: 'image/jpeg' }])
})

t.test('what had come when its client asks how much is kept, and told to the request that brought it', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const { begin, head, send } = uploads(api, 'kendari', report)
  const photo = await aLargePhoto(1_000_000)
  const { id } = (await begin(photo.length)).json()
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' })
  const sending = request(`${address}/v1/reports/${report}/uploads/${id}`, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${await api.tokenOf(callers.kendari)}`,
      'content-type': 'application/offset+octet-stream',
      'content-length': photo.length,
      'upload-offset': 0,
    },
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    sending.on('response', resolve).on('error', reject),
  )
  await new Promise((resolve) => sending.write(photo.subarray(0, 200_000), resolve))
  const folder = join(api.config.attachments.folder, 'unfinished')
  const arrived = async () => {
    const names = await readdir(folder).catch(() => [])
    const sizes = await Promise.all(
      names.map(async (name) => (await stat(join(folder, name)).catch(() => null))?.size ?? 0),
    )
    return Math.max(0, ...sizes)
  }
  while ((await arrived()) < 200_000) await new Promise(setImmediate)
  t.equal((await send(id, 5, photo.subarray(5))).statusCode, 409, 'another request beside it comes and goes')
  // The client has lost the connection and asks; this end does not know yet.
  const offset = Number((await head(id)).headers['upload-offset'])
  t.equal(offset, 200_000)
  const { statusCode, headers } = await answered
  t.match({ statusCode, headers }, { statusCode: 204, headers: { 'upload-offset': '200000', connection: 'close' } })
  t.equal((await send(id, offset, photo.subarray(offset))).statusCode, 204)
  const { items } = (await api.as('kendari').get(`/v1/reports/${report}/attachments`)).json()
  t.equal(items[0].sha256, sha256Of(photo))
})
