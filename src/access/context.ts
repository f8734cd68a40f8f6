import type { Database } from '../database/database.ts'
import type { Reference } from '../reference/store.ts'
import type { Caller } from './caller.ts'

/** What a use case needs besides its input. */
export interface Context {
  readonly db: Database<Reference>
  readonly caller: Caller
  /** The moment of the request. */
  readonly now: Date
  /** The id of the request and the operation of the contract, for the audit. */
  readonly trace: Trace
}

export interface Trace {
  readonly requestId: string
  readonly operation: string
}
