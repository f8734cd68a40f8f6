import type { Region } from './region.ts'
import type { Succession } from './successions.ts'

/** A code that a region had, and the day from which the law that ended it holds. */
export interface FormerCode {
  code: string
  /** `YYYY-MM-DD` */
  until: string
  law: string
}

/** Which codes have ended, and what followed. */
export class SuccessionIndex {
  readonly #byCode: ReadonlyMap<string, Succession>
  readonly #before = new Map<string, FormerCode[]>()

  constructor(successions: Iterable<Succession>) {
    this.#byCode = new Map([...successions].map((each) => [each.code, each]))
    for (const { code, endedOn, law } of this.#byCode.values()) {
      const last = this.last(code)
      this.#before.set(last, [...(this.#before.get(last) ?? []), { code, until: endedOn, law }])
    }
    for (const list of this.#before.values()) list.sort(byDay)
  }

  get size(): number {
    return this.#byCode.size
  }

  /** The code that a code has led to; itself where it has not ended. */
  last(code: string): string {
    let last = code
    // A ring is refused where it is loaded: counting keeps a database with one from stopping every process.
    for (let step = 0; step < this.#byCode.size; step += 1) {
      const next = this.#byCode.get(last)
      if (!next) break
      last = next.successor
    }
    return last
  }

  /** The former codes of a region of today, the latest first. */
  before(code: string): readonly FormerCode[] {
    return this.#before.get(code) ?? []
  }

  /** Whether a region is of the past: its own code has ended, or that of what it lay in. */
  hasEnded({ code, regency, province }: Region): boolean {
    return [code, regency, province].some((each) => each !== null && this.#byCode.has(each))
  }
}

export const noFormerCodes = new SuccessionIndex([])

function byDay(a: FormerCode, b: FormerCode): number {
  if (a.until !== b.until) return a.until < b.until ? 1 : -1
  return a.code < b.code ? -1 : 1
}
