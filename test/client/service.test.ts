import { getEventListeners, once } from 'node:events'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { type Event, filePositionStore, fileUploadStore, type SubmitReport } from 'waspada-client'
import { submitReportExample } from '../../src/reports/examples.ts'
import { aLargePhoto, aPhoto, sha256Of } from '../attachments/files.ts'
import { breakingLine } from './breaking-line.ts'
import { json, problem, type Step, scriptedServer } from './scripted-server.ts'
import { serveApi } from './serve-api.ts'
import { impatient } from './surroundings.ts'

const aReport = (clientReference: string) => ({ ...submitReportExample, clientReference }) as SubmitReport
const refused = async (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

t.test('reports are posted alone and by the hundred, and walked through', async (t) => {
  const api = await serveApi(t)
  const kendari = api.clientOf('kendari')
  const first = await kendari.reports.submit(aReport('n-0'))
  t.match(first, { replayed: false, report: { clientReference: 'n-0', office: '74.71' } })
  const again = await kendari.reports.submit(aReport('n-0'))
  t.match(again, { replayed: true, report: { id: first.report.id } })
  const conflict = await refused(kendari.reports.submit({ ...aReport('n-0'), severity: 'low' }))
  t.match(conflict, { name: 'ProblemError', status: 409, existingId: first.report.id })
  const wrong = await refused(api.clientOf('kendari', { language: 'en' }).reports.submit(aReport('n 0')))
  t.match(wrong, {
    status: 422,
    code: 'body_invalid',
    errors: [{ pointer: '/clientReference' }],
    requestId: /^[\w-]{36}$/,
  })
  t.match(String(wrong), /ProblemError: 422 body_invalid: The/, 'in English where it is wanted')
  t.match(await refused(api.clientOf('kendariReader').reports.submit(aReport('n-1'))), { code: 'scope_missing' })

  const batch = Array.from({ length: 120 }, (_, n) => ({ ...aReport(`n-${n}`), clientReference: `n-${n}` }))
  const { counts, items } = await kendari.reports.submitBatch(batch)
  t.match(counts, { created: 119, replayed: 1, invalid: 0, failed: 0 })
  t.equal(items.length, 120)

  const seen: string[] = []
  for await (const item of kendari.items('/v1/reports', { query: { region: '74', limit: 50, stage: ['masa_tenang'] } }))
    seen.push(item.id)
  t.equal(new Set(seen).size, 120)
  t.equal(seen.length, 120)
  const sizes: number[] = []
  for await (const page of kendari.pages('/v1/reports', { query: { limit: 100 } })) sizes.push(page.items.length)
  t.same(sizes, [100, 20])
  const path = { id: first.report.id }
  const revisions: number[] = []
  for await (const { version } of kendari.items('/v1/reports/{id}/revisions', { path })) revisions.push(version)
  t.same(revisions, [1])
  t.match(await refused(kendari.items('/v1/reports', { query: { region: '99' } }).next()), { status: 400 })
  const foreign = api.clientOf('bali').items('/v1/reports/{id}/revisions', { path })
  t.match(await refused(foreign.next()), { status: 404, code: 'report_not_found' })
  t.same(
    (await kendari.GET('/v1/reports/{id}', { params: { path } })).data?.id,
    first.report.id,
    'the typed client itself',
  )
})

t.test('a photo whose line breaks in the middle is gone on with by another process', async (t) => {
  const api = await serveApi(t)
  const { report } = await api.clientOf('kendari').reports.submit(aReport('foto'))
  const { baseUrl, line } = await breakingLine(t, api.baseUrl)
  const folder = t.testdir()
  const path = join(folder, 'Baliho é.jpg')
  const photo = await aLargePhoto(900_000)
  await writeFile(path, photo)
  const resumeStore = fileUploadStore(join(folder, 'uploads'))
  const client = () => api.clientOf('kendari', { baseUrl, retries: 1 })

  line.breakAfterSent = 500_000
  const given = await refused(client().attachments.upload(report.id, path, { resumeStore, chunkBytes: 100_000 }))
  t.match(given, { name: 'UnreachableError' })
  line.breakAfterSent = Number.POSITIVE_INFINITY
  line.sent = 0
  const progress: number[] = []
  const onProgress = (arrived: number, of: number) => {
    t.equal(of, photo.length)
    progress.push(arrived)
  }
  const upload = await client().attachments.upload(report.id, path, { resumeStore, chunkBytes: 100_000, onProgress })
  t.match(upload, { status: 'added', received: photo.length, refusal: null })
  t.ok(line.sent > 0 && line.sent < 600_000, `only the rest was sent: ${line.sent}`)
  t.equal(progress.at(-1), photo.length)
  t.ok((progress[0] ?? 0) > 400_000, `from where it was left: ${progress[0]}`)
  const attachments = api.clientOf('sultra').items('/v1/reports/{id}/attachments', { path: { id: report.id } })
  const listed = []
  for await (const attachment of attachments) listed.push(attachment)
  t.match(listed, [{ fileName: 'Baliho é.jpg', sha256: sha256Of(photo), size: photo.length }])
  t.equal(listed.length, 1)

  // An address of somebody else in the store is not believed; one of an upload that has ended begins anew.
  const png = await aPhoto('png')
  for (const url of [
    'http://127.0.0.1:1/v1/reports/x/uploads/y',
    `${baseUrl}/v1/reports/${report.id}/uploads/${report.id}`,
  ]) {
    let known: string | undefined = url
    const store = {
      get: async () => known,
      set: async (_key: string, next: string) => {
        known = next
      },
      delete: async () => {
        known = undefined
      },
    }
    t.match(await client().attachments.upload(report.id, new Blob([new Uint8Array(png)]), { resumeStore: store }), {
      status: 'added',
    })
  }
  const stream = Readable.from([png.subarray(0, 10), png.subarray(10)])
  t.match(await client().attachments.upload(report.id, stream, { fileName: 'a.png' }), { status: 'added' })

  const text = Buffer.from('This is no photo, whatever it calls itself.')
  const noPhoto = await refused(client().attachments.upload(report.id, text, { fileName: 'a.jpg' }))
  t.match(noPhoto, { name: 'FileRefusedError', upload: { status: 'refused', refusal: /./ } })
  t.ok((await refused(client().attachments.upload(report.id, Buffer.alloc(0)))) instanceof RangeError)
  t.ok((await refused(client().attachments.upload(report.id, Buffer.alloc(26_214_401)))) instanceof RangeError)
  const notFound = await refused(api.clientOf('bali').attachments.upload(report.id, png))
  t.match(notFound, { name: 'ProblemError', code: 'report_not_found' })
  const ending = AbortSignal.abort(new Error('enough'))
  t.match(await refused(client().attachments.upload(report.id, png, { signal: ending })), { message: 'enough' })
})

t.test('a file comes down whole or not at all, over a line that breaks', async (t) => {
  const api = await serveApi(t)
  const { report } = await api.clientOf('kendari').reports.submit(aReport('foto'))
  const photo = await aLargePhoto(900_000)
  const { attachmentId } = await api.clientOf('kendari').attachments.upload(report.id, photo)
  const id = attachmentId ?? ''
  const { baseUrl, line } = await breakingLine(t, api.baseUrl)
  const path = join(t.testdir(), 'foto.jpg')
  const client = (retries: number) => api.clientOf('sultra', { baseUrl, retries })
  line.breakAfterReceived = 400_000
  t.match(await refused(client(0).attachments.download(report.id, id, path)), { name: 'UnreachableError' })
  const left = (await stat(`${path}.part`)).size
  t.ok(left > 100_000 && left < 400_000, `${left} bytes stay`)
  t.equal(await stat(path).catch(() => 'none'), 'none')
  line.breakAfterReceived = Number.POSITIVE_INFINITY
  line.received = 0
  const here: number[] = []
  const onProgress = (bytes: number) => here.push(bytes)
  t.match(await client(2).attachments.download(report.id, id, path, { onProgress }), { id, size: photo.length })
  t.ok(photo.equals(await readFile(path)))
  t.ok(line.received < 900_000 - left + 20_000, `only the rest came: ${line.received}`)
  t.ok((here[0] ?? 0) > left)
  // What lies there and is not of this file is found out.
  await writeFile(`${path}.part`, Buffer.alloc(1000, 1))
  t.match(await refused(client(2).attachments.download(report.id, id, path)), { message: /SHA-256/ })
  t.ok(photo.equals(await readFile(path)), 'what stood there stands')
  await client(2).attachments.download(report.id, id, path)
  await rm(path)
  t.match(await refused(client(2).attachments.download(report.id, report.id, path)), { code: 'attachment_not_found' })
})

t.test('a line that carries little at a time carries a file in the end, both ways', async (t) => {
  const api = await serveApi(t)
  const { report } = await api.clientOf('kendari').reports.submit(aReport('foto'))
  const { baseUrl, line } = await breakingLine(t, api.baseUrl)
  line.breakEachAfter = 150_000
  const photo = await aLargePhoto(900_000)
  // A question that comes too soon makes the service drop what it has not read yet: here the client really waits.
  const sleep = async (ms: number) => void (await setTimeout(ms))
  const client = api.clientOf('kendari', { baseUrl, retries: 20, firstDelayMs: 200, longestDelayMs: 400, sleep })
  const upload = await client.attachments.upload(report.id, photo)
  t.match(upload, { status: 'added', received: photo.length })
  const path = join(t.testdir(), 'foto.jpg')
  await client.attachments.download(report.id, upload.attachmentId ?? '', path)
  t.ok(photo.equals(await readFile(path)))
})

t.test('events are followed from where they were handled, by one process after the other', async (t) => {
  const api = await serveApi(t)
  const kendari = api.clientOf('kendari')
  const post = async (reference: string) => (await kendari.reports.submit(aReport(reference))).report.id
  const ids = [await post('e-1'), await post('e-2'), await post('e-3')]
  await api.chain()
  const store = filePositionStore(join(t.testdir(), 'position'))
  t.equal(await store.load(), undefined)
  const seen: string[] = []
  for await (const event of kendari.events.follow({ store, wait: 1 })) {
    seen.push(event.subject.id)
    // Dies while it handles the second.
    if (seen.length === 2) break
  }
  const ending = new AbortController()
  const again: Event[] = []
  const sleep = async () => {
    // Nothing is left: the world goes on while the reader waits.
    if (ids.length > 3) return ending.abort()
    ids.push(await post('e-4'))
    await api.chain()
  }
  const follower = api.clientOf('sultra', { sleep })
  for await (const event of follower.events.follow({ store, wait: 1, signal: ending.signal })) again.push(event)
  t.same(seen, ids.slice(0, 2))
  t.same(
    again.map(({ subject }) => subject.id),
    ids.slice(1),
    'the second came again, and then each once and in order',
  )
  t.equal(await store.load(), again.at(-1)?.sequence)
  const news = filePositionStore(join(t.testdir(), 'news'))
  const fresh = new AbortController()
  const late: string[] = []
  const hurry = async () => {
    // It knows where the end is: whatever happens from now on is for it.
    if (ids.length > 4) return fresh.abort()
    ids.push(await post('e-5'))
    await api.chain()
  }
  const newcomer = api.clientOf('kendari', { sleep: hurry })
  const asked = { store: news, from: 'end', wait: 1, signal: fresh.signal } as const
  for await (const event of newcomer.events.follow(asked)) late.push(event.subject.id)
  t.same(late, ids.slice(4), 'a newcomer who wants news alone')
  await news.save(999)
  t.match(await refused(kendari.events.follow({ store: news }).next()), {
    ...{ name: 'PositionGoneError', position: 999, oldest: 0 },
    cause: { code: 'events_position_unknown' },
  })
  const none = api
    .clientOf('bssn')
    .events.follow({ store: filePositionStore(join(t.testdir(), 'x')), signal: ending.signal })
  t.same(await none.next(), { done: true, value: undefined }, 'told to stop')
})

t.test(
  'a follower waits through trouble, passes by what it may not see, and knows when its place is gone',
  async (t) => {
    const event = (sequence: number) => ({ id: 'x', sequence, type: 'report.submitted' })
    const { baseUrl, asked } = await scriptedServer(t, [
      problem(503, 'service_unavailable', { 'retry-after': '40' }),
      json(200, { items: [event(3), event(5)], next: 9 }),
      problem(400, 'parameter_invalid', {}, { errors: [{ parameter: 'wait', code: 'unknown', detail: 'Unknown.' }] }),
      json(200, { items: [], next: 9 }),
      problem(410, 'events_gone', {}, { oldest: 40 }),
      problem(409, 'events_position_unknown', {}, { oldest: 1 }),
    ])
    const { waspada, slept } = impatient(baseUrl, { clock: () => new Date(0) })
    let saved: number | undefined
    const saves: number[] = []
    const store = {
      load: async () => saved,
      save: async (position: number) => {
        saved = position
        saves.push(position)
      },
    }
    const troubles: string[] = []
    const types = ['report.submitted', 'report.verified']
    const onTrouble = ({ name }: Error) => troubles.push(name)
    const following = async () => {
      for await (const _event of waspada.events.follow({ store, types, onTrouble, wait: 20, pollMs: 3_000 }));
    }
    t.match(await refused(following()), {
      ...{ name: 'PositionGoneError', position: 9, oldest: 40 },
      cause: { code: 'events_gone' },
    })
    t.match(await refused(following()), { name: 'PositionGoneError', position: 9, oldest: 1 })
    t.same(saves, [3, 5, 9])
    t.same(troubles, ['UnreachableError'])
    t.same(slept, [40_250, 3_000])
    t.same(
      asked.map(({ url }) => url),
      [
        ...Array(2).fill('/v1/events?limit=200&types=report.submitted,report.verified'),
        '/v1/events?after=9&limit=200&types=report.submitted,report.verified&wait=20',
        ...Array(2).fill('/v1/events?after=9&limit=200&types=report.submitted,report.verified'),
        '/v1/events?after=9&limit=200&types=report.submitted,report.verified&wait=20',
      ],
    )
    const broken = filePositionStore(join(t.testdir({ position: 'nine' }), 'position'))
    await t.rejects(broken.load(), /holds no position/)
  },
)

t.test('an answer that would take a follower back, or too far, is none', async (t) => {
  const event = (sequence: unknown) => ({ id: 'x', sequence, type: 'report.submitted' })
  const pages = [
    { items: [event(4)], next: 4 },
    { items: [event(7), event(6)], next: 7 },
    { items: [event(6), event(6)], next: 6 },
    { items: [event(undefined)], next: 9 },
    { items: [null], next: 9 },
    { items: [event(8)], next: 7 },
    { items: [], next: 4 },
  ]
  const { baseUrl } = await scriptedServer(t, [
    ...pages.map((page) => json(200, page)),
    problem(503, 'service_unavailable', { 'retry-after': '999999999' }),
    json(200, { items: [event(6), event(8)], next: 8 }),
  ])
  const { waspada, slept } = impatient(baseUrl, { retries: 0 })
  const saves: number[] = []
  const store = { load: async () => 5, save: async (position: number) => void saves.push(position) }
  const troubles: string[] = []
  const ending = new AbortController()
  const onTrouble = ({ message }: Error) => troubles.push(message)
  for await (const { sequence } of waspada.events.follow({ store, onTrouble, signal: ending.signal }))
    if (sequence === 8) break
  t.same(saves, [6])
  t.equal(troubles.filter((message) => message === 'The answer is no page of events').length, pages.length)
  t.ok(Math.max(...slept) < 3_700_000, 'a timer of years would end at once')
})

t.test('a follower stops where it is told to, and does not believe a clock that is set back', async (t) => {
  const event = (sequence: number) => ({ id: 'x', sequence, type: 'report.submitted' })
  const { baseUrl } = await scriptedServer(t, [
    json(200, { items: [], next: 1 }),
    json(200, { items: [event(2), event(3), event(4)], next: 9 }),
  ])
  let moment = Date.UTC(2024, 10, 26)
  const clock = () => {
    moment -= 3_600_000
    return new Date(moment)
  }
  const { waspada, slept } = impatient(baseUrl, { clock })
  const store = filePositionStore(join(t.testdir(), 'position'))
  const ending = new AbortController()
  const seen: number[] = []
  for await (const { sequence } of waspada.events.follow({ store, signal: ending.signal })) {
    seen.push(sequence)
    t.equal(getEventListeners(ending.signal, 'abort').length, 0, 'requests that are over listen to nothing')
    if (sequence === 3) ending.abort()
  }
  t.same(seen, [2, 3], 'what follows on the page is for the next time')
  t.equal(await store.load(), 3, 'and what was handled is not')
  t.same(slept, [5_000])
})

t.test('two who keep a position in one file by mistake do not spoil it', async (t) => {
  const folder = t.testdir({ taken: {} })
  const path = join(folder, 'position')
  const stores = [filePositionStore(path), filePositionStore(path)]
  for (let round = 0; round < 20; round += 1)
    await Promise.all([5, 123_456_789, 42].map((position, at) => stores[at % 2]?.save(position)))
  t.ok([5, 123_456_789, 42].includes((await filePositionStore(path).load()) ?? 0))
  t.same(await readdir(folder), ['position', 'taken'])
  await t.rejects(filePositionStore(join(folder, 'taken')).save(1))
  t.same(await readdir(folder), ['position', 'taken'], 'nor leaves a failure anything behind')
})

t.test('an upload that is said to be elsewhere, or that gets no further, is tried later', async (t) => {
  const tus = { 'tus-resumable': '1.0.0' }
  const id = '0193a0a0-0000-7000-8000-000000000001'
  const moved =
    (offset: string): Step =>
    (response) =>
      response.writeHead(204, { ...tus, 'upload-offset': offset }).end()
  const uploadWith = async (location: string, offset: string) => {
    const { baseUrl, asked } = await scriptedServer(t, [
      (response, one) =>
        one.method === 'POST'
          ? response.writeHead(201, { ...tus, location }).end()
          : moved(one.method === 'HEAD' ? '0' : offset)(response, one),
    ])
    const error = await refused(impatient(baseUrl, { retries: 1 }).waspada.attachments.upload(id, Buffer.from('hello')))
    return { error, asked }
  }
  const other = await scriptedServer(t, [moved('5')])
  const elsewhere = await uploadWith(`${other.baseUrl}/v1/uploads/1`, '5')
  t.match(elsewhere.error, { name: 'UnreachableError', message: /another service/ })
  t.same(other.asked, [], 'no token goes there')
  for (const offset of ['0', '-5', '99999', 'x']) {
    const { error, asked } = await uploadWith(`/v1/reports/${id}/uploads/${id}`, offset)
    t.match(error, { name: 'UnreachableError' }, offset)
    t.ok(asked.length < 10, offset)
  }
})

t.test(
  'a service below a path of a gateway is called and takes files, whether or not its answers know of that path',
  async (t) => {
    const api = await serveApi(t)
    const { report } = await api.clientOf('kendari').reports.submit(aReport('n-1'))
    for (const putsBack of [false, true]) {
      const server = createServer(async (request, response) => {
        const url = new URL((request.url ?? '').replace(/^\/jatim\/waspada/, ''), api.baseUrl)
        const headers = new Headers(Object.entries(request.headers) as [string, string][])
        for (const name of ['host', 'connection', 'transfer-encoding', 'content-length']) headers.delete(name)
        const body = new Uint8Array(await buffer(request))
        const answer = await fetch(url, { method: request.method ?? '', headers, body: body.length > 0 ? body : null })
        const told = Object.fromEntries(answer.headers)
        if (putsBack && told.location) told.location = `/jatim/waspada${told.location}`
        response.writeHead(answer.status, told).end(Buffer.from(await answer.arrayBuffer()))
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      t.teardown(() => server.close())
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jatim/waspada/`
      const waspada = api.clientOf('kendari', { baseUrl, retries: 0 })
      const photo = await aPhoto(putsBack ? 'png' : 'jpeg')
      const addresses: string[] = []
      const resumeStore = {
        get: async () => undefined,
        set: async (_key: string, url: string) => void addresses.push(url),
        delete: async () => {},
      }
      const upload = await waspada.attachments.upload(report.id, photo, { chunkBytes: 200, resumeStore })
      t.match(upload, { status: 'added', received: photo.length })
      t.match(addresses, [/\/jatim\/waspada\/v1\/reports\/[^/]+\/uploads\/[^/]+$/])
      t.equal((await waspada.me()).office?.code, '74.71')
    }
  },
)
