import type { RegionAliases } from './aliases.ts'
import { nameWithoutKind, normalised } from './normalised.ts'
import { type Region, regionLevels } from './region.ts'

/** A region as search compares it. */
export interface SearchEntry {
  region: Region
  /** Its place among all: larger places first, then by code. */
  rank: number
  /** The words of its name without its kind: `kolaka`, `timur`. */
  words: readonly string[]
  /** The same in one piece: people write `Palangka Raya` and `Palangkaraya`. */
  joined: string
  aliases: readonly string[]
  /** The words and aliases of the places it lies in. */
  contextWords: readonly string[]
}

export function searchEntries(regions: Iterable<Region>, aliases: RegionAliases): SearchEntry[] {
  const aliasesOf = aliasesByCode(aliases)
  const wordsOf = new Map<string, readonly string[]>()
  const entries: SearchEntry[] = []
  for (const [rank, region] of [...regions].sort(byLevelAndCode).entries()) {
    const words = normalised(nameWithoutKind(region)).split(' ')
    const own = aliasesOf.get(region.code) ?? []
    wordsOf.set(region.code, [...words, ...own])
    entries.push({ region, rank, words, joined: words.join(''), aliases: own, contextWords: [] })
  }
  for (const entry of entries) {
    const { code, regency, province } = entry.region
    const around = [regency, province].filter((other) => other !== null && other !== code)
    entry.contextWords = around.flatMap((other) => wordsOf.get(other ?? '') ?? [])
  }
  return entries
}

function byLevelAndCode(a: Region, b: Region): number {
  return regionLevels.indexOf(a.level) - regionLevels.indexOf(b.level) || (a.code < b.code ? -1 : 1)
}

function aliasesByCode(aliases: RegionAliases): Map<string, string[]> {
  const byCode = new Map<string, string[]>()
  for (const [alias, codes] of Object.entries(aliases)) {
    const joined = normalised(alias).replaceAll(' ', '')
    for (const code of [codes].flat()) byCode.set(code, [...(byCode.get(code) ?? []), joined])
  }
  return byCode
}
