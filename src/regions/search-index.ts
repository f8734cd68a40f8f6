import type { RegionAliases } from './aliases.ts'
import { isWithinOneEdit } from './one-edit.ts'
import type { Region } from './region.ts'
import { type SearchEntry, searchEntries } from './search-entry.ts'
import { isKindWord, type SearchQuery, understood } from './search-query.ts'
import { WordIndex } from './word-index.ts'

/** Why a region was found; the lower, the likelier it is the one meant. */
const tiers = { exact: 0, start: 1, words: 2, context: 3, typo: 4 } as const
type Tier = (typeof tiers)[keyof typeof tiers]

// In a shorter name one wrong letter makes another name rather than a misspelt one.
const shortestMisspelt = 5

/** Finds regions by what people type. Names are prepared once, so that a query touches a few of them only. */
export class SearchIndex {
  readonly #entries: readonly SearchEntry[]
  /** By joined name and by alias. */
  readonly #exact = new Map<string, SearchEntry[]>()
  readonly #words: WordIndex<SearchEntry>

  readonly #today: (code: string) => Region | undefined

  /** @param today the region of a code, of today or former */
  constructor(regions: Iterable<Region>, aliases: RegionAliases, today: (code: string) => Region | undefined) {
    this.#today = today
    this.#entries = searchEntries(regions, aliases)
    this.#words = new WordIndex(this.#entries.map((entry) => [entry, entry.words]))
    for (const entry of this.#entries) {
      for (const key of new Set([entry.joined, ...entry.aliases])) {
        const entries = this.#exact.get(key)
        if (entries) entries.push(entry)
        else this.#exact.set(key, [entry])
      }
    }
  }

  /** All that fits the query: the better reason first, then the larger place, then the code. */
  search(text: string): Iterable<Region> {
    const query = understood(text)
    const byCode = query.code === null ? undefined : this.#today(query.code)
    if (byCode) return [byCode]
    if (query.kinds && query.nameWords.length === 0) return this.#ofKind(query)

    const found = new Map<SearchEntry, Tier>()
    const note = (entry: SearchEntry, tier: Tier) => {
      if (tier < (found.get(entry) ?? Number.POSITIVE_INFINITY)) found.set(entry, tier)
    }
    for (const [entry, tier] of this.#named(query.nameWords)) if (fitsKind(entry, query)) note(entry, tier)
    // `Kota Baru` may be a name in which `kota` says nothing of the kind.
    if (query.kinds) for (const [entry, tier] of this.#named(query.words)) note(entry, tier)
    if (found.size === 0) for (const entry of this.#misspelt(query)) note(entry, tiers.typo)
    return this.#ranked(found)
  }

  /** Someone who has typed no more than `kota` is about to name one; a name may also start with it: `Kota Baru`. */
  *#ofKind(query: SearchQuery): Iterable<Region> {
    for (const entry of this.#entries) if (fitsKind(entry, query)) yield entry.region
    const named = [...this.#named(query.words)].filter(([entry]) => !fitsKind(entry, query))
    yield* this.#ranked(new Map(named.reverse()))
  }

  /** Sorted as numbers, since a short query finds thousands. */
  #ranked(found: ReadonlyMap<SearchEntry, Tier>): Region[] {
    const size = this.#entries.length
    const keys = new Int32Array(found.size)
    let count = 0
    for (const [entry, tier] of found) {
      keys[count] = tier * size + entry.rank
      count += 1
    }
    keys.sort()
    // Where a name fits, that it also lies somewhere is chance: `palangka raya` is not Jekan Raya in Palangkaraya.
    const isNamed = (keys[0] ?? 0) < tiers.context * size
    const kept = isNamed ? keys.filter((key) => key < tiers.context * size) : keys
    return Array.from(kept, (key) => this.#entries[key % size]?.region).filter((region) => region !== undefined)
  }

  *#named(words: readonly string[]): Iterable<readonly [SearchEntry, Tier]> {
    const joined = words.join('')
    if (joined === '') return
    for (const entry of this.#exact.get(joined) ?? []) yield [entry, tiers.exact]
    const candidates = new Set(words.flatMap((word) => this.#words.startingWith(word)))
    for (const entry of candidates) {
      const tier = tierOf(entry, words, joined)
      if (tier !== null) yield [entry, tier]
    }
  }

  *#misspelt(query: SearchQuery): Iterable<SearchEntry> {
    const joined = query.nameWords.join('')
    if (joined.length < shortestMisspelt) return
    for (const entry of this.#entries) {
      if (fitsKind(entry, query) && isWithinOneEdit(joined, entry.joined)) yield entry
    }
  }
}

function fitsKind({ region }: SearchEntry, { kinds }: SearchQuery): boolean {
  return kinds === null || kinds.includes(region.kind)
}

/** The entry has a word that starts with one of the words. */
function tierOf(entry: SearchEntry, words: readonly string[], joined: string): Tier | null {
  if (entry.joined.startsWith(joined)) return tiers.start
  if (words.length === 1) return tiers.words
  const elsewhere = withoutOwn(words, entry.words)
  if (elsewhere.length === 0) return tiers.words
  // `mandonga kota kendari`: what is not of its own name must be of the places it lies in, but for words of kind.
  const ofContext = elsewhere.filter((word) => !isKindWord(word))
  const isPlaced = ofContext.length > 0 && ofContext.every((word) => startsOneOf(entry.contextWords, word))
  return isPlaced ? tiers.context : null
}

/** The words that start none of the name's own, each of which counts once: `toli toli` is not Tolikara. */
function withoutOwn(words: readonly string[], own: readonly string[]): string[] {
  const free = [...own]
  return words.filter((word) => {
    const at = free.findIndex((candidate) => candidate.startsWith(word))
    if (at >= 0) free.splice(at, 1)
    return at < 0
  })
}

function startsOneOf(words: readonly string[], start: string): boolean {
  return words.some((word) => word.startsWith(start))
}
