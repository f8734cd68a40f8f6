/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32): a fill can be made again. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Picks an item as often as its weight says. */
export function weighted<T>(items: readonly T[], weightOf: (item: T, index: number) => number): (u: number) => T {
  const sums: number[] = []
  let sum = 0
  for (const [index, item] of items.entries()) {
    sum += weightOf(item, index)
    sums.push(sum)
  }
  return (u) => {
    const wanted = u * sum
    let [low, high] = [0, sums.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    return items[low] as T
  }
}

/** Shares a number of things out by weight, so that the parts add up to it. */
export function shares(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0)
  let [passed, given] = [0, 0]
  return weights.map((weight) => {
    passed += weight
    const upTo = Math.round((passed / sum) * total)
    const share = upTo - given
    given = upTo
    return share
  })
}
