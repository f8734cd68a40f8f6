import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { Outbox } from 'waspada-client/outbox'
import { breakLine } from '../support/broken-line.ts'
import { callers } from '../support/callers.ts'
import { marked } from '../support/outbox-desk.ts'
import { startApi } from '../support/start-api.ts'

const count = Number(process.env.WASPADA_OUTBOX_REPORTS ?? 1000)
const kills = Number(process.env.WASPADA_OUTBOX_KILLS ?? 50)
const seed = Number(process.env.WASPADA_OUTBOX_SEED ?? Math.floor(Math.random() * 2 ** 31))

const program = fileURLToPath(new URL('../support/outbox-office.mjs', import.meta.url))

/** The process of an office, which is killed at any moment. */
class Office {
  readonly #args: string[]
  readonly #reports: { clientReference: string }[]
  /** Reports that it was told are queued. */
  queued = 0

  constructor(args: string[], reports: { clientReference: string }[]) {
    this.#args = args
    this.#reports = reports
  }

  /** Kills it after so many things that it did, and a moment more; or when nothing is left to do. */
  async run({ reports, things, moment }: { reports: number; things: number; moment: number }): Promise<void> {
    const child = spawn(process.execPath, [program, ...this.#args], { stdio: ['pipe', 'pipe', 'inherit'] })
    const gone = once(child, 'close')
    // What it was not told is queued, it asks for again: the reference says that it is the same.
    const told = this.#reports.slice(this.queued, this.queued + reports)
    child.stdin?.on('error', () => {})
    child.stdin?.end(told.map((report) => `${JSON.stringify(report)}\n`).join(''))
    let done = 0
    for await (const line of createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> })) {
      if (line.startsWith('ended')) throw new Error(line)
      if (line.startsWith('queued')) this.queued += 1
      done += 1
      if (line === 'idle') child.kill('SIGKILL')
      else if (done === things) setTimeout(() => child.kill('SIGKILL'), moment)
    }
    await gone
    t.equal(child.signalCode, 'SIGKILL')
  }
}

t.test('a thousand reports over a line that breaks, from a process that is killed again and again', async (t) => {
  const api = await startApi(t, { rateQuotas: { client: null, unauthenticated: null } })
  const line = await breakLine(await api.app.listen({ port: 0, host: '127.0.0.1' }), seed)
  const folder = await mkdtemp(join(tmpdir(), 'waspada-outbox-'))
  t.teardown(async () => {
    await line.close()
    await rm(folder, { recursive: true, force: true })
  })
  const reports = Array.from({ length: count }, (_, at) => ({
    ...marked(String(at), { facts: `Baliho ${at} dirusak. ${'Lima orang tak dikenal. '.repeat(1 + ((at * 7) % 60))}` }),
    clientReference: `kdi-${String(at).padStart(4, '0')}`,
  }))
  const office = new Office([folder, line.url, await api.tokenOf(callers.kendari)], reports)
  for (let kill = 1; kill < kills; kill += 1) {
    const things = 1 + Math.floor((Math.random() * 3.6 * count) / kills)
    await office.run({ reports: Math.ceil((1.3 * count) / kills), things, moment: Math.random() * 15 })
  }
  await office.run({ reports: count, things: Number.POSITIVE_INFINITY, moment: 0 })
  t.comment(`seed ${seed}`, line.counts)
  t.equal(office.queued, count)

  const outbox = await Outbox.open(folder)
  const listing = await outbox.list()
  t.same(
    [listing.waiting.length, listing.refused.length, listing.damaged.length, listing.sent.length],
    [0, 0, 0, count],
  )
  const { rows } = await api.admin.query(
    'SELECT client_reference, subject, facts, register_number FROM reports ORDER BY register_number',
  )
  t.same(
    rows.map(({ client_reference, subject, facts }) => ({ clientReference: client_reference, subject, facts })),
    reports.map(({ clientReference, subject, facts }) => ({ clientReference, subject, facts })),
    'each once, equal, and in the order in which it was queued',
  )
  t.ok(line.counts.cut > 0 && line.counts.doubled > 0)
})
