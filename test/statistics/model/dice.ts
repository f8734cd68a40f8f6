/** Chance that a seed repeats. */
export interface Dice {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  /** True once in so many. */
  oneIn(many: number): boolean
  pick<Item>(items: readonly Item[]): Item
  /** So many different ones of them, in any order. */
  some<Item>(items: readonly Item[], many: number): Item[]
}

/** Mulberry32: small, and good enough for what is to be mixed here. */
export function dice(seed: number): Dice {
  let state = seed >>> 0
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  const pick = <Item>(items: readonly Item[]): Item => {
    if (items.length === 0) throw new Error('There is nothing to pick from')
    return items[below(items.length)] as Item
  }
  const some = <Item>(items: readonly Item[], many: number): Item[] => {
    const left = [...items]
    return Array.from({ length: Math.min(many, left.length) }, () => left.splice(below(left.length), 1)[0] as Item)
  }
  return { below, oneIn: (many) => below(many) === 0, pick, some }
}
