import { setTimeout } from 'node:timers/promises'

interface Waiting {
  seen: number
  wake(): void
}

export interface WatchOptions {
  /** The last number of the log. */
  look(): Promise<number>
  /** Milliseconds between two looks. */
  rest: number
}

/**
 * Looks at the end of the log, by one small query for all who wait in this process and only while somebody does. Whoever wakes
 * reads for themselves, under their own scope: the watch knows no more than that something happened somewhere.
 */
export class EventWatch {
  readonly #options: WatchOptions
  readonly #waiting = new Set<Waiting>()
  #closed = false
  #looking = false
  #head: number | undefined

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Whether nothing is known to have come behind a position, by a look a moment ago; false where nobody has looked. */
  isAtEnd(position: number): boolean {
    return this.#head !== undefined && this.#head <= position
  }

  /** Ends when the log ends elsewhere than at `seen`, when `signal` is aborted, and when the watch is closed. */
  async movedFrom(seen: number, signal: AbortSignal): Promise<void> {
    if (this.#closed || signal.aborted) return
    await new Promise<void>((resolve) => {
      const waiting = {
        seen,
        wake: () => {
          this.#waiting.delete(waiting)
          signal.removeEventListener('abort', waiting.wake)
          resolve()
        },
      }
      this.#waiting.add(waiting)
      signal.addEventListener('abort', waiting.wake)
      void this.#keepLooking()
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size
  }

  /** Wakes all who wait, for good. */
  close(): void {
    this.#closed = true
    for (const { wake } of [...this.#waiting]) wake()
  }

  async #keepLooking(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    while (this.#waiting.size > 0) {
      await setTimeout(this.#options.rest)
      // A database out of reach may be back before anybody's time is over: they find out when they read.
      this.#head = await this.#options.look().catch(() => undefined)
      for (const waiting of [...this.#waiting])
        if (this.#head !== undefined && this.#head !== waiting.seen) waiting.wake()
    }
    this.#looking = false
    this.#head = undefined
  }
}
