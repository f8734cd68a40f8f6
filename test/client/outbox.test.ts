import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { CredentialsError, UnreachableError } from 'waspada-client'
import { faultsOf } from 'waspada-client/check-report'
import { keepSending, Outbox, type OutboxOptions, type RunEnd } from 'waspada-client/outbox'
import { nodeDisk } from '../../clients/typescript/src/outbox/disk.ts'
import { submitReportExample } from '../../src/reports/examples.ts'
import { MemoryDisk } from '../support/memory-disk.ts'
import { Desk, marked, refusal } from '../support/outbox-desk.ts'

async function office(t: Test, options: OutboxOptions = {}) {
  const folder = join(await mkdtemp(join(tmpdir(), 'waspada-outbox-')), 'outbox')
  t.teardown(() => rm(join(folder, '..'), { recursive: true, force: true }))
  const outbox = await Outbox.open(folder, options)
  const desk = new Desk()
  const lengths = async () => {
    const { waiting, refused, discarded, sent, damaged } = await outbox.list()
    return [waiting, refused, discarded, sent, damaged].map(({ length }) => length)
  }
  const subjects = () => desk.arrived.map(({ subject }) => subject.replace('Laporan ', '')).join(' ')
  return { folder, outbox, desk, lengths, subjects }
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

t.test('a queued report is readable JSON for this account alone, with a reference and a key that stay', async (t) => {
  const { folder, outbox, desk } = await office(t, { now: () => new Date('2024-11-26T00:00:00Z') })
  const report = marked('a', { composedAt: '2024-11-25T23:00:00+08:00' })
  const { item, isNew, state } = await outbox.queue(report)
  report.subject = 'Lain sama sekali'
  t.match({ isNew, state }, { isNew: true, state: 'waiting' })
  t.match(item, { version: 1, clientReference: /^outbox-[0-9a-f-]{36}$/, idempotencyKey: /^[A-Za-z0-9_-]{16,128}$/ })

  const file = join(folder, 'waiting', `${item.id}.json`)
  const kept = JSON.parse(await readFile(file, 'utf8'))
  t.match(kept, { version: 1, queuedAt: '2024-11-26T00:00:00.000Z', report: { subject: 'Laporan a' } })
  t.equal(kept.report.composedAt, '2024-11-25T23:00:00+08:00')
  t.same([await modeOf(folder), await modeOf(join(folder, 'waiting')), await modeOf(file)], [0o700, 0o700, 0o600])

  desk.fates = ['answer_lost', 'request_lost', 'answered']
  for (const end of ['unreachable', 'unreachable', 'empty'])
    t.equal((await (await Outbox.open(folder)).send(desk)).end, end)
  t.same(desk.keys, Array(3).fill(item.idempotencyKey))
  t.equal(desk.arrived.length, 1)
  const { sent } = await outbox.list()
  t.match(sent, [
    { id: item.id, sent: { reportId: 'id-0', number: '74.71/2024/0', receivedAt: String, replayed: true } },
  ])
  t.notMatch(
    await readFile(join(folder, 'sent', `${item.id}.json`), 'utf8'),
    /Laporan a|baliho/,
    'a receipt tells nothing',
  )
})

t.test('a report queued again under its reference is the same; other content is refused', async (t) => {
  const { outbox, desk, lengths } = await office(t)
  const report = marked('a', { clientReference: 'kdi-1' })
  const { item } = await outbox.queue(report)
  t.match(await outbox.queue(report), { isNew: false, state: 'waiting', item: { id: item.id } })
  await t.rejects(outbox.queue({ ...report, severity: 'low' }), { code: 'reference_in_use' })
  await outbox.send(desk)
  t.match(await outbox.queue(report), { isNew: false, state: 'sent' })
  await t.rejects(outbox.queue({ ...report, severity: 'low' }), { code: 'reference_in_use' })
  t.same(await lengths(), [0, 0, 0, 1, 0])
})

t.test(
  'a refused report waits aside with its problem until somebody edits it, queues it again or discards it',
  async (t) => {
    const { outbox, desk, lengths, subjects } = await office(t)
    for (const mark of ['a', 'b', 'c', 'd', 'e'])
      await outbox.queue(
        marked(mark, { clientReference: `kdi-${mark}`, ...('bcd'.includes(mark) && { severity: 'critical' }) }),
      )
    t.equal((await outbox.send(desk)).end, 'empty')
    t.equal(subjects(), 'a e')
    const [b, c, d] = (await outbox.list()).refused
    t.match(b, { clientReference: 'kdi-b', refused: { problem: { status: 422, code: 'value_refused' } } })

    const { item: edited } = await outbox.edit('kdi-b', marked('b2'))
    t.match(edited, { clientReference: 'kdi-b', replaces: b?.id })
    t.not(edited.idempotencyKey, b?.idempotencyKey)
    const { item: again } = await outbox.requeue(c?.id ?? '')
    t.match(again, { clientReference: 'kdi-c', idempotencyKey: c?.idempotencyKey })
    t.match(await outbox.discard('4'), { id: d?.id, mayHaveArrived: false })
    t.same(await lengths(), [2, 0, 1, 2, 0])
    desk.refuses = () => false
    await outbox.send(desk)
    t.equal(subjects(), 'a e b2 c')
    t.match((await outbox.list()).discarded, [{ id: d?.id, report: { subject: 'Laporan d' }, discardedAt: String }])

    await t.rejects(outbox.edit('kdi-a', marked('a')), { code: 'item_sent' })
    await t.rejects(outbox.discard('nothing'), { code: 'item_unknown' })
    await outbox.requeue(d?.id ?? '')
    await outbox.send(desk)
    t.equal(subjects(), 'a e b2 c d')
  },
)

t.test('an edited report that had arrived already is refused, and the report that stands is named', async (t) => {
  const { outbox, desk } = await office(t)
  const { item } = await outbox.queue(marked('a'))
  desk.fates = ['answer_lost']
  await outbox.send(desk)
  await outbox.edit(item.id, marked('a2'))
  await outbox.queue(marked('b'))
  t.equal((await outbox.send(desk)).end, 'empty')
  const { refused } = await outbox.list()
  t.match(refused, [{ refused: { problem: { code: 'reference_conflict', existingId: 'id-0' } } }])
  t.equal(desk.arrived.length, 2)
})

t.test('what is wrong with the caller or the service stops the run, and no report is refused for it', async (t) => {
  const { outbox, desk, lengths } = await office(t)
  await outbox.queue(marked('a'))
  const { attachments } = desk
  const here = { me: async () => ({ office: { code: '74.71' } }), attachments }
  const notBelieved = new CredentialsError('Not believed', { cause: refusal(401, 'token_invalid') })
  const stops: [Error, RunEnd][] = [
    [notBelieved, { end: 'stopped', code: 'token_invalid', reason: 'Not believed: 401 token_invalid: It is refused.' }],
    [
      new CredentialsError('No token', { code: 'invalid_client' }),
      { end: 'stopped', code: 'invalid_client', reason: 'No token' },
    ],
    ...(
      [
        [400, 'parameter_invalid'],
        [403, 'scope_missing'],
        [404, 'route_not_found'],
        [405, 'method_not_allowed'],
      ] as const
    ).map(([status, code]): [Error, RunEnd] => [
      refusal(status, code),
      { end: 'stopped', code, reason: `${status} ${code}: It is refused.` },
    ]),
    [new UnreachableError('cut', { retryAfterMs: 7 }), { end: 'unreachable', reason: 'cut', retryAfterMs: 7 }],
  ]
  for (const [error, end] of stops) {
    const submit = () => Promise.reject(error)
    t.same(await outbox.send({ ...here, reports: { submit } }), end, error.message)
    desk.trouble = error
    t.same(await outbox.send(desk), end)
  }
  t.same(await lengths(), [1, 0, 0, 0, 0])
  const fault = () => Promise.reject(new Error('a fault of ours'))
  await t.rejects(outbox.send({ ...here, reports: { submit: fault } }), /a fault of ours/)
  desk.trouble = undefined
  desk.refuses = () => {
    throw refusal(409, 'idempotency_conflict')
  }
  await outbox.send(desk)
  t.same(await lengths(), [0, 1, 0, 0, 0])
  const [before] = (await outbox.list()).refused
  const { item } = await outbox.requeue('1')
  t.not(item.idempotencyKey, before?.idempotencyKey, 'that key has other content there')
})

t.test('an answer about another report is none', async (t) => {
  const { outbox, lengths } = await office(t)
  await outbox.queue(marked('a'))
  const answer = { id: 'x', number: 'x', receivedAt: 'x', clientReference: 'another' }
  const submit = async () => ({ report: answer, replayed: false })
  const service = {
    me: async () => ({ office: { code: '74.71' } }),
    reports: { submit },
    attachments: new Desk().attachments,
  }
  t.equal((await outbox.send(service)).end, 'unreachable')
  t.same(await lengths(), [1, 0, 0, 0, 0])
})

t.test('an outbox belongs to the office that it first sent for', async (t) => {
  const { outbox, desk, lengths } = await office(t)
  await outbox.queue(marked('a'))
  await outbox.send(desk)
  await outbox.queue(marked('b'))
  desk.officeCode = '74'
  t.match(await outbox.send(desk), { end: 'stopped', code: 'office_differs', reason: /74\.71.* 74$/ })
  desk.officeCode = null
  t.match(await outbox.send(desk), { end: 'stopped', code: 'no_office' })
  t.same(await lengths(), [1, 0, 0, 1, 0])
})

t.test('damaged files are set aside and named, and hold up nothing', async (t) => {
  const { folder, outbox, desk, lengths, subjects } = await office(t)
  const files: string[] = []
  for (const mark of ['a', 'b', 'c', 'd', 'e']) {
    const { item } = await outbox.queue(marked(mark, { clientReference: `kdi-${mark}` }))
    files.push(join(folder, 'waiting', `${item.id}.json`))
  }
  const [half = '', edited = '', later = '', empty = ''] = files
  const change = async (file: string, to: (text: string) => string) => writeFile(file, to(await readFile(file, 'utf8')))
  await change(half, (text) => text.slice(0, 300))
  await change(edited, (text) => text.replace('dua belas', 'tiga belas'))
  await change(later, (text) => text.replace('"version": 1', '"version": 2'))
  await change(empty, () => '')
  await writeFile(join(folder, 'waiting', 'salinan laporan.json'), '{}')
  await writeFile(join(folder, 'waiting', '.DS_Store'), 'x')

  const told: unknown[] = []
  t.equal((await outbox.send(desk, { tell: (sent) => told.push(sent.became) })).end, 'empty')
  t.equal(subjects(), 'e')
  t.same(told.sort(), ['damaged', 'damaged', 'damaged', 'damaged', 'damaged', 'sent'])
  const { damaged } = await outbox.list()
  const reasons = damaged.map(({ reason }) => reason).join('\n')
  for (const words of [/no JSON/, /was changed since/, /version 2/, /no file of the outbox/]) t.match(reasons, words)

  const { item } = await outbox.requeue('2')
  t.match(item, { clientReference: 'kdi-b', report: { facts: /tiga belas/ } })
  await t.rejects(outbox.requeue('1'), { code: 'item_unreadable' })
  await outbox.edit('1', marked('a2'))
  t.match(await outbox.discard('4'), { id: /^000000004/ })
  await outbox.send(desk)
  t.equal(subjects(), 'e b a2')
  t.same(await lengths(), [0, 0, 0, 3, 2])
  const { item: next } = await outbox.queue(marked('f'))
  t.match(next.id, /^000000008-/, 'no place is given twice')
})

t.test('a file that the disk does not give, and a stray one, hold up nothing', async (t) => {
  const read: typeof nodeDisk.read = async (file) => {
    if (/00000000[12]-/.test(file)) throw Object.assign(new Error('i/o error'), { code: 'EIO' })
    return nodeDisk.read(file)
  }
  const { folder, outbox, desk, lengths } = await office(t, { disk: { ...nodeDisk, read } })
  for (const mark of ['a', 'b', 'c']) await outbox.queue(marked(mark, { clientReference: `kdi-${mark}` }))
  await mkdir(join(folder, 'waiting', '000000004-0123456789ab.json'))
  await writeFile(join(folder, 'waiting', '999999999.json'), '{}')
  t.match(await outbox.send(desk), { end: 'empty' })
  t.same(await lengths(), [0, 0, 0, 1, 4])
  const reasons = (await outbox.list()).damaged.map(({ reason }) => reason).sort()
  t.match(reasons, [/EIO/, /EIO/, /EISDIR/, /no file of the outbox/])
  await t.rejects(outbox.requeue('1'), { code: 'item_unreadable' })
  t.match(await outbox.queue(marked('d')), { item: { id: /^000000005-/ } })
  await (await Outbox.open(folder)).requeue('1')
  t.match(await outbox.send(desk), { end: 'empty' })
  t.equal(desk.arrived.length, 3)
})

t.test('a full disk is told in words, and what was queued before stays', async (t) => {
  const disk = new MemoryDisk()
  const lock = async () => ({ isHeld: async () => true, release: async () => {} })
  const outbox = await Outbox.open('/outbox', { disk, lock })
  await outbox.queue(marked('a'))
  disk.full = true
  await t.rejects(outbox.queue(marked('b')), { code: 'disk_full', message: /is full/ })
  t.same(
    disk.paths().filter((path) => path.includes('unfinished')),
    [],
  )
  const desk = new Desk()
  disk.full = false
  t.equal((await outbox.send(desk)).end, 'empty')
  t.equal(desk.arrived.length, 1)
})

t.test('a folder that this account may not write is told in words', { skip: process.getuid?.() === 0 }, async (t) => {
  const { folder, outbox } = await office(t)
  await chmod(join(folder, 'unfinished'), 0o500)
  await t.rejects(outbox.queue(marked('a')), { code: 'not_writable' })
  await chmod(join(folder, 'unfinished'), 0o700)
})

t.test('receipts and what was discarded have their time; the last place in the queue is kept', async (t) => {
  const { folder, outbox, desk, lengths } = await office(t, { keepDays: 30 })
  for (const mark of ['a', 'b', 'c']) await outbox.queue(marked(mark))
  await outbox.discard('1')
  await outbox.send(desk)
  await writeFile(join(folder, 'unfinished', 'left by a crash'), 'x')
  const old = new Date(Date.now() - 31 * 86_400_000)
  for (const state of ['sent', 'discarded', 'unfinished'])
    for (const file of await readdir(join(folder, state))) await utimes(join(folder, state, file), old, old)
  await outbox.send(desk)
  t.same(await lengths(), [0, 0, 0, 1, 0])
  t.same(await readdir(join(folder, 'unfinished')), [])
  t.match((await outbox.queue(marked('d'))).item.id, /^000000004-/)
})

t.test('calls of one process are queued in their order, and several processes queue beside each other', async (t) => {
  const { folder, outbox, desk } = await office(t)
  const other = await Outbox.open(folder)
  const marks = Array.from({ length: 40 }, (_, at) => String(at))
  await Promise.all(marks.map((mark) => (Number(mark) % 2 === 0 ? outbox : other).queue(marked(mark))))
  await outbox.send(desk)
  const arrived = desk.arrived.map(({ subject }) => Number(subject.replace('Laporan ', '')))
  t.equal(new Set(arrived).size, 40)
  for (const half of [0, 1]) {
    const own = arrived.filter((mark) => mark % 2 === half)
    t.same(
      own,
      own.toSorted((a, b) => a - b),
    )
  }
})

t.test('one process sends, until it is gone', async (t) => {
  const { folder, outbox, desk } = await office(t)
  await outbox.queue(marked('a'))
  const file = join(folder, 'sending.lock')
  const owner = (changes: object) =>
    writeFile(file, JSON.stringify({ token: 'x', pid: process.pid, host: hostname(), startedAt: 0, ...changes }))

  await owner({ pid: process.ppid })
  t.match(await outbox.send(desk), { end: 'busy' })
  await owner({ host: 'another-machine' })
  t.match(await outbox.send(desk), { end: 'busy' })
  await writeFile(file, '')
  t.match(await outbox.send(desk), { end: 'busy' })
  t.equal(desk.arrived.length, 0)

  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  await owner({ pid: child.pid })
  t.equal((await outbox.send(desk)).end, 'empty', 'it ended without a word')
  await outbox.queue(marked('b'))
  await owner({})
  t.equal((await outbox.send(desk)).end, 'empty', 'its number is that of another process now')
  const long = new Date(Date.now() - 61_000)
  for (const [mark, leave] of [
    ['c', () => owner({ host: 'another-machine' })],
    ['d', () => owner({ pid: process.ppid })],
    ['e', () => writeFile(file, '')],
  ] as const) {
    await outbox.queue(marked(mark))
    await leave()
    await utimes(file, long, long)
    t.equal((await outbox.send(desk)).end, 'empty', 'it has been silent for long')
  }
  t.same(
    (await readdir(folder)).filter((name) => name.startsWith('sending')),
    [],
  )

  await outbox.queue(marked('f'))
  await outbox.queue(marked('g'))
  const submit: Desk['reports']['submit'] = async (report, options) => {
    await owner({ pid: process.ppid })
    return desk.reports.submit(report, options)
  }
  const { attachments } = desk
  const service = { me: () => desk.me(), reports: { submit }, attachments }
  t.match(await outbox.send(service), { end: 'busy' }, 'another took it over meanwhile')
  t.equal(desk.arrived.length, 6)
  t.match(await readFile(file, 'utf8'), /"token":"x"/, 'and keeps it')
})

t.test('who watches goes on by itself, waits as the service asks, and stops for a person', async (t) => {
  const { outbox, desk, subjects } = await office(t)
  await outbox.queue(marked('a'))
  const waits: [string, number][] = []
  const stop = new AbortController()
  const steps: (() => Promise<unknown> | undefined)[] = [
    () => undefined,
    () => {
      desk.trouble = new UnreachableError('busy', { retryAfterMs: 60_000 })
      return undefined
    },
    () => {
      desk.trouble = undefined
      return undefined
    },
    () => outbox.queue(marked('b')),
    () => {
      stop.abort()
      return undefined
    },
  ]
  desk.trouble = new UnreachableError('cut')
  const watching = {
    signal: stop.signal,
    waiting: ({ end }: RunEnd, ms: number) => waits.push([end, ms]),
    sleep: async () => steps.shift()?.(),
  }
  t.same(await keepSending(outbox, desk, watching), { end: 'aborted' })
  t.equal(subjects(), 'a b')
  t.same(
    waits.map(([end]) => end),
    ['unreachable', 'unreachable', 'unreachable', 'empty', 'empty'],
  )
  const [first = 0, second = 0, third = 0] = waits.map(([, ms]) => ms)
  t.ok(
    first >= 500 && first <= 1000 && second >= 1000 && second <= 2000 && third >= 60_000,
    String([first, second, third]),
  )

  await outbox.queue(marked('c'))
  desk.trouble = new CredentialsError('Not believed', { code: 'invalid_client' })
  t.match(await keepSending(outbox, desk), { end: 'stopped', code: 'invalid_client' })
  t.same(new Set(desk.retries), new Set([0]), 'it comes back by itself, and lets nobody else try again')
})

t.test('a run that is stopped leaves the rest in the queue', async (t) => {
  const { outbox, desk, lengths } = await office(t)
  for (const mark of ['a', 'b', 'c']) await outbox.queue(marked(mark))
  const stop = new AbortController()
  t.same(await outbox.send(desk, { signal: stop.signal, tell: () => stop.abort() }), { end: 'aborted' })
  t.same(await lengths(), [2, 0, 0, 1, 0])
})

t.test('a new folder is there for sure before anything is put into it', async (t) => {
  const { folder } = await office(t)
  const deep = join(folder, 'x', 'y')
  await nodeDisk.makeFolder(deep)
  t.equal(await modeOf(deep), 0o700)
  await mkdir(join(folder, 'z'), { mode: 0o755 })
  await nodeDisk.makeFolder(join(folder, 'z'))
  t.equal(await modeOf(join(folder, 'z')), 0o700)
})

t.test('a lock of a clock that was set back since is no lock for ever', async (t) => {
  const { folder, outbox, desk } = await office(t)
  await outbox.queue(marked('a'))
  const file = join(folder, 'sending.lock')
  await writeFile(file, JSON.stringify({ token: 'x', pid: 1, host: 'another-machine', startedAt: 0 }))
  const ahead = new Date(Date.now() + 365 * 86_400_000)
  await utimes(file, ahead, ahead)
  t.equal((await outbox.send(desk)).end, 'empty')
})

t.test('whoever is told to wait for years looks again within the hour', async (t) => {
  const { outbox, desk } = await office(t)
  await outbox.queue(marked('a'))
  desk.trouble = new UnreachableError('by a clock that is wrong', { retryAfterMs: 50 * 365 * 86_400_000 })
  const stop = new AbortController()
  let waited = 0
  const waiting = (_end: RunEnd, ms: number) => {
    waited = ms
    stop.abort()
  }
  await keepSending(outbox, desk, { signal: stop.signal, waiting, sleep: async () => {} })
  t.ok(waited >= 3_600_000 && waited < 3_700_000, String(waited))
})

t.test('many reports are queued, listed and sent in a time that grows with their number', async (t) => {
  const count = Number(process.env.WASPADA_OUTBOX_MANY ?? 1000)
  const disk = new MemoryDisk()
  const lock = async () => ({ isHeld: async () => true, release: async () => {} })
  const outbox = await Outbox.open('/outbox', { disk, lock, now: () => new Date(disk.time) })
  const half: number[] = []
  for (let at = 0; at < count; at += 1) {
    await outbox.queue(marked(String(at)))
    if (at === count / 2 || at === count - 1) half.push(disk.steps)
  }
  const [first = 0, whole = 0] = half
  t.ok(whole < 2.1 * first)
  const before = disk.steps
  t.equal((await outbox.list()).waiting.length, count)
  const listed = disk.steps - before
  t.ok(listed < count + 20, `${listed} steps`)
  t.equal((await outbox.send(new Desk())).end, 'empty')
  const sent = disk.steps - before - listed
  t.ok(sent < 12 * count, `${sent} steps`)
  await outbox.queue(marked('x'))
  const left = disk.steps
  await outbox.send(new Desk())
  t.ok(disk.steps - left < 60, `${disk.steps - left} steps beside ${count} receipts`)
})

t.test('what the contract refuses is named at once, member by member', (t) => {
  t.same(faultsOf(submitReportExample), [])
  t.same(faultsOf(marked('a', { clientReference: null, impact: null, actors: null })), [])
  const { product: _product, ...rest } = marked('a')
  const bad = {
    ...rest,
    severity: 'besar',
    facts: 'pendek',
    occurredAt: '2024-11-25 22:30',
    impact: { deaths: -1, lossIdr: 1.5 },
    location: { regionCode: '74.1', coordinates: [200, 1] },
    judul: 'x',
  }
  const faults = Object.fromEntries(faultsOf(bad).map(({ pointer, detail }) => [pointer, detail]))
  t.match(faults, {
    '/product': 'is missing',
    '/judul': 'is no member of a report',
    '/severity': 'must be one of low, moderate, high, critical',
    '/facts': /20 characters/,
    '/occurredAt': /with its offset/,
    '/impact/deaths': />= 0/,
    '/impact/lossIdr': /integer/,
    '/location/regionCode': /form/,
    '/location/coordinates/0': /<= 180/,
  })
  t.equal(Object.keys(faults).length, 9)
  t.ok(faultsOf(null).length > 0 && faultsOf([]).length > 0)
  t.end()
})
