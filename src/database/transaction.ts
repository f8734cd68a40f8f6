import type { Duplex } from 'node:stream'
import type pg from 'pg'
import { type Entry, type EntryAnswer, isEntered } from './enter-scope.ts'
import { type Statement, type Values, valuesOf } from './statement.ts'

/** The server ended a transaction otherwise than it was told to. The connection is not used again. */
export class TransactionLost extends Error {}

const begin = { ordinary: 'BEGIN', snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' }
export type TransactionKind = keyof typeof begin

/** One transaction on one connection, begun and entered in the same flight as its first statement. */
export class Transaction {
  readonly #client: pg.PoolClient
  readonly #sent: Promise<unknown>[] = []
  readonly #entry: Promise<pg.QueryResult<EntryAnswer>>
  #commit: Promise<void> | undefined

  /** @param kind `snapshot`: it reads alone, and every statement sees the same moment */
  constructor(client: pg.PoolClient, entry: Entry, kind: TransactionKind = 'ordinary') {
    this.#client = client
    this.#send<never>(begin[kind])
    this.#entry = this.#query<EntryAnswer>(entry.statement, entry.values)
  }

  /** Sends a statement at once; whoever needs its rows awaits them. After a failure the server refuses all that follows. */
  run<Row extends pg.QueryResultRow>(query: Statement, values: Values): Promise<Row[]> {
    const rows = this.#query<Row>(query, values).then((result) => result.rows)
    // A failure is the business of whoever awaits it, now or later; nobody need.
    rows.catch(() => {})
    return rows
  }

  /** Sends COMMIT behind what was sent already. @throws what made the server roll back instead */
  commit(): Promise<void> {
    this.#commit ??= this.#ended()
    this.#commit.catch(() => {})
    return this.#commit
  }

  /** What the clients table and the reference data said to the caller. */
  async entry(): Promise<EntryAnswer> {
    const { rows } = await this.#entry
    const [answer] = rows
    if (!answer) throw new Error('The reference state is missing')
    return answer
  }

  /** Ends the transaction without a trace. False when the connection's state is in doubt and it must be destroyed. */
  async rollback(): Promise<boolean> {
    try {
      await this.#send('ROLLBACK')
      await this.#entry
      await Promise.allSettled(this.#sent)
      return true
    } catch {
      return false
    }
  }

  async #ended(): Promise<void> {
    const { command } = await this.#send('COMMIT')
    if (command !== 'COMMIT')
      throw (await this.#firstFailure()) ?? new TransactionLost(`The transaction ended with ${command}`)
    if (!isEntered(await this.entry())) throw new TransactionLost('The scope was not entered')
  }

  /** What made the server give up: all that comes after it fails for no reason of its own. */
  async #firstFailure(): Promise<unknown> {
    const settled = await Promise.allSettled(this.#sent)
    return settled.find((each) => each.status === 'rejected')?.reason
  }

  #query<Row extends pg.QueryResultRow>(query: Statement, values: Values): Promise<pg.QueryResult<Row>> {
    const { name, text } = query
    return this.#send<Row>(
      name === undefined ? { text, values: valuesOf(query, values) } : { name, text, values: valuesOf(query, values) },
    )
  }

  #send<Row extends pg.QueryResultRow>(query: string | pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    cork(this.#client)
    const answer = this.#client.query<Row>(query)
    answer.catch(() => {})
    this.#sent.push(answer)
    return answer
  }
}

/** What is sent before the process turns to other work leaves in one write: each write costs more than the rest of a statement. */
function cork(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection
  if (stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => stream.uncork())
}
