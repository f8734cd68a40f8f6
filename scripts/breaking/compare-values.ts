import { type Json, shown } from './break.ts'
import { innerAndOuter, tell, type Walk } from './walk.ts'

/** Whether a list of values is marked as one that grows: callers were told to expect others. */
function isOpen(schema: Json): boolean {
  return schema['x-extensible-enum'] === true
}

export function compareEnums(walk: Walk, was: Json, is: Json, place: string): void {
  const [inner, outer] = innerAndOuter(walk, was, is)
  const [given, taken] = [inner.enum as unknown[] | undefined, outer.enum as unknown[] | undefined]
  const isRequest = walk.direction === 'request'
  if (taken === undefined || (!isRequest && isOpen(was))) return
  // A mark alone is a word taken back: whatever is added under it later is told by nothing.
  if (given === undefined || (!isRequest && isOpen(is))) {
    const now = isOpen(is) && !isRequest ? 'grows' : shown(is.enum)
    tell(walk, place, isRequest ? 'enum_closed' : 'enum_opened', `${shown(was.enum)} -> ${now}`)
    return
  }
  const kind = isRequest ? 'enum_value_gone' : 'enum_value_added'
  for (const value of given) if (!taken.includes(value)) tell(walk, place, kind, shown(value))
}

const uppers = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'] as const
const lowers = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'] as const

/** Whether a bound moved against callers, which is told. */
export function compareBounds(walk: Walk, was: Json, is: Json, place: string): boolean {
  const before = walk.found.length
  const [inner, outer] = innerAndOuter(walk, bounded(was), bounded(is))
  const kind = walk.direction === 'request' ? 'bound_narrowed' : 'bound_widened'
  const differs = (keyword: string) =>
    tell(walk, place, kind, `${keyword}: ${shown(was[keyword])} -> ${shown(is[keyword])}`)
  for (const upper of uppers)
    if (numberOf(outer[upper], Infinity) < numberOf(inner[upper], Infinity) && !growsWithItems(was, upper))
      differs(upper)
  for (const lower of lowers) if (numberOf(outer[lower], -Infinity) > numberOf(inner[lower], -Infinity)) differs(lower)
  const step = outer.multipleOf as number | undefined
  if (step !== undefined && !(Number(inner.multipleOf) % step === 0)) differs('multipleOf')
  if (outer.uniqueItems === true && inner.uniqueItems !== true) differs('uniqueItems')
  return walk.found.length > before
}

function numberOf(value: unknown, absent: number): number {
  return typeof value === 'number' ? value : absent
}

/** Bounds that say the same in one spelling: of whole numbers, above 0 is from 1; and a tuple without more items ends. */
function bounded(schema: Json): Json {
  const { exclusiveMinimum, exclusiveMaximum, ...rest } = schema
  const prefix = (schema.prefixItems as unknown[] | undefined)?.length
  const ends =
    prefix !== undefined && schema.items === false
      ? { maxItems: Math.min(prefix, numberOf(schema.maxItems, Infinity)) }
      : {}
  if (schema.type !== 'integer') return { ...schema, ...ends }
  const minimum = Math.max(numberOf(schema.minimum, -Infinity), numberOf(exclusiveMinimum, -Infinity) + 1)
  const maximum = Math.min(numberOf(schema.maximum, Infinity), numberOf(exclusiveMaximum, Infinity) - 1)
  return { ...rest, minimum, maximum }
}

/** A list of what may come grows with the values that may. */
function growsWithItems({ items }: Json, keyword: string): boolean {
  return keyword === 'maxItems' && isOpen((items ?? {}) as Json)
}

/** A narrower format breaks requests, and any other one breaks what reads answers by it. */
export function compareFormats(walk: Walk, was: Json, is: Json, place: string): void {
  const { format: before } = was
  const { format: after } = is
  if (before === after || (walk.direction === 'request' && (after === undefined || isWider(before, after)))) return
  tell(walk, place, 'format_changed', `${shown(before)} -> ${shown(after)}`)
}

function isWider(before: unknown, after: unknown): boolean {
  return (before === 'int32' && after === 'int64') || (before === 'float' && after === 'double')
}

/** Which texts two patterns match is not weighed: another one breaks, and none takes all that one took. */
export function comparePatterns(walk: Walk, was: Json, is: Json, place: string): void {
  const [inner, outer] = innerAndOuter(walk, was.pattern, is.pattern)
  if (outer === undefined || inner === outer) return
  tell(walk, place, 'pattern_changed', `${shown(was.pattern)} -> ${shown(is.pattern)}`)
}
