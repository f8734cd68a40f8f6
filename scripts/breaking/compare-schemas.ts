import { isDeepStrictEqual } from 'node:util'
import { type Json, shown } from './break.ts'
import { compareArrays } from './compare-arrays.ts'
import { compareObjects } from './compare-objects.ts'
import { compareUnions } from './compare-unions.ts'
import { compareBounds, compareEnums, compareFormats, comparePatterns } from './compare-values.ts'
import { isAnnotation, weighed } from './keywords.ts'
import { innerAndOuter, placeOf, tell, type Walk } from './walk.ts'

/** Tells what breaks for callers where `was` became `is`. */
export function compareSchemas(walk: Walk, was: Json, is: Json, place: string): void {
  const [before, after] = [walk.was.of(was), walk.is.of(is)]
  compareNull(walk, before, after, place)
  compareDiscriminators(walk, was, is, place)
  const [old, now] = [before.filter(isNotNull), after.filter(isNotNull)]
  const [one, other] = [old[0], now[0]]
  if (old.length === 1 && now.length === 1 && one && other) compareForms(walk, one, other, place)
  // Always null lies within what came, and tells nothing any more.
  else if (walk.direction === 'response' && one && !other) tell(walk, place, 'member_gone', 'only null')
  else compareUnions(walk, old, now, place, compareForms)
}

function compareNull(walk: Walk, before: readonly Json[], after: readonly Json[], place: string): void {
  const isExplicit = (forms: readonly Json[]) => forms.some(({ type }) => type === 'null')
  const takesNull = (forms: readonly Json[]) =>
    isExplicit(forms) || forms.some((form) => form.$ref === undefined && form.type === undefined)
  if (walk.direction === 'request' && isExplicit(before) && !takesNull(after)) tell(walk, place, 'null_refused', '')
  if (walk.direction === 'response' && isExplicit(after) && !takesNull(before)) tell(walk, place, 'newly_nullable', '')
}

/** Generated programs tell forms apart by it. */
function compareDiscriminators(walk: Walk, was: Json, is: Json, place: string): void {
  const nameOf = (schema: Json) => (schema.discriminator as { propertyName?: string } | undefined)?.propertyName
  const [before, after] = [nameOf(walk.was.resolve(was)), nameOf(walk.is.resolve(is))]
  if (before !== undefined && before !== after)
    tell(walk, place, 'keyword_changed', `discriminator: ${shown(before)} -> ${shown(after)}`)
}

function isNotNull({ type }: Json): boolean {
  return type !== 'null'
}

/** Two schemas of one form each. A pair of named ones is told under its name, once. */
function compareForms(walk: Walk, was: Json, is: Json, given: string): void {
  const place = placeOf(walk, was, is, given, walk.direction)
  if (place === undefined) return
  const [old, now] = [walk.was.resolve(was), walk.is.resolve(is)]
  if (!compareTypes(walk, old, now, place)) return
  compareEnums(walk, old, now, place)
  const isBounded = compareBounds(walk, old, now, place)
  if (!isBounded || old.type !== 'integer') compareFormats(walk, old, now, place)
  comparePatterns(walk, old, now, place)
  compareObjects(walk, old, now, place, compareSchemas)
  compareArrays(walk, old, now, place, compareSchemas)
  compareOthers(walk, old, now, place)
}

/** Whether the types agree, so that the rest can be compared. */
function compareTypes(walk: Walk, was: Json, is: Json, place: string): boolean {
  const [inner, outer] = innerAndOuter(walk, was.type, is.type)
  if (outer === undefined || inner === outer || (inner === 'integer' && outer === 'number')) return true
  const kind = walk.direction === 'request' ? 'type_narrowed' : 'type_widened'
  tell(walk, place, kind, `${was.type ?? 'any'} -> ${is.type ?? 'any'}`)
  return false
}

/** A keyword that is not weighed here must stay as it is, so that nothing passes unseen. */
function compareOthers(walk: Walk, was: Json, is: Json, place: string): void {
  for (const keyword of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (weighed.has(keyword) || isAnnotation(keyword) || isDeepStrictEqual(was[keyword], is[keyword])) continue
    tell(walk, place, 'keyword_changed', `${keyword}: ${shown(was[keyword])} -> ${shown(is[keyword])}`)
  }
}
