import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { startWaspada } from '../support/run-waspada.ts'
import { type Api, startApi } from '../support/start-api.ts'
import { type Committed, type ReaderName, readers, wantedBy, writeEvents } from './log-writers.ts'

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await setImmediate()
}

/** Reads as clients do, waiting or not, until the log is whole and nothing more comes. */
async function follow({ as }: Api, name: ReaderName, query: string, state: { whole: boolean }): Promise<string[]> {
  const seen: string[] = []
  for (let after = 0; ; ) {
    const isLast = state.whole
    const answer = await as(name).get(`/v1/events?after=${after}&${query}`)
    // On a busy machine, as any client is told to: once more, from where it is.
    if (answer.statusCode === 503) continue
    if (answer.statusCode !== 200) throw new Error(answer.payload)
    const { items, next } = answer.json()
    seen.push(...items.map(({ id }: { id: string }) => id))
    if (isLast && items.length === 0) return seen
    after = next
  }
}

t.test(
  'sixteen writers, commits late or never, a sequencer killed and taken over: each reader gets exactly its own',
  async (t) => {
    const api = await startApi(t)
    const { admin, adminUrl, workerUrl } = api
    const state: { whole: boolean; committed: Committed[] } = { whole: false, committed: [] }
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
    const ways = [
      ...(Object.keys(readers) as ReaderName[]).map((name) => ({ name, query: 'limit=7&wait=30' })),
      { name: 'nation' as const, query: 'limit=7' },
    ]
    const reading = ways.map(async ({ name, query }) => ({ name, query, seen: await follow(api, name, query, state) }))
    const sequencing = async () => {
      const workers = [startWorker()]
      for (const share of [0.1, 0.4, 0.7]) {
        await until(async () => (await numbered()).length > share * 300)
        workers.push(startWorker())
        const last = workers.at(-2)
        last?.child.kill('SIGKILL')
        await last?.ended
      }
    }
    const writing = async () => {
      for (const rounds of [10, 10, 10]) state.committed.push(...(await writeEvents(adminUrl, { writers: 16, rounds })))
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
