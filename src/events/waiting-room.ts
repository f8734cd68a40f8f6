import type { WorkDoor } from '../database/work-door.ts'
import { DomainError } from '../errors.ts'
import { EventWatch, type WatchOptions } from './event-watch.ts'
import { lookAt } from './look-at-end.ts'
import { Turnstile } from './turnstile.ts'

/** Who may wait for events at once: of one client, and of all in this process. Each holds an HTTP connection, and none of the database. */
const seats = { client: 20, process: 2_000 }

/** Readers that read at once when all wake together: posts keep most of the connections. */
const readersAtOnce = 2

/** How time passes for those who wait. */
export interface WaitingTime {
  /** Milliseconds between two looks at the log, as `EventWatch` has it. */
  rest: number
  /** Milliseconds that a second of `wait` lasts. */
  second: number
}

const ordinaryTime: WaitingTime = { rest: 500, second: 1_000 }

/** Where requests wait for events without holding a connection to the database: one for a process. */
export class WaitingRoom {
  readonly watch: EventWatch
  readonly second: number
  readonly #turnstile = new Turnstile(readersAtOnce)
  readonly #taken = new Map<string, number>()
  #all = 0

  constructor(look: WatchOptions['look'], { rest, second }: WaitingTime = ordinaryTime) {
    this.watch = new EventWatch({ look, rest })
    this.second = second
  }

  /** Takes a seat. @returns what gives it back. @throws DomainError events_too_many_waiting */
  enter(clientId: string): () => void {
    const taken = this.#taken.get(clientId) ?? 0
    if (taken >= seats.client || this.#all >= seats.process)
      throw new DomainError('events_too_many_waiting', { retryAfter: 5 })
    this.#taken.set(clientId, taken + 1)
    this.#all += 1
    return () => this.#leave(clientId)
  }

  /** Reads when it is one's turn. */
  read<T>(work: () => Promise<T>): Promise<T> {
    return this.#turnstile.pass(work)
  }

  #leave(clientId: string): void {
    const taken = this.#taken.get(clientId) ?? 0
    if (taken > 1) this.#taken.set(clientId, taken - 1)
    else this.#taken.delete(clientId)
    this.#all -= 1
  }
}

export function openWaitingRoom(db: WorkDoor, time?: WaitingTime): WaitingRoom {
  return new WaitingRoom((since) => lookAt(db, since), time)
}
