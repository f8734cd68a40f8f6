import { normalised } from './normalised.ts'
import type { RegionKind } from './region.ts'

/** What a person typed, taken apart. */
export interface SearchQuery {
  /** Set where it is the code of a region: `74.71`, `7471`. */
  code: string | null
  /** The words, each as the start of a word of a name. */
  words: readonly string[]
  /** The words without the leading ones that name a kind. */
  nameWords: readonly string[]
  /** The kinds that the leading words name; null: any. */
  kinds: readonly RegionKind[] | null
}

const kabupaten: readonly RegionKind[] = ['kabupaten', 'kabupaten_administrasi']
const kota: readonly RegionKind[] = ['kota', 'kota_administrasi']
const district: readonly RegionKind[] = ['district']
const province: readonly RegionKind[] = ['province']

// A district is a kecamatan, in Papua a distrik.
const kindWords: ReadonlyMap<string, readonly RegionKind[]> = new Map([
  ['kab', kabupaten],
  ['kabupaten', kabupaten],
  ['kota', kota],
  ['kotamadya', kota],
  ['kec', district],
  ['kecamatan', district],
  ['distrik', district],
  ['prov', province],
  ['provinsi', province],
  ['propinsi', province],
])

const administrative = new Set(['adm', 'administrasi', 'administratif'])

export function understood(text: string): SearchQuery {
  const words = normalised(text).split(' ').filter(Boolean)
  const kinds = kindWords.get(words[0] ?? '') ?? null
  const afterKind = kinds ? words.slice(1) : words
  const nameWords = kinds && administrative.has(afterKind[0] ?? '') ? afterKind.slice(1) : afterKind
  return { code: codeIn(text), words, nameWords, kinds }
}

/** True for a word that only says of what kind the name beside it is, as in `mandonga, kota kendari`. */
export function isKindWord(word: string): boolean {
  return kindWords.has(word) || administrative.has(word)
}

function codeIn(text: string): string | null {
  const digits = text.trim().replaceAll('.', '')
  if (!/^\d{2}$|^\d{4}$|^\d{6}$/.test(digits)) return null
  return digits.match(/../g)?.join('.') ?? null
}
