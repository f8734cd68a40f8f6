import type pg from 'pg'
import type { Caller } from '../access/caller.ts'
import { DomainError } from '../errors.ts'
import {
  type Entry,
  type EntryAnswer,
  enterScope,
  enterWork,
  isEntered,
  refuseCaller,
  type Work,
} from './enter-scope.ts'
import { canFly, fly, type Planned } from './flight.ts'
import type { ConnectionPool } from './pool.ts'
import type { Statement, Values } from './statement.ts'
import { Transaction, type TransactionKind } from './transaction.ts'

/** What a process keeps in memory of the reference data, by revision. */
export interface SnapshotSource<Snapshot extends { revision: number }> {
  current(): Snapshot
  /** Reads the data again. */
  refresh(): Promise<Snapshot>
}

/** How often a transaction follows reference data that keeps changing under it. */
const mostAttempts = 5
const insufficientPrivilege = '42501'
/** What was to hang on a report refers to its place and handling, which another changed meanwhile. */
const foreignKeyViolation = '23503'
/** What was classified by a calendar that has been replaced since the transaction was entered. */
const calendarReplaced = 'WSP01'

/** The only door to office data: every statement runs in a transaction that carries the caller's scope. */
export class Database<Reference extends { revision: number }> {
  readonly #pool: ConnectionPool
  readonly #reference: SnapshotSource<Reference>

  constructor(pool: ConnectionPool, reference: SnapshotSource<Reference>) {
    this.#pool = pool
    this.#reference = reference
  }

  /**
   * Runs `work` in one transaction as the caller's tier, and commits. Statements that `work` sends without waiting travel
   * together. `work` runs again, on newer reference data, when the data changed since this process read it, and when a report that
   * it refers to was raised or moved meanwhile.
   * @throws DomainError token_invalid or scope_missing when the clients table does not grant what the token claims.
   */
  async transaction<T>(caller: Caller, work: (tx: Transaction, reference: Reference) => Promise<T>): Promise<T> {
    let reference = this.#reference.current()
    let refusal: unknown
    const unlessMoved = (error: unknown) => {
      if (hasState(error, foreignKeyViolation)) refusal = error
      else if (!hasState(error, calendarReplaced)) throw error
      return { entered: false } as const
    }
    for (let attempts = 0; attempts < mostAttempts; attempts += 1) {
      const entry = enterScope(caller, reference.revision)
      const answer = await this.#attempt(entry, caller, (tx) => work(tx, reference)).catch(unlessMoved)
      if (answer.entered) return answer.result
      reference = await this.#reference.refresh()
    }
    throw refusal ?? new DomainError('service_unavailable')
  }

  /** Reference data as this process holds it, latest or not: to word a refusal by, never to decide what is stored. */
  get held(): Reference {
    return this.#reference.current()
  }

  /** One reading statement, with its transaction, in a single flight. */
  async read<Row extends pg.QueryResultRow>(caller: Caller, query: Statement, values: Values): Promise<Row[]> {
    const rows = await this.#readAtOnce<Row>(caller, { statement: query, values })
    // What is amiss, and what to do about it, is found out in several steps.
    return rows ?? this.#readInSteps(caller, query, values)
  }

  /** The client's standing and the reference data in force, when nothing else is asked of the database. */
  async enter(caller: Caller): Promise<{ reference: Reference; scopes: readonly string[] }> {
    return this.transaction(caller, async (tx, reference) => {
      const [{ scopes }] = await Promise.all([tx.entry(), tx.commit()])
      return { reference, scopes: scopes?.split(' ') ?? [] }
    })
  }

  /** Runs `work` in one transaction as a part of Waspada, with the grants of that part alone. */
  async workAs<T>(
    part: Work,
    by: { client: `system:${string}`; actor: string },
    work: (tx: Transaction) => Promise<T>,
    kind: TransactionKind = 'ordinary',
  ): Promise<T> {
    const answer = await this.#attempt(enterWork(part, by), { needs: null }, work, kind)
    if (!answer.entered) throw new Error(`The part ${part} was not entered`)
    return answer.result
  }

  async #attempt<T>(
    entry: Entry,
    caller: Pick<Caller, 'needs'>,
    work: (tx: Transaction) => Promise<T>,
    kind: TransactionKind = 'ordinary',
  ): Promise<{ entered: true; result: T } | { entered: false }> {
    const client = await this.#pool.take()
    const tx = new Transaction(client, entry, kind)
    try {
      const result = await work(tx)
      await tx.commit()
      client.release()
      return { entered: true, result }
    } catch (error) {
      const clean = await tx.rollback()
      client.release(!clean)
      if (!clean) throw error
      const answer = await tx.entry()
      refuseCaller(answer, caller)
      if (isEntered(answer)) throw error
      return { entered: false }
    }
  }

  async #readInSteps<Row extends pg.QueryResultRow>(caller: Caller, query: Statement, values: Values): Promise<Row[]> {
    return this.transaction(caller, async (tx) => {
      const [rows] = await Promise.all([tx.run<Row>(query, values), tx.commit()])
      return rows
    })
  }

  /** Undefined when a statement is not prepared on this connection yet, and when the scope was not entered. */
  async #readAtOnce<Row extends pg.QueryResultRow>(caller: Caller, query: Planned): Promise<Row[] | undefined> {
    const client = await this.#pool.take()
    let sound = true
    try {
      const plan = [enterScope(caller, this.#reference.current().revision), query]
      if (!canFly(client, plan)) return undefined
      const [entry, found] = await fly(client, plan)
      return isEntered(entry?.rows[0] as EntryAnswer) ? (found?.rows as Row[]) : undefined
    } catch (error) {
      // Without a scope the login of the service may read nothing.
      sound = hasState(error, insufficientPrivilege) || hasState(error, foreignKeyViolation)
      if (sound) return undefined
      throw error
    } finally {
      client.release(!sound)
    }
  }
}

function hasState(error: unknown, state: string): boolean {
  return (error as { code?: unknown } | null)?.code === state
}
