import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { createWaspada, type ProblemError, UnreachableError } from 'waspada-client'
import { keepSending, Outbox, type RunEnd } from 'waspada-client/outbox'
import { aLargePhoto, aPhoto, sha256Of } from '../attachments/files.ts'
import { callers } from '../support/callers.ts'
import { MemoryDisk } from '../support/memory-disk.ts'
import { Desk, marked, refusal } from '../support/outbox-desk.ts'
import { cut, json, problem, type Step, scriptedServer } from './scripted-server.ts'
import { serveApi } from './serve-api.ts'
import { impatient } from './surroundings.ts'

const file = (name: string, text = `good ${name}`) => new File([text], name)

async function office(t: Test) {
  const folder = await mkdtemp(join(tmpdir(), 'waspada-outbox-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const outbox = await Outbox.open(folder)
  const bytes = () => readdir(join(folder, 'files'))
  const lengths = async () => {
    const { waiting, attaching, refused, sent, damaged } = await outbox.list()
    return [waiting, attaching, refused, sent, damaged].map(({ length }) => length)
  }
  return { folder, outbox, desk: new Desk(), bytes, lengths }
}

t.test('files are here with their report, and follow it once all reports have arrived', async (t) => {
  const { folder, outbox, desk, bytes, lengths } = await office(t)
  const path = join(folder, 'Baliho é.jpg')
  await writeFile(path, 'good photo')
  const report = marked('a', { clientReference: 'kdi-a' })
  const attach = [path, file('b.pdf'), file('again.jpg', 'good photo')]
  const { item } = await outbox.queue(report, { attach })
  await rm(path)
  t.match(item.files, [
    { name: 'Baliho é.jpg', size: 10, sha256: sha256Of(Buffer.from('good photo')) },
    { name: 'b.pdf', size: 10 },
  ])
  t.equal(item.files?.length, 2, 'the same bytes are one file')
  const [first = ''] = await bytes()
  t.equal((await stat(join(folder, 'files', first))).mode & 0o777, 0o600)
  await outbox.queue(marked('b'))
  const same = [file('Baliho é.jpg', 'good photo'), file('b.pdf')]
  t.match(await outbox.queue(report, { attach: same }), { isNew: false, item: { id: item.id } })
  await t.rejects(outbox.queue(report), { code: 'reference_in_use' }, 'without its files it is another')

  const told: string[] = []
  desk.fates = ['answered', 'answered', 'answered', 'answer_lost']
  const tell = ({ became }: { became: string }) => told.push(became)
  t.match(await outbox.send(desk, { tell }), { end: 'unreachable' })
  t.same(told, ['sent', 'sent', 'attached'])
  const [attaching] = (await outbox.list()).attaching
  t.match(attaching, { sent: { reportId: 'id-0' }, files: [{ sent: { attachmentId: String } }, { name: 'b.pdf' }] })
  t.notMatch(JSON.stringify(attaching), 'Laporan a', 'nothing of the text is kept any longer')
  t.equal(await outbox.isEmpty(), false)
  t.match(await outbox.send(desk, { tell }), { end: 'empty' })
  t.same(desk.attached, ['id-0/Baliho é.jpg', 'id-0/b.pdf'])
  t.same([await lengths(), await bytes(), await outbox.isEmpty()], [[0, 0, 0, 2, 0], [], true])
  t.notMatch(await readFile(join(folder, 'sent', `${item.id}.json`), 'utf8'), /Baliho|pdf/, 'a receipt tells no names')
  t.match(await outbox.queue(report, { attach: same }), { isNew: false, state: 'sent' })
})

t.test('a refused file waits aside with its problem, and holds up nothing', async (t) => {
  const { outbox, desk, bytes, lengths } = await office(t)
  for (const mark of ['a', 'b'])
    await outbox.queue(marked(mark), { attach: [file(`${mark}.txt`, `bad ${mark}`), file(`${mark}.jpg`)] })
  const told: string[] = []
  t.match(await outbox.send(desk, { tell: ({ became }) => told.push(became) }), { end: 'empty' })
  t.same(told, ['sent', 'sent', 'file_refused', 'attached', 'file_refused', 'attached'])
  t.same([await lengths(), await outbox.isEmpty()], [[0, 0, 2, 0, 0], true])
  const [a] = (await outbox.list()).refused
  t.match(a, { sent: { number: String }, files: [{ refused: { reason: 'type' } }, { sent: Object }] })
  await t.rejects(outbox.edit('1', marked('a2')), { code: 'item_sent' })

  t.match(await outbox.requeue('1'), { state: 'attaching', item: { id: a?.id } })
  desk.refusesFile = () => false
  await outbox.send(desk)
  await outbox.discard('2')
  t.same([await lengths(), await bytes()], [[0, 0, 0, 2, 0], []])
  t.same(desk.attached, ['id-0/a.jpg', 'id-1/b.jpg', 'id-0/a.txt'])
})

t.test('who is to blame for a file that does not get through', async (t) => {
  const { outbox, desk, lengths } = await office(t)
  await outbox.queue(marked('a'), { attach: [file('a.jpg')] })
  const ends: [ProblemError | Error, Partial<RunEnd>][] = [
    [new UnreachableError('cut', { retryAfterMs: 7 }), { end: 'unreachable', retryAfterMs: 7 }],
    [refusal(409, 'uploads_exhausted'), { end: 'unreachable' }],
    [refusal(409, 'upload_offset_conflict'), { end: 'unreachable' }],
    [refusal(403, 'scope_missing'), { end: 'stopped', code: 'scope_missing' }],
    [refusal(404, 'route_not_found'), { end: 'stopped', code: 'route_not_found' }],
  ]
  const failing = (error: Error) => ({
    me: () => desk.me(),
    reports: desk.reports,
    attachments: { upload: () => Promise.reject(error) },
  })
  for (const [error, end] of ends) t.match(await outbox.send(failing(error)), end, error.message)
  await t.rejects(outbox.send(failing(new Error('a fault of ours'))), /a fault of ours/)
  t.same(await lengths(), [0, 1, 0, 0, 0])
  for (const code of ['transition_not_allowed', 'report_not_found', 'parameter_invalid', 'body_too_large'] as const) {
    const status = { report_not_found: 404, parameter_invalid: 400, body_too_large: 413 } as Record<string, number>
    t.match(await outbox.send(failing(refusal(status[code] ?? 409, code))), { end: 'empty' })
    t.match((await outbox.list()).refused, [{ files: [{ refused: { reason: code, problem: { code } } }] }])
    await outbox.requeue('1')
  }
})

t.test('bytes that are not those that were queued are not sent', async (t) => {
  const { folder, outbox, desk } = await office(t)
  const { item } = await outbox.queue(marked('a'), { attach: [file('a.jpg'), file('b.jpg'), file('c.jpg')] })
  await writeFile(join(folder, 'files', `${item.id}.0`), 'other bytes')
  await rm(join(folder, 'files', `${item.id}.1`))
  await outbox.send(desk)
  const [refused] = (await outbox.list()).refused
  t.match(refused?.files, [
    { refused: { reason: 'file_changed' } },
    { refused: { reason: 'file_missing' } },
    { sent: {} },
  ])
  t.same(desk.attached, ['id-0/c.jpg'])

  const { item: another } = await outbox.queue(marked('b'), { attach: [file('d.jpg')] })
  await rm(join(folder, 'files', `${another.id}.0`))
  await t.rejects(outbox.edit(another.id, marked('b2')), { code: 'file_unusable' })
  await t.rejects(outbox.queue(marked('c'), { attach: [file('empty', '')] }), { code: 'file_unusable' })
  await t.rejects(outbox.queue(marked('c'), { attach: [join(folder, 'nowhere.jpg')] }), { code: 'ENOENT' })
})

t.test('an edited report keeps its files, and bytes that belong to nothing go after a day', async (t) => {
  const { folder, outbox, desk, bytes } = await office(t)
  const { item } = await outbox.queue(marked('a', { severity: 'critical' }), { attach: [file('a.jpg')] })
  await outbox.send(desk)
  const { item: edited } = await outbox.edit(item.id, marked('a2', { clientReference: 'kdi-2' }))
  t.same((await bytes()).sort(), [`${item.id}.0`, `${edited.id}.0`].sort())
  const old = new Date(Date.now() - 2 * 86_400_000)
  for (const name of await bytes()) await utimes(join(folder, 'files', name), old, old)
  desk.fates = ['request_lost']
  await outbox.send(desk)
  t.same(await bytes(), [`${edited.id}.0`])
  await outbox.send(desk)
  t.same([desk.attached, await bytes()], [['id-0/a.jpg'], []])
})

t.test('a disk that is full while a file is copied leaves nothing of the report', async (t) => {
  const disk = new MemoryDisk()
  const lock = async () => ({ isHeld: async () => true, release: async () => {} })
  const outbox = await Outbox.open('/outbox', { disk, lock })
  disk.full = true
  await t.rejects(outbox.queue(marked('a'), { attach: [file('a.jpg'), file('b.jpg')] }), { code: 'disk_full' })
  t.same(disk.paths(), [])
})

t.test('a report that is queued in the middle of a file goes first', async (t) => {
  const { outbox, desk } = await office(t)
  await outbox.queue(marked('a'), { attach: [file('a.jpg'), file('b.jpg')] })
  const said: string[] = []
  let isQueued = false
  const upload: Desk['attachments']['upload'] = async (report, bytes, options) => {
    if (!isQueued) {
      isQueued = true
      await outbox.queue(marked('flash'))
      options.onProgress?.(1, 2)
      // As long as it takes to be told.
      while (!options.signal?.aborted) await new Promise((resolve) => setImmediate(resolve))
    }
    options.signal?.throwIfAborted()
    return desk.attachments.upload(report, bytes, options)
  }
  const service = { me: () => desk.me(), reports: desk.reports, attachments: { upload } }
  const tell = ({ became }: { became: string }) => said.push(became)
  t.match(await outbox.send(service, { tell }), { end: 'empty' })
  t.same(said, ['sent', 'sent', 'attached', 'attached'])
})

t.test('what is no answer of the service, or says nothing of the report, refuses no report', async (t) => {
  const { outbox, lengths } = await office(t)
  await outbox.queue(marked('a'))
  const page: Step = (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Selamat datang</title>')
  const me = json(200, { clientId: 'kendari', office: { code: '74.71', name: 'Kota Kendari' } })
  const later: [string, Step[]][] = [
    ['a portal', [page]],
    ['a portal that comes up in between', [me, page]],
    ['JSON of somebody else', [me, json(200, { ok: true })]],
    ['a gateway', [me, json(404, { message: 'no Route matched' })]],
    ['too many requests', [me, problem(429, 'rate_limited', { 'retry-after': '7' })]],
    ['a service that is out', [me, problem(503, 'service_unavailable', { 'retry-after': '7' })]],
    ['a fault of the service', [me, problem(500, 'internal_error')]],
    ['a line that breaks', [me, cut]],
  ]
  for (const [name, script] of later) {
    const { baseUrl, asked } = await scriptedServer(t, script)
    const end = await outbox.send(impatient(baseUrl).waspada, { retries: 0 })
    t.match(
      end,
      { end: 'unreachable', retryAfterMs: name.includes('too') || name.includes('out') ? 7000 : undefined },
      name,
    )
    t.ok(asked.length <= 2, `${name} is asked once`)
  }
  const stops: [Step[], string][] = [
    [[me, problem(401, 'token_invalid')], 'token_invalid'],
    [[me, problem(403, 'scope_missing')], 'scope_missing'],
    [[problem(403, 'scope_missing')], 'scope_missing'],
  ]
  for (const [script, code] of stops) {
    const { baseUrl } = await scriptedServer(t, script)
    t.match(await outbox.send(impatient(baseUrl).waspada), { end: 'stopped', code, reason: /./ })
  }
  t.same(await lengths(), [1, 0, 0, 0, 0])

  const errors = [{ pointer: '/facts', code: 'too_short', detail: 'x' }]
  for (const [status, code, more] of [
    [400, 'request_malformed', {}],
    [409, 'reference_conflict', { existingId: 'e-1' }],
    [413, 'body_too_large', {}],
    [422, 'body_invalid', { errors }],
  ] as const) {
    const { baseUrl } = await scriptedServer(t, [me, problem(status, code, {}, more)])
    t.match(await outbox.send(impatient(baseUrl).waspada), { end: 'empty' })
    const [refused] = (await outbox.list()).refused
    t.match(refused?.refused?.problem, {
      status,
      code,
      title: code,
      detail: `It is ${code}.`,
      instance: 'r-1',
      ...more,
    })
    await outbox.requeue(refused?.id ?? '')
  }
})

const dies = fileURLToPath(new URL('../support/outbox-dies.mjs', import.meta.url))

t.test('killed between a report and its files, and in the middle of one, each file arrives once', async (t) => {
  const api = await serveApi(t)
  const { folder, outbox, lengths, bytes } = await office(t)
  const [large, small] = [await aLargePhoto(900_000), await aPhoto('png')]
  const attach = [new File([new Uint8Array(large)], 'besar.jpg'), file('catatan.txt', 'This is no photo.'), small]
  await outbox.queue(marked('a'), { attach })
  await outbox.queue(marked('b'), { attach: [small] })
  const token = await api.tokenOf(callers.kendari)
  // The second file that arrives is the photo of the second report, of which nobody was told any more.
  for (const at of ['sent', 'sent', '500000', '900000', 'attached', 'file_refused', String(small.length)]) {
    const child = spawn(process.execPath, [dies, folder, api.baseUrl, token, at], { stdio: 'inherit' })
    await once(child, 'exit')
    t.equal(child.signalCode, 'SIGKILL', at)
  }
  const end = await outbox.send(api.clientOf('kendari'))
  t.match(end, { end: 'empty' })
  t.same(await lengths(), [0, 0, 1, 1, 0])
  const [refused] = (await outbox.list()).refused
  t.match(refused?.files, [{ sent: {} }, { refused: { reason: 'type' } }, { sent: {} }])
  await outbox.discard(refused?.id ?? '')
  t.same(await bytes(), [])
  const { rows } =
    await api.admin.query(`SELECT client_reference IS NOT NULL AS named, register_number AS n, file_name, size, a.sha256
    FROM reports r JOIN attachments a ON a.report_id = r.id ORDER BY register_number, size DESC`)
  t.match(rows, [
    { n: 1, file_name: 'besar.jpg', size: 900_000, sha256: sha256Of(large) },
    { n: 1, file_name: 'file', sha256: sha256Of(small) },
    { n: 2, file_name: 'file', sha256: sha256Of(small) },
  ])
  t.equal(rows.length, 3)
  const { rows: uploads } = await api.admin.query('SELECT length, received FROM attachment_uploads WHERE status = $1', [
    'receiving',
  ])
  t.same(uploads, [], 'it was gone on with, not begun anew')
})

t.test('a file over a line that breaks all the time is gone on with, by one who watches', async (t) => {
  const { outbox, desk } = await office(t)
  await outbox.queue(marked('a'), { attach: [file('a.jpg', 'good '.repeat(100))] })
  let arrived = 0
  const upload: Desk['attachments']['upload'] = async (report, bytes, options) => {
    arrived += 100
    options.onProgress?.(arrived, 500)
    if (arrived < 500) throw new UnreachableError('cut')
    return desk.attachments.upload(report, bytes, options)
  }
  const waits: number[] = []
  const stop = new AbortController()
  const service = { me: () => desk.me(), reports: desk.reports, attachments: { upload } }
  await keepSending(outbox, service, {
    signal: stop.signal,
    waiting: ({ end }, ms) => (end === 'empty' ? stop.abort() : waits.push(ms)),
    sleep: async () => {},
  })
  t.ok(
    waits.length === 4 && waits.every((ms) => ms <= 1000),
    `it gets on, and does not wait longer each time: ${waits}`,
  )
  t.same(desk.attached, ['id-0/a.jpg'])
})

t.test('two who send at once send each report and each file once', async (t) => {
  const api = await serveApi(t)
  const { folder, outbox, lengths } = await office(t)
  for (const mark of ['a', 'b', 'c']) await outbox.queue(marked(mark), { attach: [await aPhoto('png')] })
  const lock = async () => ({ isHeld: async () => true, release: async () => {} })
  const others = await Promise.all([Outbox.open(folder, { lock }), Outbox.open(folder, { lock })])
  const credentials = { token: () => api.tokenOf(callers.kendari) }
  const ends = await Promise.allSettled(
    others.map((other) => other.send(createWaspada({ baseUrl: api.baseUrl, credentials }))),
  )
  t.comment(ends)
  await outbox.send(api.clientOf('kendari'))
  t.same(await lengths(), [0, 0, 0, 3, 0])
  const { rows } = await api.admin.query('SELECT report_id FROM attachments')
  t.equal(new Set(rows.map((row) => row.report_id)).size, 3)
  t.equal(rows.length, 3)
})
