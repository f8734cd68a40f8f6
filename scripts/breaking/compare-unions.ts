import { isDeepStrictEqual } from 'node:util'
import type { Alternatives } from './alternatives.ts'
import type { Json } from './break.ts'
import { innerAndOuter, tell, type Walk } from './walk.ts'

type Compare = (walk: Walk, was: Json, is: Json, place: string) => void

/**
 * Each form that must be taken needs one that takes it: the one of its name, the one with the same tag, else any that takes all of it.
 * Where a single one is left on both sides, it is that one, changed.
 */
export function compareUnions(
  walk: Walk,
  before: readonly Json[],
  after: readonly Json[],
  place: string,
  compare: Compare,
): void {
  const [inner, outer] = innerAndOuter(walk, before, after)
  const [ofInner, ofOuter] = innerAndOuter<Alternatives>(walk, walk.was, walk.is)
  const compareTo = (within: Walk, form: Json, other: Json) =>
    compare(within, ...(walk.direction === 'request' ? ([form, other] as const) : ([other, form] as const)), place)
  const taken = new Set<Json>()
  const alone: Json[] = []
  for (const form of inner) {
    const partner =
      outer.find((other) => form.$ref !== undefined && form.$ref === other.$ref) ??
      outer.find((other) => haveOneTag(ofInner.resolve(form), ofOuter.resolve(other)))
    const sure = partner ?? outer.find((other) => isWithin(walk, (trial) => compareTo(trial, form, other)))
    if (sure === undefined) {
      alone.push(form)
      continue
    }
    taken.add(sure)
    if (partner) compareTo(walk, form, partner)
  }
  const left = outer.filter((other) => !taken.has(other))
  const [form, other] = [alone[0], left[0]]
  if (alone.length === 1 && left.length === 1 && form && other) compareTo(walk, form, other)
  else for (const each of alone) tellAlone(walk, each, outer, [ofInner, ofOuter], place)
}

function tellAlone(
  walk: Walk,
  form: Json,
  outer: readonly Json[],
  [ofInner, ofOuter]: [Alternatives, Alternatives],
  place: string,
): void {
  const { type } = ofInner.resolve(form)
  const isOfOtherType = outer.every((other) => ofOuter.resolve(other).type !== type)
  const kinds =
    walk.direction === 'request'
      ? (['type_narrowed', 'variant_gone'] as const)
      : (['type_widened', 'variant_added'] as const)
  tell(walk, place, kinds[isOfOtherType ? 0 : 1], nameOf(form))
}

function isWithin(walk: Walk, compare: (trial: Walk) => void): boolean {
  const trial = { ...walk, seen: new Set(walk.seen), found: [] }
  compare(trial)
  return trial.found.length === 0
}

/** A tag is a member with one value, by which forms are told apart, such as `kind`. */
function haveOneTag(one: Json, other: Json): boolean {
  const [tags, others] = [tagsOf(one), tagsOf(other)]
  return tags.length > 0 && isDeepStrictEqual(tags, others)
}

function tagsOf({ properties = {} }: Json): [string, unknown][] {
  const members = Object.entries(properties as Record<string, Json>)
  const values = members.map(([name, { const: constant, enum: listed }]): [string, unknown] => [
    name,
    constant ?? ((listed as unknown[] | undefined)?.length === 1 ? (listed as unknown[])[0] : undefined),
  ])
  return values.filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))
}

function nameOf({ $ref, type }: Json): string {
  return typeof $ref === 'string' ? $ref.slice($ref.lastIndexOf('/') + 1) : String(type ?? 'any')
}
