import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { callers } from '../support/callers.ts'
import { startWaspada } from '../support/run-waspada.ts'
import { type Api, startApi } from '../support/start-api.ts'
import { type Committed, type ReaderName, readers, wantedBy, writeEvents } from './log-writers.ts'

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await setImmediate()
}

/** Asks as a client does, through the application or over the wire. */
type Ask = (url: string) => Promise<{ status: number; page: { items: { id: string }[]; next: number } }>

/** Reads as clients do, waiting or not, until the log is whole and nothing more comes. */
async function follow(ask: Ask, query: string, state: { whole: boolean }): Promise<string[]> {
  const seen: string[] = []
  for (let after = 0; ; ) {
    const isLast = state.whole
    const { status, page } = await ask(`/v1/events?after=${after}&${query}`)
    // On a busy machine, as any client is told to: once more, from where it is.
    if (status === 503) continue
    if (status !== 200) throw new Error(JSON.stringify(page))
    seen.push(...page.items.map(({ id }) => id))
    if (isLast && page.items.length === 0) return seen
    after = page.next
  }
}

function inProcess({ as }: Api, name: ReaderName): Ask {
  return async (url) => {
    const answer = await as(name).get(url)
    return { status: answer.statusCode, page: answer.json() }
  }
}

async function overTheWire({ tokenOf }: Api, address: string, name: ReaderName): Promise<Ask> {
  const headers = { authorization: `Bearer ${await tokenOf(callers[name])}` }
  return async (url) => {
    const answer = await fetch(`${address}${url}`, { headers })
    return { status: answer.status, page: (await answer.json()) as Awaited<ReturnType<Ask>>['page'] }
  }
}

const atWork = `datname = current_database() AND application_name = 'waspada worker' AND wait_event_type = 'Lock'`

/** Has something happen to a sequencer in the middle of a batch: it has numbered some, and comes to one that another transaction holds. */
async function inTheMiddle({ admin }: Api, happen: () => Promise<unknown>): Promise<void> {
  const holder = await admin.connect()
  const holds = async () => {
    await holder.query('BEGIN')
    const { rowCount } = await holder.query(
      'SELECT FROM events WHERE sequence IS NULL ORDER BY occurred_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED',
    )
    if (rowCount === 0) await holder.query('ROLLBACK')
    return rowCount === 1
  }
  await until(holds)
  await until(async () => (await admin.query(`SELECT FROM pg_stat_activity WHERE ${atWork}`)).rowCount !== 0)
  await happen()
  await holder.query('ROLLBACK')
  holder.release()
}

t.test(
  'sixteen writers, commits late or never, a sequencer killed and taken over: each reader gets exactly its own',
  async (t) => {
    const api = await startApi(t, { rateQuotas: { client: null, unauthenticated: null } })
    const { admin, adminUrl, workerUrl } = api
    const address = await api.app.listen({ port: 0, host: '127.0.0.1' })
    const state: { whole: boolean; sequencing: boolean; committed: Committed[] } = {
      whole: false,
      sequencing: true,
      committed: [],
    }
    const numbered = async () => {
      const { rows } = await admin.query<{ id: string }>(
        'SELECT id FROM events WHERE sequence IS NOT NULL ORDER BY sequence',
      )
      return rows
    }
    const startWorker = () => {
      const worker = startWaspada(['work'], { DATABASE_URL: workerUrl, WASPADA_DATA_DIR: t.testdir() })
      t.teardown(async () => {
        worker.child.kill('SIGKILL')
        await worker.ended
      })
      return worker
    }
    const kill = async (worker: ReturnType<typeof startWorker>) => {
      worker.child.kill('SIGKILL')
      await worker.ended
    }
    const names = Object.keys(readers) as ReaderName[]
    const waiting = 'limit=7&wait=30'
    const ways: { name: ReaderName; query: string; ask: Ask }[] = [
      ...names.map((name) => ({ name, query: waiting, ask: inProcess(api, name) })),
      { name: 'nation', query: 'limit=7', ask: inProcess(api, 'nation') },
    ]
    for (const name of ['nation', 'sultra', 'bssn'] as const)
      ways.push({ name, query: waiting, ask: await overTheWire(api, address, name) })
    const reading = ways.map(async ({ name, query, ask }) => ({ name, query, seen: await follow(ask, query, state) }))
    const sequencing = async () => {
      const first = startWorker()
      await until(async () => (await numbered()).length > 20)
      await inTheMiddle(api, () => kill(first))
      const second = startWorker()
      const broken = await numbered()
      await until(async () => (await numbered()).length > broken.length)
      await inTheMiddle(api, () =>
        admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${atWork}`),
      )
      startWorker()
      await kill(second)
      const taken = await numbered()
      await until(async () => (await numbered()).length > taken.length)
      state.sequencing = false
    }
    const writing = async () => {
      for (let round = 0; round < 3 || state.sequencing; round += 1)
        state.committed.push(...(await writeEvents(adminUrl, { writers: 16, rounds: 10 })))
    }
    await Promise.all([writing(), sequencing()])
    await until(async () => (await numbered()).length === state.committed.length)
    state.whole = true
    const order = await numbered()
    t.ok(order.length > 300, `${order.length} events`)
    for (const { name, query, seen } of await Promise.all(reading))
      t.same(seen, wantedBy(name, order, state.committed), `${name} by ${query}: ${seen.length} events`)
  },
)
