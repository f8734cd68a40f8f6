import fc from 'fast-check'
import pg from 'pg'
import t from 'tap'
import { callerOf } from '../../src/access/caller.ts'
import { enterScope } from '../../src/database/enter-scope.ts'
import { createPool } from '../../src/database/pool.ts'
import { Transaction } from '../../src/database/transaction.ts'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import type { Cells } from '../../src/statistics/cells.ts'
import { countCells } from '../../src/statistics/count-cells.ts'
import { settleCounts } from '../../src/statistics/settle-counts.ts'
import { everyTotalsFor } from '../../src/statistics/totals.ts'
import { verifyCounts } from '../../src/statistics/verify-counts.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { startApi, testNow } from '../support/start-api.ts'
import { questions } from './questions.ts'
import { turmoil } from './turmoil.ts'

const seed = Number(process.env.WASPADA_COUNTS_SEED ?? Date.now() % 1_000_000)
const offices: CallerName[] = [
  'kendari',
  'kendariSecret',
  'kendariOrdinary',
  'kolaka',
  'sultra',
  'sultraTopSecret',
  'denpasar',
  'nation',
  'analyst',
]

const caller = (name: CallerName) => {
  const { clientId, place, clearance, scopes } = callers[name]
  const token = { iss: 'urn:waspada:issuer', jti: 'a', iat: testNow.getTime() / 1000 }
  return callerOf({ ...token, sub: clientId, client_id: clientId, scope: scopes.join(' '), clearance, ...place })
}

const inOrder = ({ cells, total }: Cells) => ({ total, cells: cells.map((cell) => JSON.stringify(cell)).sort() })

/** Numbers by chance that the seed repeats. */
function dice(): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5
    const mixed = Math.imul(state ^ (state >>> 7), 61 | state)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides
  }
}

t.test(`whatever happens, totals say what the reports say (WASPADA_COUNTS_SEED=${seed})`, async (t) => {
  const api = await startApi(t, { rateQuotas: { client: null, unauthenticated: null } })
  const die = dice()
  const { ids, deed } = await turmoil(api, die, (close) => t.teardown(close))
  const worker = openWorkDoor(api.workerUrl, { size: 3, report: () => {} })
  t.teardown(worker.close)
  const pool = createPool(api.serviceUrl, 2, () => {})
  t.teardown(() => pool.end())
  const reference = (await ReferenceStore.open(pool)).current()
  const asked = fc.sample(questions(reference), { seed, numRuns: 5_000 })
  const seen = { snapshots: 0, compared: new Set<string>(), wrong: [] as unknown[] }
  const over = { yes: false }

  /** One caller asks in one snapshot what each table and the reports themselves say. */
  async function compare(name: CallerName, count = 6) {
    const client = await pool.connect()
    const who = caller(name)
    const tx = new Transaction(client, enterScope(who, reference.revision), 'snapshot')
    for (let n = 0; n < count; n += 1) {
      const question = asked.pop() ?? fc.sample(questions(reference), 1)[0]
      if (!question) continue
      const rows = inOrder(await countCells(tx, who, question, 'reports'))
      for (const table of everyTotalsFor({ ...question, tier: who.scope.tier })) {
        const totals = inOrder(await countCells(tx, who, question, table))
        if (JSON.stringify(totals) !== JSON.stringify(rows)) seen.wrong.push({ name, table, question, totals, rows })
        seen.compared.add(`${who.scope.tier} ${table}`)
      }
    }
    await tx.commit()
    client.release()
    seen.snapshots += 1
  }
  const differences = async () => {
    const found = await worker.db.workAs('worker', { client: 'system:doctor', actor: 'test' }, verifyCounts, 'snapshot')
    return found.filter(({ cells }) => cells > 0)
  }
  /** Adds up in pieces, and now and then is killed in the middle, or gives up. */
  async function settle() {
    while (!over.yes) {
      if (die(4) === 0) await breakOff(api.adminUrl, die(2) === 0)
      else await settleCounts(worker.db, 1 + die(30))
    }
  }
  async function check() {
    while (!over.yes) {
      await compare(offices[die(offices.length)] as CallerName, 3)
      if (die(3) === 0) seen.wrong.push(...(await differences()))
    }
  }
  const deeds = async () => {
    for (let n = 0; n < 110; n += 1) await deed()
  }
  const background = [settle(), check()]
  await Promise.all([deeds(), deeds(), deeds(), deeds()])
  over.yes = true
  await Promise.all(background)

  const { rows: statuses } = await api.admin.query('SELECT DISTINCT status FROM reports ORDER BY 1')
  t.ok(statuses.length >= 4 && ids.length > 30, 'much has happened')
  const { rows: told } = await api.admin.query('SELECT DISTINCT action FROM report_revisions')
  t.ok(told.length >= 8, told.map(({ action }) => action).join())
  for (const settled of ['some pending', 'nothing pending']) {
    if (settled === 'nothing pending') while ((await settleCounts(worker.db)) > 0);
    for (const name of offices) await compare(name, 25)
    t.same(await differences(), [], settled)
    t.same(seen.wrong.slice(0, 3), [], settled)
  }
  t.equal(seen.compared.size, 6 + 5 + 2, 'each table was compared for each tier that may read it')
  t.same((await api.admin.query('SELECT FROM report_count_pending')).rowCount, 0)
  t.comment(`${ids.length} reports, ${seen.snapshots} snapshots`)

  const { rows } = await api.admin.query('SELECT count(*)::int AS n FROM reports WHERE counted AND handling <= 1')
  const answer = await api.as('analyst').get('/v1/statistics/counts?groupBy=region,stage,severity&regionLevel=regency')
  t.equal(answer.json().total, rows[0].n)
})

/** What `kill -9` leaves of adding up, or an error at its end. */
async function breakOff(adminUrl: string, killed: boolean) {
  const client = new pg.Client({ connectionString: adminUrl })
  client.on('error', () => {})
  await client.connect()
  await client.query('BEGIN')
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid, settle_report_counts(10)')
  if (!killed) await client.query('ROLLBACK')
  else {
    const other = new pg.Client({ connectionString: adminUrl })
    await other.connect()
    await other.query('SELECT pg_terminate_backend($1, 5000)', [rows[0].pid])
    await other.end()
  }
  await client.end().catch(() => {})
}
