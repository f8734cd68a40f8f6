import { DomainError } from '../errors.ts'

interface Weighted {
  name: string
  weight: number
}

/** Refuses (406) a request whose Accept header takes none of the media types that the route can send. */
export function refuseUnacceptable(accept: string, produced: readonly string[]): void {
  if (accept === '*/*' || accept === produced[0]) return
  if (produced.some((type) => weightOfMediaType(accept, type) > 0)) return
  throw new DomainError('not_acceptable', { produced: produced.join(', ') })
}

/**
 * The media type that the Accept header wants most, of those that it takes at all: by weight, then the one that it names rather than
 * takes along, then in the order of `produced`. Without a header the first.
 */
export function preferredMediaType<Type extends string>(accept: string | undefined, produced: readonly Type[]): Type {
  const ranked = produced.map((type) => ({ type, ...rangeOf(accept ?? '*/*', type) }))
  const [best] = ranked.sort((a, b) => b.weight - a.weight || b.precision - a.precision)
  if (!best || best.weight === 0) throw new DomainError('not_acceptable', { produced: produced.join(', ') })
  return best.type
}

/** How much the Accept header wants a media type (RFC 9110, 12.5.1): the most specific range that matches decides. */
export function weightOfMediaType(accept: string, type: string): number {
  return rangeOf(accept, type).weight
}

function rangeOf(accept: string, type: string): { precision: number; weight: number } {
  const [main] = type.split('/')
  let best = { precision: -1, weight: 0 }
  for (const { name, weight } of parseWeighted(accept)) {
    const precision = name === type ? 2 : name === `${main}/*` ? 1 : name === '*/*' ? 0 : -1
    if (precision > best.precision) best = { precision, weight }
  }
  return best
}

export type Language = 'id' | 'en'

/** The language for words to people: Indonesian unless the caller prefers English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  if (!acceptLanguage) return 'id'
  let [indonesian, english, others] = [-1, -1, -1]
  for (const { name, weight } of parseWeighted(acceptLanguage)) {
    // `in` is the code that older systems still send for Indonesian.
    if (/^(id|in)(-|$)/.test(name)) indonesian = Math.max(indonesian, weight)
    else if (/^en(-|$)/.test(name)) english = Math.max(english, weight)
    else if (name === '*') others = weight
  }
  const wanted = (own: number) => (own >= 0 ? own : Math.max(others, 0))
  return wanted(english) > wanted(indonesian) ? 'en' : 'id'
}

function parseWeighted(header: string): Weighted[] {
  return header.split(',').flatMap((part) => {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase())
    if (name === '') return []
    const quality = parameters.find((parameter) => parameter.startsWith('q='))
    const weight = quality === undefined ? 1 : Number(quality.slice(2))
    return [{ name, weight: weight >= 0 && weight <= 1 ? weight : 0 }]
  })
}
