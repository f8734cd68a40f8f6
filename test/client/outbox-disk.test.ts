import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { UnreachableError } from 'waspada-client'
import { keepSending, Outbox, type OutboxOptions, type Sent } from 'waspada-client/outbox'
import { nodeDisk } from '../../clients/typescript/src/outbox/disk.ts'
import { MemoryDisk } from '../support/memory-disk.ts'
import { Desk, marked } from '../support/outbox-desk.ts'

const run = promisify(execFile)
const lock = async () => ({ isHeld: async () => true, release: async () => {} })

async function office(t: Test, options: OutboxOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'waspada-outbox-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const outbox = await Outbox.open(folder, options)
  const told: string[] = []
  const tell = (sent: Sent) => told.push(sent.became)
  return { folder, outbox, desk: new Desk(), told, tell }
}

/** Ends in place of spinning for ever. */
const soon = () => AbortSignal.timeout(20_000)

t.test('whatever somebody puts between the reports is named, and holds up nothing', async (t) => {
  const { folder, outbox, desk, told, tell } = await office(t)
  for (const mark of ['a', 'b']) await outbox.queue(marked(mark, { clientReference: mark }))
  const [a = ''] = await readdir(join(folder, 'waiting'))
  await rm(join(folder, 'waiting', a))
  await symlink('/nowhere', join(folder, 'waiting', a))
  const put = (place: string, name: string) => join(folder, place, name)
  await symlink('.', put('waiting', '000000003-0123456789ab.json'))
  await symlink('/nowhere', put('waiting', 'catatan.txt'))
  await run('mkfifo', [put('waiting', '000000004-0123456789ab.json')])
  await mkdir(put('waiting', '000000005-0123456789ab.json'))
  await writeFile(put('waiting', '000000006-0123456789ab.json'), '{')
  await truncate(put('waiting', '000000006-0123456789ab.json'), 3_000_000_000)
  await symlink('/nowhere', put('attaching', '000000007-0123456789ab.json'))
  for (const place of ['sent', 'refused', 'discarded'])
    await symlink('/nowhere', put(place, '000000008-0123456789ab.json'))

  const before = await outbox.list()
  t.equal(before.damaged.length, 9, 'it is named before anybody sends')
  t.match(await outbox.send(desk, { tell, signal: soon() }), { end: 'empty' })
  t.same(told.sort(), [...Array(7).fill('damaged'), 'sent'])
  t.equal(desk.arrived.length, 1)
  const { damaged } = await outbox.list()
  const reasons = damaged.map(({ reason }) => reason).join('\n')
  for (const words of [/ELOOP/, /ENXIO/, /EISDIR/, /EFBIG/]) t.match(reasons, words)
  await outbox.discard('5')
  t.equal(await outbox.isEmpty(), true)
  t.match(await outbox.send(desk), { end: 'empty' })
})

t.test('what cannot be put aside is told once, named by status, and holds up nothing', async (t) => {
  const rename: typeof nodeDisk.rename = async (from, to) => {
    if (/damaged|discarded/.test(to)) throw Object.assign(new Error('no'), { code: 'EBUSY' })
    return nodeDisk.rename(from, to)
  }
  const { folder, outbox, desk, told, tell } = await office(t, { disk: { ...nodeDisk, rename } })
  await mkdir(join(folder, 'waiting', '000000001-0123456789ab.json'))
  await mkdir(join(folder, 'waiting', 'foto'))
  await writeFile(Buffer.concat([Buffer.from(join(folder, 'waiting', 'x')), Buffer.from([0xff, 0xfe])]), 'x')
  await outbox.queue(marked('a'))
  for (const _turn of [1, 2]) t.match(await outbox.send(desk, { tell, signal: soon() }), { end: 'empty' })
  t.same(told.sort(), ['damaged', 'damaged', 'damaged', 'sent'])
  t.equal(await outbox.isEmpty(), true)
  t.equal((await outbox.list()).damaged.length, 3)
  await t.rejects(outbox.discard('1'), { code: 'not_writable', message: /EBUSY/ })
})

t.test('a name that is no text is told once, and holds up nothing', async (t) => {
  const { folder, outbox, desk, told, tell } = await office(t)
  await writeFile(Buffer.concat([Buffer.from(join(folder, 'waiting', 'x')), Buffer.from([0xff, 0xfe])]), 'x')
  await outbox.queue(marked('a'))
  for (const _turn of [1, 2]) t.match(await outbox.send(desk, { tell, signal: soon() }), { end: 'empty' })
  t.same(told.sort(), ['damaged', 'sent'])
  t.equal((await outbox.list()).damaged.length, 1)
})

t.test('folders among what is cleared away after its time stay, and hold up nothing', async (t) => {
  const { folder, outbox, desk } = await office(t)
  for (const place of ['files', 'unfinished', 'uploads', 'discarded']) await mkdir(join(folder, place, 'foto'))
  await symlink('loop', join(folder, 'files', 'loop'))
  const old = new Date(0)
  for (const place of ['files', 'unfinished', 'uploads', 'discarded'])
    await utimes(join(folder, place, 'foto'), old, old)
  await outbox.queue(marked('a'))
  t.match(await outbox.send(desk), { end: 'empty' })
  t.equal(desk.arrived.length, 1)
})

t.test('bytes of a file that cannot be read are told, and hold up no other file', async (t) => {
  const { folder, outbox, desk } = await office(t)
  const files = ['a', 'b', 'c'].map((name) => new File([name], name))
  const { item } = await outbox.queue(marked('a'), { attach: files })
  for (const at of [0, 1]) await rm(join(folder, 'files', `${item.id}.${at}`))
  await mkdir(join(folder, 'files', `${item.id}.0`))
  await symlink('/nowhere', join(folder, 'files', `${item.id}.1`))
  t.match(await outbox.send(desk), { end: 'empty' })
  const [refused] = (await outbox.list()).refused
  const reason = 'file_unreadable'
  t.match(refused?.files, [{ refused: { reason } }, { refused: { reason } }, { sent: {} }])
})

t.test('a lock that is no file is no lock for ever', async (t) => {
  const { folder, outbox, desk } = await office(t)
  const file = join(folder, 'sending.lock')
  const old = new Date(0)
  for (const put of [() => symlink('/nowhere', file), () => mkdir(file).then(() => utimes(file, old, old))]) {
    await outbox.queue(marked(String(put)))
    await put()
    if (put.toString().includes('symlink')) await run('touch', ['-h', '-d', '1 Jan 2020', file])
    t.match(await outbox.send(desk), { end: 'empty' })
  }
  t.equal(desk.arrived.length, 2)
})

/** On a disk of which one says how much it still takes. */
async function fullOffice() {
  const disk = new MemoryDisk()
  const now = () => new Date(disk.time)
  const open = () => Outbox.open('/outbox', { disk, lock, now })
  const outbox = await open()
  const told: string[] = []
  const tell = (sent: Sent) => told.push(`${sent.became}${'unwritten' in sent && sent.unwritten ? ' unwritten' : ''}`)
  const count = async () => {
    const { waiting, attaching, refused, sent } = await outbox.list()
    return [waiting, attaching, refused, sent].map(({ length }) => length)
  }
  return { disk, open, outbox, desk: new Desk(), told, tell, count }
}

t.test('on a full disk what is queued is sent once, and written down when there is room', async (t) => {
  const { disk, open, outbox, desk, told, tell, count } = await fullOffice()
  await outbox.queue(marked('0'))
  await outbox.send(desk)
  await outbox.queue(marked('a'))
  await outbox.queue(marked('b', { severity: 'critical' }))
  await outbox.queue(marked('c'), { attach: [new File(['good'], 'c.jpg')] })
  disk.full = true
  t.match(await outbox.send(desk, { tell }), { end: 'unwritten', count: 3, reason: /is full/ })
  t.same(told, ['sent unwritten', 'refused unwritten', 'sent unwritten'])
  t.same(await count(), [3, 0, 0, 1], 'nothing is lost')
  const asked = desk.keys.length
  t.match(await outbox.send(desk, { tell }), { end: 'unwritten', count: 3 })
  t.equal(desk.keys.length, asked, 'who remembers asks for nothing again')

  const other = await open()
  t.match(await other.send(desk), { end: 'unwritten', count: 3 })
  t.equal(desk.arrived.length, 3, 'who does not sends again, which changes nothing')
  disk.full = false
  t.match(await outbox.send(desk, { tell }), { end: 'empty' })
  t.same(await count(), [0, 0, 1, 3])
  t.same([desk.arrived.length, desk.attached, told.slice(3)], [3, ['id-2/c.jpg'], ['attached']])
})

t.test('files on a full disk are sent once, and written down when there is room', async (t) => {
  const { disk, outbox, desk, told, tell, count } = await fullOffice()
  await outbox.queue(marked('a'), { attach: [new File(['good'], 'a.jpg'), new File(['bad'], 'b.txt')] })
  desk.fates = ['answered', 'request_lost']
  t.match(await outbox.send(desk), { end: 'unreachable' })
  disk.full = true
  t.match(await outbox.send(desk, { tell }), { end: 'unwritten', count: 1 })
  const asked = desk.retries.length
  t.match(await outbox.send(desk, { tell }), { end: 'unwritten', count: 1 })
  t.equal(desk.retries.length - asked, 1, 'no file goes again')
  t.same(told, ['attached unwritten', 'file_refused unwritten'])
  t.same(await count(), [0, 1, 0, 0])
  disk.full = false
  await outbox.send(desk)
  t.same(await count(), [0, 0, 1, 0])
})

t.test('nothing is sent before it is written whose outbox it is', async (t) => {
  const { disk, outbox, desk, count } = await fullOffice()
  await outbox.queue(marked('a'))
  disk.full = true
  t.match(await outbox.send(desk), { end: 'unwritten', count: 0, reason: /is full.*[Nn]othing was sent/ })
  t.equal(desk.arrived.length, 0)
  const waits: string[] = []
  await keepSending(outbox, desk, {
    signal: AbortSignal.timeout(60_000),
    waiting: ({ end }) => waits.push(end),
    sleep: async () => {
      if (disk.full) disk.full = false
      else throw new UnreachableError('enough')
    },
  }).catch(() => {})
  t.same(waits, ['unwritten', 'empty'])
  t.same(await count(), [0, 0, 0, 1])
})

t.test('what a person discarded or edited is not sent where its old file cannot be removed', async (t) => {
  let isClosed = false
  const remove: typeof nodeDisk.remove = async (file) => {
    if (isClosed && file.includes('waiting')) throw Object.assign(new Error('no'), { code: 'ENOSPC' })
    return nodeDisk.remove(file)
  }
  const { outbox, desk } = await office(t, { disk: { ...nodeDisk, remove } })
  for (const mark of ['a', 'b']) await outbox.queue(marked(mark, { clientReference: mark }))
  isClosed = true
  await t.rejects(outbox.discard('a'), { code: 'disk_full' })
  await t.rejects(outbox.edit('b', marked('b2')), { code: 'disk_full' })
  await outbox.send(desk)
  t.same(
    desk.arrived.map(({ subject }) => subject),
    ['Laporan b2'],
  )
})

t.test('what somebody did about a report whose receipt is not written yet stands', async (t) => {
  const { disk, open, outbox, desk, count } = await fullOffice()
  await outbox.queue(marked('0'))
  await outbox.send(desk)
  await outbox.queue(marked('a', { clientReference: 'a' }))
  await outbox.queue(marked('b', { clientReference: 'b', severity: 'critical' }))
  disk.full = true
  await outbox.send(desk)
  disk.full = false
  const other = await open()
  await other.discard('a')
  await other.edit('b', marked('b2'))
  t.match(await outbox.send(desk), { end: 'empty' })
  t.same(await count(), [0, 0, 0, 3], 'the one had arrived, the other was mended')
})

t.test('a report that finds no room leaves none of its files behind', async (t) => {
  const { disk, outbox } = await fullOffice()
  disk.room = 1
  await t.rejects(outbox.queue(marked('a'), { attach: [new File(['good'], 'a.jpg')] }), { code: 'disk_full' })
  t.same(disk.paths(), [])
})

t.test('a report whose name the disk may not have is not there when that is told', async (t) => {
  let isBroken = true
  const sync: typeof nodeDisk.sync = async (folder) => {
    if (isBroken && folder.endsWith('waiting')) throw Object.assign(new Error('no'), { code: 'ENOSPC' })
    return nodeDisk.sync(folder)
  }
  const { folder, outbox } = await office(t, { disk: { ...nodeDisk, sync } })
  await t.rejects(outbox.queue(marked('a'), { attach: [new File(['good'], 'a.jpg')] }), { code: 'disk_full' })
  isBroken = false
  t.same([await readdir(join(folder, 'waiting')), await readdir(join(folder, 'files'))], [[], []])
})
