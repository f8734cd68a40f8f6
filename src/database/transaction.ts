import type pg from 'pg'
import { type Statement, type Values, valuesOf } from './statement.ts'

/** What enters a scope: the statement that checks the client and sets every scope variable, with its values. */
export interface Entry {
  statement: Statement
  values: Values
}

/** The server ended a transaction otherwise than it was told to. The connection is not used again. */
export class TransactionLost extends Error {}

interface EntryRow {
  scopes: string[]
}

/** One transaction on one connection, begun and entered in the same flight as its first statement. */
export class Transaction {
  readonly #client: pg.PoolClient
  readonly #sent: Promise<unknown>[] = []
  readonly #entry: Promise<pg.QueryResult<EntryRow>>
  #commit: Promise<void> | undefined

  constructor(client: pg.PoolClient, entry: Entry) {
    this.#client = client
    this.#send<never>('BEGIN')
    this.#entry = this.#query<EntryRow>(entry.statement, entry.values)
  }

  /** Sends a statement at once; whoever needs its rows awaits them. After a failure the server refuses all that follows. */
  run<Row extends pg.QueryResultRow>(query: Statement, values: Values): Promise<Row[]> {
    const rows = this.#query<Row>(query, values).then((result) => result.rows)
    // A failure is the business of whoever awaits it, now or later; nobody need.
    rows.catch(() => {})
    return rows
  }

  /** Sends COMMIT behind what was sent already. @throws TransactionLost when the server rolled back instead. */
  commit(): Promise<void> {
    this.#commit ??= this.#ended()
    this.#commit.catch(() => {})
    return this.#commit
  }

  /** Scopes that the clients table grants the caller. Empty when the caller was refused. */
  async grantedScopes(): Promise<readonly string[]> {
    const { rows } = await this.#entry
    return rows[0]?.scopes ?? []
  }

  /** Whether the clients table agreed to the scope. */
  async entered(): Promise<boolean> {
    const { rowCount } = await this.#entry
    return rowCount === 1
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
    const entered = await this.entered()
    if (command !== 'COMMIT' || !entered) throw new TransactionLost(`The transaction ended with ${command}`)
  }

  #query<Row extends pg.QueryResultRow>(query: Statement, values: Values): Promise<pg.QueryResult<Row>> {
    const { name, text } = query
    return this.#send<Row>(
      name === undefined ? { text, values: valuesOf(query, values) } : { name, text, values: valuesOf(query, values) },
    )
  }

  #send<Row extends pg.QueryResultRow>(query: string | pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    const answer = this.#client.query<Row>(query)
    answer.catch(() => {})
    this.#sent.push(answer)
    return answer
  }
}
