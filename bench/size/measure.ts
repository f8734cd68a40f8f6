import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { administer } from '../database.ts'
import type { Recorder, Transcript } from '../record.ts'
import type { Sent } from '../requests.ts'
import type { SizedDatabase } from './databases.ts'
import type { Round, Seen, Transaction } from './load.ts'
import type { SizeOperation, World } from './operations.ts'

/** One size, ready to be asked. */
export interface Subject {
  database: SizedDatabase
  address: string
  world: World
  /** Says what the application sends to this database. */
  recorder: Recorder
}

/** The rounds of one operation at one size, as many of the one as of the other. */
export interface Rounds {
  waspada: Seen[]
  pg: Seen[]
}

interface Measured {
  operation: SizeOperation
  connections: number
  rounds: number
  seconds: number
}

const transcriptsOfWrites = 32

/** Rounds of all sizes, of the service and of `pg`, in turn, so that whatever else the machine does meets all. The first is not counted. */
export async function measure(
  loader: ChildProcess,
  subjects: readonly Subject[],
  { operation, connections, rounds, seconds }: Measured,
): Promise<Rounds[]> {
  const seen = subjects.map((): Rounds => ({ waspada: [], pg: [] }))
  const transactions: Transaction[][] = []
  for (const subject of subjects) transactions.push(await transactionsOf(subject, operation))
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, { database, address, world }] of subjects.entries()) {
      const answers = await ask(loader, { address, connections, seconds }, operation, world)
      await settled(database, operation.writes === true)
      if (round > 0) seen[index]?.waspada.push(answers)
    }
    for (const [index, { database }] of subjects.entries()) {
      const { serviceUrl } = database
      const own = { kind: 'pg', serviceUrl, transactions: transactions[index] ?? [], connections, seconds } as const
      const answers = await send(loader, own)
      await settled(database, operation.writes === true)
      if (round > 0) seen[index]?.pg.push(answers)
    }
  }
  return seen
}

/** Where a round is over before each connection has an answer, each asks once and waits for it. */
async function ask(
  loader: ChildProcess,
  given: { address: string; connections: number; seconds: number },
  { requests, writes = false }: SizeOperation,
  world: World,
): Promise<Seen> {
  const round = { ...given, kind: 'http', requests: requests(world, given.seconds + 1), apart: writes } as const
  const seen = await send(loader, { ...round, once: false })
  return seen.answered + seen.failed < given.connections && !writes ? send(loader, { ...round, once: true }) : seen
}

async function send(loader: ChildProcess, round: Round): Promise<Seen> {
  loader.send(round)
  const [seen] = await once(loader, 'message')
  return seen
}

/** What the service does behind a post comes to its end before anything else is measured. */
async function settled({ adminUrl }: SizedDatabase, wrote: boolean): Promise<void> {
  await setTimeout(200)
  const open = `SELECT (SELECT count(*) FROM events WHERE sequence IS NULL) + (SELECT count(*) FROM audit_entries WHERE sequence IS NULL) AS open`
  while (wrote && Number((await administer(adminUrl, open))[0]?.open) > 0) await setTimeout(200)
}

/** The very statements that the application sends for each request, as it sends them just now. */
async function transactionsOf(
  { recorder, world }: Subject,
  { requests, writes }: SizeOperation,
): Promise<Transaction[]> {
  const all = requests(world, 1)
  const transactions: Transaction[] = []
  for (const request of writes ? all.slice(0, transcriptsOfWrites) : all)
    transactions.push(transactionOf(await recorder.record(request), request, writes === true))
  return transactions
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function transactionOf({ statements, answer }: Transcript, { headers }: Sent, writes: boolean): Transaction {
  if (!writes) return { statements, fresh: [] }
  const { jti } = decodeJwt(String(headers.authorization).replace('Bearer ', ''))
  const ids = statements
    .flatMap(({ values }) => values)
    .filter((value) => typeof value === 'string' && uuid.test(value) && value !== jti)
  return { statements, fresh: [...new Set([...(ids as string[]), String(JSON.parse(answer).clientReference)])] }
}
