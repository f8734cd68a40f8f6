import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { callerFor, callerOf } from '../../src/access/caller.ts'
import { enforceAttachmentRetention, removeUnfinished } from '../../src/attachments/jobs.ts'
import { openFiles } from '../../src/attachments/open-files.ts'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { copyFiles } from '../../src/releases/copy-files.ts'
import { aPhoto, type Kind, sha256Of, uploads } from '../attachments/files.ts'
import { callers } from '../support/callers.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'
import { any, asAgency, change, plain, refusal, registerAgencies, release, verified } from './releases.ts'

async function start(t: Parameters<typeof startApi>[0]) {
  const api = await startApi(t)
  await registerAgencies(api)
  const report = await verified(api)
  const add = async (bytes: Buffer) => (await uploads(api, 'kendari', report).upload(bytes)).id
  return { api, report, add }
}

const stored = async ({ config }: Api) =>
  (await readdir(join(config.attachments.folder, 'files'), { recursive: true, withFileTypes: true })).filter((each) =>
    each.isFile(),
  ).length

/** The jobs of the worker, a day later. */
async function clean({ workerUrl, config }: Api, job: typeof removeUnfinished, days = 1) {
  const door = openWorkDoor(workerUrl, { size: 1, report: () => {} })
  const now = new Date(testNow.getTime() + days * 86_400_000)
  await job({ db: door.db, now, signal: new AbortController().signal }, openFiles(config.attachments))
  await door.close()
}

t.test('a released photo is the picture and nothing beside it', async (t) => {
  const { api, report, add } = await start(t)
  const kinds: Kind[] = ['jpeg', 'png', 'webp']
  const photos = await Promise.all(kinds.map((kind) => aPhoto(kind)))
  const attachments: string[] = []
  for (const photo of photos) attachments.push(await add(photo))
  await add(Buffer.from('%PDF-1.4 tidak disetujui'))
  const made = await release(api, report, { fields: ['attachments'], attachments })
  t.same(Object.keys(made.content).sort(), ['attachments', 'exercise'])
  t.same(made.attachments, attachments)
  const files: string[] = made.content.attachments.map(({ id }: { id: string }) => id)
  t.notOk(
    files.some((id) => attachments.includes(id)),
    'the id of an attachment tells when it was uploaded',
  )
  const bssn = asAgency(api, 'bssn')
  for (const [index, file] of made.content.attachments.entries()) {
    t.equal(file.mediaType, `image/${kinds[index]}`)
    const url = `/v1/releases/${made.id}/attachments/${file.id}`
    const answer = await bssn.get(url)
    t.equal(answer.statusCode, 200, answer.payload.slice(0, 200))
    t.same([sha256Of(answer.rawPayload), answer.rawPayload.length], [file.sha256, file.size])
    const { exif, xmp, iptc, icc, width } = await sharp(answer.rawPayload).metadata()
    t.same(
      { exif, xmp, iptc, icc, width },
      { exif: undefined, xmp: undefined, iptc: undefined, icc: undefined, width: 64 },
    )
    t.notMatch(answer.rawPayload.toString('latin1'), /Kamera|Pelapor|2024:11:25/)
    t.match(answer.headers, {
      'content-type': file.mediaType,
      etag: `"${file.sha256}"`,
      'content-disposition': `attachment; filename="${file.id}.${kinds[index]}"`,
    })
    const part = await bssn.get(url, { range: 'bytes=2-9' })
    t.equal(`${part.statusCode} ${part.headers['content-range']}`, `206 bytes 2-9/${file.size}`)
    t.ok(part.rawPayload.equals(answer.rawPayload.subarray(2, 10)))
    t.equal((await bssn.get(url, { 'if-none-match': `"${file.sha256}"` })).statusCode, 304)
    t.equal(refusal(await bssn.get(url, { range: `bytes=${file.size}-` })), '416 range_not_satisfiable')
  }
  const [first] = files
  const at = (id = made.id, file = first) => `/v1/releases/${id}/attachments/${file}`
  t.equal(refusal(await bssn.get(at(made.id, made.id))), '404 attachment_not_found')
  t.equal(refusal(await bssn.get(at(made.report))), '404 release_not_found')
  t.equal(refusal(await bssn.get(at(made.id, attachments[0]))), '404 attachment_not_found')
  const { rows } = await api.admin.query(
    `SELECT agency, resource_version AS version, details FROM audit_entries WHERE action = 'release.file_read' ORDER BY occurred_at, id`,
  )
  t.equal(rows.length, 12)
  t.match(rows[0], { agency: 'bssn', version: 1 })
  t.same([...new Set(rows.map(({ details }) => details.attachment))].sort(), [...files].sort())

  await change(api, ['kendari'], `/v1/releases/${made.id}/versions`, { ...plain, agencies: ['polri'] }, any)
  t.equal(refusal(await bssn.get(at())), '410 release_retracted')
  t.equal(refusal(await asAgency(api, 'polri').get(at())), '404 attachment_not_found', 'it was not approved again')
  const again = await release(api, report, { fields: ['attachments'], attachments: [attachments[0]] })
  t.same(again.content.attachments, [made.content.attachments[0]], 'the same bytes each time')
  t.equal(await stored(api), 4 + 3, 'kept once')
})

t.test('what cannot be written anew is refused by name, and nothing is released', async (t) => {
  const { api, report, add } = await start(t)
  const ids = [
    await add(Buffer.from('%PDF-1.4 berita acara')),
    await add(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70])),
  ]
  const body = { ...plain, fields: ['attachments'], attachments: ids }
  const answer = await change(api, ['kendari'], `/v1/reports/${report}/releases`, body)
  t.equal(
    refusal(answer),
    '422 body_invalid /attachments/0 attachment_not_releasable /attachments/1 attachment_not_releasable',
  )
  t.match(answer.json().errors[0].detail, /application\/pdf/)
  const photo = await add(await aPhoto())
  await api.as('kendari').send('DELETE', `/v1/reports/${report}/attachments/${photo}`, '{"reason":"Keliru."}', {
    headers: any,
  })
  const gone = { ...body, attachments: [photo] }
  const removed = await change(api, ['kendari'], `/v1/reports/${report}/releases`, gone)
  t.equal(refusal(removed), '422 body_invalid /attachments/0 attachment_unknown')
  const other = await verified(api)
  const foreign = await change(api, ['kendari'], `/v1/reports/${other}/releases`, { ...body, attachments: [ids[0]] })
  t.equal(refusal(foreign), '422 body_invalid /attachments/0 attachment_unknown', 'a file of another report')
  t.equal((await api.admin.query('SELECT FROM release_versions')).rowCount, 0)
})

t.test('a file that is removed leaves its releases, by an office or by a rule', async (t) => {
  const { api, report, add } = await start(t)
  const [removed, kept] = [await add(await aPhoto('png')), await add(await aPhoto('webp'))]
  const made = await release(api, report, { fields: ['subject', 'attachments'], attachments: [removed, kept] })
  const bssn = asAgency(api, 'bssn')
  const before = await bssn.get(`/v1/releases/${made.id}`)
  const files = async () => {
    const { attachments } = (await bssn.get(`/v1/releases/${made.id}`)).json().content
    return attachments.map(({ id }: { id: string }) => id)
  }
  const copies = made.content.attachments.map(({ id }: { id: string }) => id)
  t.same(await files(), copies)
  await api.as('kendari').send('DELETE', `/v1/reports/${report}/attachments/${removed}`, '{"reason":"Keliru."}', {
    headers: any,
  })
  t.same(await files(), copies.slice(1))
  t.equal(refusal(await bssn.get(`/v1/releases/${made.id}/attachments/${copies[0]}`)), '404 attachment_not_found')
  const unknown = await bssn.get(`/v1/releases/${made.id}`, { 'if-none-match': String(before.headers.etag) })
  t.equal(unknown.statusCode, 200, 'the ETag of the same version is another')
  t.same(await bssn.events(), ['release.published v1 restricted', 'release.changed v1 restricted'])
  t.equal(await stored(api), 3)
  await clean(api, removeUnfinished)
  t.equal(await stored(api), 2, 'the copy goes with the file')
  await api.admin.query(`INSERT INTO retention_rules VALUES ('attachments', 1, 30)`)
  await clean(api, enforceAttachmentRetention, 31)
  t.same(await files(), [])
  t.equal(await stored(api), 0)
  const { items } = (await api.as('kendari').get(`/v1/reports/${report}/releases`)).json()
  t.same(items[0].content.attachments, [])
})

t.test('a file that is removed while it is copied leaves no copy', async (t) => {
  const { api, report, add } = await start(t)
  const photo = await add(await aPhoto())
  const files = openFiles(api.config.attachments)
  const put: typeof files.store.put = async (id, path) => {
    const away = `/v1/reports/${report}/attachments/${photo}`
    const removed = await api.as('kendari').send('DELETE', away, '{"reason":"Keliru."}', { headers: any })
    t.equal(removed.statusCode, 204, removed.payload)
    await clean(api, removeUnfinished)
    await files.store.put(id, path)
  }
  const store: typeof files.store = {
    put,
    read: (...wanted) => files.store.read(...wanted),
    check: (...wanted) => files.store.check(...wanted),
    remove: (id) => files.store.remove(id),
    sweep: (before) => files.store.sweep(before),
  }
  const pool = createPool(api.serviceUrl, 1, () => {})
  t.teardown(() => pool.end())
  const { clientId, place, clearance, scopes } = callers.kendari
  const claims = { iss: 'urn:waspada:issuer', jti: 'a', iat: testNow.getTime() / 1000, sub: 'ani', client_id: clientId }
  const caller = callerFor(callerOf({ ...claims, ...place, clearance, scope: scopes.join(' ') }), 'reports:release')
  const context = { db: new Database(pool, await ReferenceStore.open(pool)), caller, now: testNow }
  const trace = { requestId: 'a', operation: 'releaseReport' }
  await copyFiles({ ...context, trace }, { ...files, store }, report, [photo])
  t.equal(await stored(api), 0)
})
