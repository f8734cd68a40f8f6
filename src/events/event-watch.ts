import { setTimeout } from 'node:timers/promises'

/** What a look at the end of the log found. */
export interface Look {
  /** The last number of the log. */
  head: number
  /**
   * Where something happened since the look before: for each place the last number of it. Undefined where that is not known, as at
   * the first look.
   */
  news: ReadonlyMap<string, number> | undefined
}

export interface WatchOptions {
  /** @param since the last number that the look before saw */
  look(since: number | undefined): Promise<Look>
  /** Milliseconds from a look to the next; twice as many after one that found something: a busy log is read in larger pieces. */
  rest: number
}

/** All that happened behind `from`, up to `head`: for each place the last number of it. */
interface Known {
  from: number
  head: number
  last: Map<string, number>
}

interface Waiting {
  seen: number
  place: string
  wake(): void
}

/**
 * Looks at the end of the log, by one small query for all who wait in this process and only while somebody does. It wakes those at whose
 * place something happened, and they read for themselves, under their own scope. A place is where an event might be read from: that a
 * reader is woken for what is too secret for them costs a reading, and that none is woken too few is made sure by the end of their time.
 */
export class EventWatch {
  readonly #options: WatchOptions
  readonly #waiting = new Set<Waiting>()
  readonly #closing = new AbortController()
  #looking = false
  #known: Known | undefined

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Whether nothing is known to have come behind a position at a place, by a look a moment ago; false where nobody has looked. */
  isQuiet(position: number, place: string): boolean {
    return this.#known !== undefined && isQuiet(this.#known, position, place)
  }

  /** Ends when something happens at `place` behind `seen`, when the log turns out to end before it, when `signal` is aborted, and when the watch is closed. */
  async movedFrom(seen: number, place: string, signal: AbortSignal): Promise<void> {
    if (this.closed || signal.aborted) return
    await new Promise<void>((resolve) => {
      const waiting = {
        ...{ seen, place },
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
    return this.#closing.signal.aborted
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size
  }

  /** Wakes all who wait, for good. */
  close(): void {
    this.#closing.abort()
    for (const { wake } of [...this.#waiting]) wake()
  }

  /** Whoever was woken asks again in a moment: it ends when nobody has come from one look to the next. */
  async #keepLooking(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    const { rest } = this.#options
    let pause = rest
    for (let alone = 0; alone < 2 && !this.closed; ) {
      await setTimeout(pause, undefined, { signal: this.#closing.signal }).catch(() => {})
      // A database out of reach may be back before anybody's time is over: they find out when they read.
      const found = await this.#options.look(this.#known?.head).catch(() => undefined)
      pause = found !== undefined && this.#note(found) ? 2 * rest : rest
      alone = this.#waiting.size > 0 ? 0 : alone + 1
      if (found !== undefined) this.#wake()
    }
    this.#looking = false
    this.#known = undefined
  }

  /** @returns whether the log has moved */
  #note({ head, news }: Look): boolean {
    const before = this.#known
    if (head === before?.head) return false
    if (before === undefined || news === undefined || head < before.head) {
      this.#known = { from: head, head, last: new Map() }
    } else {
      for (const [place, last] of news) before.last.set(place, last)
      before.head = head
    }
    return true
  }

  #wake(): void {
    const known = this.#known
    if (known === undefined) return
    for (const { seen, place, wake } of [...this.#waiting])
      if (seen > known.head || !isQuiet(known, seen, place)) wake()
  }
}

function isQuiet({ from, last }: Known, position: number, place: string): boolean {
  return position >= from && (last.get(place) ?? 0) <= position
}
