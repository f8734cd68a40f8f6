import type { Region } from './region.ts'

const kindPrefix = /^(Kabupaten|Kota)( Administrasi)? /

/** `Kolaka Timur` for `Kabupaten Kolaka Timur`; other names are whole without a kind. */
export function nameWithoutKind({ level, name }: Region): string {
  return level === 'regency' ? name.replace(kindPrefix, '') : name
}

const plain = /^[A-Za-z]+(?: [A-Za-z]+)*$/

/** A name as search compares it: lower case, no diacritics or apostrophes, every other mark a space. */
export function normalised(text: string): string {
  // Nearly all names are plain, and the rules below are dear.
  if (plain.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}'’‘`ʼ"]/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
