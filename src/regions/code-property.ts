import type { Feature } from 'geojson'
import { ReferenceDataError } from './reference-data-error.ts'

/** What people name the property with the code, in lower case without marks; the likelier first. */
const usualNames = [
  ...['code', 'kode', 'kemendagri', 'kodekemendagri', 'kodedagri', 'kodekab', 'kodekabkota', 'kodekk', 'kdkab'],
  ...['kdpkab', 'kdkabkota', 'kabkotakode', 'kodewilayah', 'regencycode', 'regionid', 'id'],
]

/**
 * The property that holds the Kemendagri code: the one that is asked for, or the first of the usual names whose values look
 * like codes.
 * @throws ReferenceDataError naming the properties that there are
 */
export function codePropertyOf(features: readonly Feature[], asked?: string): string {
  const names = [...new Set(features.flatMap(({ properties }) => Object.keys(properties ?? {})))]
  if (asked !== undefined) {
    if (names.includes(asked)) return asked
    throw refused(`no feature has the property "${asked}"; there are: ${listed(names)}`)
  }
  const usual = usualNames.flatMap((usualName) => names.filter((name) => plain(name) === usualName))
  const found = usual.find((name) => features.some(({ properties }) => codeIn(properties?.[name]) !== undefined))
  if (found !== undefined) return found
  throw refused(`no property looks like a Kemendagri code; name it with --property. There are: ${listed(names)}`)
}

/** `74.71` for `74.71`, `7471` and the number 7471; undefined for what is no code. */
export function codeIn(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || !/^\d{2}(\.?\d{2}){0,2}$/.test(text.trim())) return undefined
  return text.replaceAll('.', '').match(/\d\d/g)?.join('.')
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '')
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.slice(0, 30).join(', ')
}

function refused(detail: string): ReferenceDataError {
  return new ReferenceDataError('boundaries', [detail])
}
