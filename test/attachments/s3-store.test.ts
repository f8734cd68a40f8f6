import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { finishUploads, removeUnfinished } from '../../src/attachments/jobs.ts'
import { openFiles } from '../../src/attachments/open-files.ts'
import { S3Store } from '../../src/attachments/s3-store.ts'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { aReport } from '../support/a-report.ts'
import { startApi } from '../support/start-api.ts'
import { aPhoto, sha256Of, uploads } from './files.ts'
import { credentials, startStore } from './s3-stand-in.ts'

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

t.test('an object is put, read in parts, checked and removed, by signed requests', async (t) => {
  const { objects, settings } = await startStore(t)
  const store = new S3Store(settings)
  const photo = await aPhoto()
  const path = join(t.testdir({ foto: photo }), 'foto')
  await store.put('one', path)
  await store.put('one', path)
  t.same([...objects.keys()], ['/laporan/attachments/one'])
  t.ok((await bytesOf(await store.read('one', photo.length, { first: 0, last: photo.length - 1 }))).equals(photo))
  t.ok((await bytesOf(await store.read('one', photo.length, { first: 7, last: 90 }))).equals(photo.subarray(7, 91)))
  await t.rejects(store.check('one', 5), { message: 'The object has another size' })
  await t.rejects(store.read('two', 5, { first: 0, last: 4 }), { message: 'There is no such object' })
  await store.remove('one')
  await store.remove('one')
  await t.rejects(store.check('one', photo.length), { message: 'There is no such object' })
  const stranger = new S3Store({ ...settings, credentials: { ...credentials, secretAccessKey: 'another' } })
  await t.rejects(stranger.put('three', path), { name: 'SignatureDoesNotMatch' })
  t.equal(objects.size, 0)
})

t.test('files go to the store, wait for it while it is down, and are really gone from it', async (t) => {
  const { objects, state, settings } = await startStore(t)
  const first = await startApi(t)
  const api = await startApi(t, { attachments: { ...first.config.attachments, s3: settings } })
  const door = openWorkDoor(api.workerUrl, { size: 1, report: () => {} })
  t.teardown(door.close)
  const files = openFiles(api.config.attachments)
  const job = { db: door.db, now: api.time.now, signal: new AbortController().signal }
  const report = (await api.as('kendari').post('/v1/reports', aReport())).json().id
  const { upload, find } = uploads(api, 'kendari', report)
  const photo = await aPhoto()

  state.isDown = true
  const { id, answer } = await upload(photo)
  t.equal(answer.statusCode, 204)
  t.equal((await find(id)).json().status, 'checking')
  await t.rejects(finishUploads(job, files))
  state.isDown = false
  await finishUploads(job, files)
  t.equal((await find(id)).json().status, 'added')
  t.same([...objects.values()].map(sha256Of), [sha256Of(photo)])
  t.same(await readdir(join(api.config.attachments.folder, 'unfinished')), [])

  const at = `/v1/reports/${report}/attachments/${id}`
  const part = await api.as('sultra').get(`${at}/content`, { headers: { range: 'bytes=10-19' } })
  t.ok(part.statusCode === 206 && part.rawPayload.equals(photo.subarray(10, 20)))
  state.isDown = true
  const down = await api.as('sultra').get(`${at}/content`)
  t.equal(`${down.statusCode} ${down.json().code}`, '503 attachment_unavailable')
  t.equal((await api.as('kendari').delete(at, { headers: { 'if-match': '*' } })).statusCode, 204)
  t.equal(objects.size, 1, 'the store did not hear of it')
  state.isDown = false
  await removeUnfinished(job, files)
  t.equal(objects.size, 0)
})
