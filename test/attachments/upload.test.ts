import { randomInt } from 'node:crypto'
import t from 'tap'
import { aReport } from '../support/a-report.ts'
import type { CallerName } from '../support/callers.ts'
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
