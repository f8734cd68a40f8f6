import type { Json } from './break.ts'
import type { Walk } from './walk.ts'

type Compare = (walk: Walk, was: Json, is: Json, place: string) => void

/** Lists by the schema of their items, tuples position by position. */
export function compareArrays(walk: Walk, was: Json, is: Json, place: string, compare: Compare): void {
  if (was.type !== 'array' || is.type !== 'array') return
  const positions = Math.max(prefixOf(was).length, prefixOf(is).length)
  const both = Math.min(positions, longest(was), longest(is))
  for (let at = 0; at < both; at += 1) compare(walk, itemAt(was, at), itemAt(is, at), `${place}/${at}`)
  if (longest(was) > positions && longest(is) > positions)
    compare(walk, itemAt(was, positions), itemAt(is, positions), `${place}/*`)
}

function prefixOf({ prefixItems }: Json): readonly Json[] {
  return (prefixItems ?? []) as Json[]
}

function itemAt(schema: Json, at: number): Json {
  const item = prefixOf(schema)[at] ?? schema.items ?? {}
  return typeof item === 'object' ? (item as Json) : {}
}

function longest(schema: Json): number {
  const said = typeof schema.maxItems === 'number' ? schema.maxItems : Number.POSITIVE_INFINITY
  return schema.items === false ? Math.min(prefixOf(schema).length, said) : said
}
