/** Finds what has a word that starts with given letters. */
export class WordIndex<Item> {
  readonly #items = new Map<string, Item[]>()
  readonly #sorted: readonly string[]

  constructor(entries: Iterable<readonly [Item, readonly string[]]>) {
    for (const [item, words] of entries) {
      for (const word of new Set(words)) {
        const items = this.#items.get(word)
        if (items) items.push(item)
        else this.#items.set(word, [item])
      }
    }
    this.#sorted = [...this.#items.keys()].sort()
  }

  startingWith(start: string): Item[] {
    const items: Item[] = []
    for (let at = this.#firstFrom(start); at < this.#sorted.length; at += 1) {
      const word = this.#sorted[at] ?? ''
      if (!word.startsWith(start)) break
      items.push(...(this.#items.get(word) ?? []))
    }
    return items
  }

  /** Where the first word that does not sort before the letters stands. */
  #firstFrom(start: string): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] ?? '') < start) low = middle + 1
      else high = middle
    }
    return low
  }
}
