import { LRUCache } from 'lru-cache'

/** What a limit says to one request. */
export interface Allowance {
  allowed: boolean
  /** Requests left right now. */
  remaining: number
  /** Seconds until all of the limit is there again. */
  resetsIn: number
  /** Seconds until one request is allowed; 0 when it is. */
  retryAfter: number
}

/** Seconds that a limit is counted over. */
export const limitWindow = 60

/** Keys remembered at most, a few megabytes: whoever is pushed out by so many others starts anew. */
const mostKeys = 50_000

/**
 * So many requests a minute for each key, refilled evenly (the generic cell rate algorithm): a whole minute's requests may
 * come at once, and no edge of a window lets twice as many through. It keeps one number a key, in this process alone.
 */
export class RateLimiter {
  readonly name: string
  readonly quota: number
  readonly #interval: number
  /** When all requests of a key will have been paid off, in epoch milliseconds. */
  readonly #paidOff = new LRUCache<string, number>({ max: mostKeys })

  /** @param quota requests a minute, at least 1 */
  constructor(name: string, quota: number) {
    this.name = name
    this.quota = quota
    this.#interval = (limitWindow * 1000) / quota
  }

  /** Whether the next request would be refused; counts nothing. */
  isSpent(key: string, now: Date): boolean {
    const owed = (this.#paidOff.get(key) ?? 0) - now.getTime()
    return owed + this.#interval > limitWindow * 1000 * (1 + 1e-6)
  }

  /** Takes back what was counted of one request. */
  refund(key: string): void {
    const paidOff = this.#paidOff.get(key)
    if (paidOff !== undefined) this.#paidOff.set(key, paidOff - this.#interval)
  }

  /** Counts a request, unless it is refused. */
  take(key: string, now: Date): Allowance {
    const window = limitWindow * 1000
    // A clock that was set back leaves nobody waiting for longer than the window.
    const owed = Math.min(Math.max((this.#paidOff.get(key) ?? 0) - now.getTime(), 0), window)
    const after = owed + this.#interval
    // A millionth of slack, for the sum of many intervals is not exactly the window.
    const allowed = after <= window * (1 + 1e-6)
    if (allowed) this.#paidOff.set(key, now.getTime() + after)
    const owes = allowed ? after : owed
    return {
      allowed,
      remaining: Math.max(Math.floor((window - owes) / this.#interval + 1e-6), 0),
      resetsIn: Math.ceil(owes / 1000),
      retryAfter: allowed ? 0 : Math.max(Math.ceil((after - window) / 1000), 1),
    }
  }
}
