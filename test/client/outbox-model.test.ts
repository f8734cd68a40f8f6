import fc from 'fast-check'
import t from 'tap'
import type { SubmitReport } from 'waspada-client'
import { Outbox, OutboxError } from 'waspada-client/outbox'
import { MemoryDisk } from '../support/memory-disk.ts'
import { Desk, type Fate, marked } from '../support/outbox-desk.ts'

const folder = '/outbox'
const now = () => new Date('2024-11-26T00:00:00Z')
const lock = async () => ({ isHeld: async () => true, release: async () => {} })

/** Where it ends: after so many steps of the disk, the process alone or the machine with it. */
interface End {
  steps: number
  power: boolean
  /** Of each change that was not synced, in turn: did it come to the disk? */
  survives: boolean[]
}
/** `room`: files that the disk still takes; all of them where it is not said. */
type Step = { end: End | undefined; room?: number | undefined } & (
  | { does: 'queue'; refused: boolean; named: boolean; files: number }
  | { does: 'queue_together' }
  | { does: 'queue_again'; which: number }
  | { does: 'send' | 'send_together'; fates: Fate[] }
  | { does: 'damage'; which: number; how: 'half' | 'edited' | 'garbage' }
  | { does: 'edit' | 'requeue' | 'discard'; which: number }
)

type Queue = Omit<Extract<Step, { does: 'queue' }>, 'end' | 'room'>

interface Known {
  mark: string
  /** Those of one turn were queued at the same moment by two processes. */
  turn: number
  report: SubmitReport
  /** Of which the second may be refused. */
  files: File[]
  /** `queue` returned. */
  isSafe: boolean
  /** A person, or damage, did something about it: it may be last, or no longer in the queue. */
  isTouched: boolean
}

const end = fc.option(
  fc.record({ steps: fc.nat(40), power: fc.boolean(), survives: fc.array(fc.boolean(), { maxLength: 12 }) }),
  { nil: undefined, freq: 2 },
)
const room = fc.option(fc.nat(4), { nil: undefined, freq: 4 })
const fate = fc.constantFrom<Fate>('answered', 'answered', 'request_lost', 'answer_lost', 'busy')
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('queue' as const),
      refused: fc.boolean(),
      named: fc.boolean(),
      files: fc.nat(2),
      room,
      end,
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('queue_together' as const), end }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('queue_again' as const), which: fc.nat(20), end }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constantFrom('send' as const, 'send' as const, 'send_together' as const),
      fates: fc.array(fate, { maxLength: 6 }),
      room,
      end,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('damage' as const),
      which: fc.nat(20),
      how: fc.constantFrom('half' as const, 'edited' as const, 'garbage' as const),
      end: fc.constant(undefined),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constantFrom('edit' as const, 'requeue' as const, 'discard' as const),
      which: fc.nat(20),
      room,
      end,
    }),
  },
)

/** An office with its disk and its line, and what an onlooker knows of both. */
class Office {
  readonly disk = new MemoryDisk()
  readonly desk = new Desk()
  readonly known: Known[] = []
  /** Receipts may be gone, and what they said of others. */
  isDamaged = false
  #turn = 0

  async act(step: Step): Promise<void> {
    this.#turn += 1
    if (step.end) this.disk.crashAfter(step.end.steps)
    this.disk.room = step.room ?? Number.POSITIVE_INFINITY
    try {
      await this.#do(await this.open(), step)
    } catch (error) {
      // What was asked for is not there any more, or is sent already.
      if (!this.disk.hasCrashed && !(error instanceof OutboxError)) throw error
    }
    const { power = false, survives = [] } = this.disk.hasCrashed ? (step.end ?? {}) : {}
    this.disk.room = Number.POSITIVE_INFINITY
    this.disk.restart(() => !power || (survives.shift() ?? false))
  }

  open(): Promise<Outbox> {
    return Outbox.open(folder, { disk: this.disk, lock, now })
  }

  async #do(outbox: Outbox, step: Step): Promise<void> {
    switch (step.does) {
      case 'queue':
        return this.#queue(outbox, step)
      case 'queue_together': {
        const other = await this.open()
        return both([outbox, other].map((one) => this.#queue(one, { refused: false, named: true, files: 1 })))
      }
      case 'send_together': {
        // As if the lock had failed.
        const other = await this.open()
        this.desk.fates = step.fates
        return both([outbox, other].map((one) => one.send(this.desk)))
      }
      case 'queue_again':
        return this.#queueAgain(outbox, step.which)
      case 'send':
        this.desk.fates = step.fates
        await outbox.send(this.desk)
        return
      case 'damage':
        return this.#damage(step.which, step.how)
      default:
        return this.#change(outbox, step)
    }
  }

  async #queue(outbox: Outbox, { refused, named, files: count }: Omit<Queue, 'does'>): Promise<void> {
    const mark = String(this.known.length)
    const report = marked(mark, {
      ...(refused && { severity: 'critical' }),
      ...(named && { clientReference: `kdi-${mark}` }),
    })
    const files = ['good', 'bad'].slice(0, count).map((kind) => new File([`${kind} ${mark}`], `${kind}-${mark}`))
    const known = { mark, turn: this.#turn, report, files, isSafe: false, isTouched: false }
    this.known.push(known)
    await outbox.queue(report, { attach: files })
    known.isSafe = true
  }

  /** A program that was not told whether its report is queued queues it again, under the reference that it gave. */
  async #queueAgain(outbox: Outbox, which: number): Promise<void> {
    const named = this.known.filter(({ report }) => report.clientReference)
    const known = named[which % Math.max(1, named.length)]
    if (!known) return
    const { isNew } = await outbox.queue(known.report, { attach: known.files })
    if (isNew && known.isSafe && !known.isTouched) throw new Error(`${known.mark} is queued twice`)
    if (isNew) known.turn = this.#turn
    known.isSafe = true
  }

  #damage(which: number, how: 'half' | 'edited' | 'garbage'): void {
    const files = this.disk.paths().filter((path) => /\/(waiting|attaching|refused|sent)\//.test(path))
    const path = files[which % Math.max(1, files.length)]
    if (path === undefined) return
    this.isDamaged = true
    this.disk.damage(path, (text) => {
      this.#touch(text)
      if (how === 'half') return text.slice(0, text.length / 3)
      return how === 'garbage' ? '\u0000' : text.replace('baliho', 'spanduk')
    })
  }

  async #change(outbox: Outbox, { does, which }: { does: 'edit' | 'requeue' | 'discard'; which: number }) {
    const { waiting, attaching, refused, discarded, damaged } = await outbox.list()
    const items = [...refused, ...waiting, ...attaching, ...discarded]
    const ids = [...items.map(({ id }) => id), ...damaged.map(({ file }) => file)]
    const id = ids[which % Math.max(1, ids.length)]
    if (id === undefined) return
    const found = await outbox.find(id)
    this.#touch(found.state === 'damaged' ? found.text : JSON.stringify(found.item))
    if (does !== 'edit') await outbox[does](id)
    else if (found.state !== 'damaged' && found.item.report)
      await outbox.edit(id, { ...found.item.report, severity: 'low' })
  }

  #touch(text: string): void {
    for (const known of this.known)
      if ([`"Laporan ${known.mark}"`, `d-${known.mark}"`].some((words) => text.includes(words))) known.isTouched = true
  }
}

/** Two processes; both are at their end before anything else happens. */
async function both(work: Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason
}

/** With a line that holds: what is not settled by then never is. */
async function untilEmpty(office: Office): Promise<void> {
  office.desk.fates = []
  const { end } = await (await office.open()).send(office.desk)
  if (end !== 'empty') throw new Error(`The run ended: ${end}`)
}

async function assertPromises({ desk, known, disk, isDamaged }: Office, opened: Outbox): Promise<void> {
  const arrivals = (mark: string) => desk.arrived.filter(({ subject }) => subject === `Laporan ${mark}`)
  const { waiting, attaching, refused, discarded, sent, damaged } = await opened.list()
  if (waiting.length + attaching.length > 0) throw new Error('Something still waits')
  if (!isDamaged && damaged.length > 0) throw new Error('A crash left damage')
  const replaced = new Set([...refused, ...discarded, ...sent].map(({ replaces }) => replaces))
  if (!isDamaged && [...refused, ...discarded].some(({ id }) => replaced.has(id)))
    throw new Error('What was replaced is still there')
  const receipts = new Set(
    [...sent, ...refused.filter((item) => item.sent)].map(({ clientReference }) => clientReference),
  )
  const aside = JSON.stringify([refused, discarded])
  const places: { turn: number; place: number }[] = []
  for (const { mark, turn, report, files, isSafe, isTouched } of known) {
    const [arrived, second] = arrivals(mark)
    if (second) throw new Error(`${mark} arrived twice`)
    if (!isSafe) continue
    const isAside = aside.includes(`"Laporan ${mark}"`)
    if (
      !arrived &&
      !isAside &&
      !(isTouched && (damaged.length > 0 || disk.paths().some((path) => path.includes('discarded'))))
    )
      throw new Error(`${mark} is lost`)
    if (isTouched) continue
    const isRefused = report.severity === 'critical'
    if (isRefused === (arrived !== undefined))
      throw new Error(`${mark} ${isRefused ? 'was not refused' : 'is missing'}`)
    if (!arrived) continue
    const { clientReference, ...rest } = report
    if (
      JSON.stringify(arrived) !==
      JSON.stringify({ ...rest, clientReference: clientReference ?? arrived.clientReference })
    )
      throw new Error(`${mark} arrived changed`)
    if (!isDamaged && !receipts.has(arrived.clientReference ?? '')) throw new Error(`${mark} has no receipt`)
    const place = desk.arrived.indexOf(arrived)
    const expected = files.map(({ name }) => name).filter((name) => name.startsWith('good'))
    if (
      !isDamaged &&
      desk.attached.filter((path) => path.endsWith(`-${mark}`)).join() !==
        expected.map((name) => `id-${place}/${name}`).join()
    )
      throw new Error(`${mark} has other files than it had`)
    const badFile = refused.find((item) => item.clientReference === arrived.clientReference)?.files?.[1]
    if (!isDamaged && files.length === 2 && badFile?.refused?.reason !== 'type')
      throw new Error(`${mark} does not tell of its refused file`)
    if (places.some((other) => other.turn < turn !== other.place < place && other.turn !== turn))
      throw new Error(`${mark} arrived out of order`)
    places.push({ turn, place })
  }
}

t.test('whatever happens, what was queued arrives once and in order, or lies where it can be seen', async (t) => {
  let steps = 0
  const property = fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (story) => {
    const office = new Office()
    for (const one of story) await office.act(one)
    await untilEmpty(office)
    await assertPromises(office, await office.open())
    steps += office.disk.steps
  })
  const runs = Number(process.env.WASPADA_OUTBOX_RUNS ?? 1000)
  await t.resolves(fc.assert(property, { numRuns: runs }))
  t.comment(`${runs} stories, ${steps} steps of the disk`)
})

async function endAtEachStep(story: Step[], power: boolean): Promise<number> {
  let tried = 0
  for (const at of story.keys()) {
    for (let steps = 0, crashed = true; crashed; steps += 1) {
      const office = new Office()
      for (const [place, one] of story.entries()) {
        const before = office.disk.steps
        await office.act(place === at ? { ...one, end: { steps, power, survives: [] } } : one)
        if (place === at) crashed = office.disk.steps - before > steps
      }
      await untilEmpty(office)
      await assertPromises(office, await office.open())
      tried += 1
    }
  }
  return tried
}

t.test('stories that end at each of their steps, the process alone or all that was not synced with it', async (t) => {
  const reports: Step[] = [
    { does: 'queue', refused: false, named: false, files: 0, end: undefined },
    { does: 'queue', refused: true, named: true, files: 0, end: undefined },
    { does: 'queue', refused: false, named: true, files: 0, end: undefined },
    { does: 'send', fates: ['answer_lost'], end: undefined },
    { does: 'send', fates: [], end: undefined },
    { does: 'edit', which: 0, end: undefined },
    { does: 'send', fates: ['request_lost'], end: undefined },
    { does: 'requeue', which: 0, end: undefined },
  ]
  const files: Step[] = [
    { does: 'queue', refused: false, named: true, files: 2, end: undefined },
    { does: 'requeue', which: 0, end: undefined },
    { does: 'send', fates: ['answered', 'answer_lost'], end: undefined },
    { does: 'send', fates: [], end: undefined },
    { does: 'requeue', which: 0, end: undefined },
    { does: 'send', fates: [], end: undefined },
    { does: 'discard', which: 0, end: undefined },
  ]
  let tried = 0
  for (const story of [reports, files]) for (const power of [false, true]) tried += await endAtEachStep(story, power)
  t.ok(tried > 200, `${tried} ends`)
})
