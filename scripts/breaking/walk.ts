import { Alternatives } from './alternatives.ts'
import { type Break, type BreakKind, type Json, sunsetOf } from './break.ts'

/** Whose word a schema is: that of callers in a request, ours in a response. */
export type Direction = 'request' | 'response'

/** One walk through two contracts side by side. */
export interface Walk {
  readonly direction: Direction
  readonly was: Alternatives
  readonly is: Alternatives
  /** Pairs of named schemas already compared: schemas may contain themselves, and each pair is told once. */
  readonly seen: Set<string>
  readonly found: Break[]
}

export function startWalks(was: Json, is: Json): { request: Walk; response: Walk; found: Break[] } {
  const shared = { was: new Alternatives(was), is: new Alternatives(is), found: [] }
  return {
    request: { ...shared, direction: 'request', seen: new Set() },
    response: { ...shared, direction: 'response', seen: new Set() },
    found: shared.found,
  }
}

export function tell(walk: Pick<Walk, 'found'>, place: string, kind: BreakKind, what: string, more: object = {}): void {
  const isKnown = walk.found.some((each) => each.place === place && each.kind === kind && each.what === what)
  if (!isKnown) walk.found.push({ place, kind, what, ...more })
}

/** What was promised to stay until a day must not go before it. */
export function compareSunsets(walk: Walk, was: Json, is: Json, place: string): void {
  const [before, after] = [sunsetOf(was).sunset, sunsetOf(is).sunset]
  if (before !== undefined && after !== undefined && Date.parse(after) < Date.parse(before))
    tell(walk, place, 'sunset_sooner', `${before} -> ${after}`)
}

/**
 * Where two parts of the documents are compared: what both name is told under its name, once.
 * @returns undefined when that pair was compared already
 */
export function placeOf(walk: Walk, was: Json, is: Json, given: string, sort: string): string | undefined {
  if (typeof was.$ref !== 'string' || typeof is.$ref !== 'string') return given
  const pair = `${was.$ref} ${is.$ref}`
  if (walk.seen.has(pair)) return undefined
  walk.seen.add(pair)
  return `${sort} ${was.$ref.slice(was.$ref.lastIndexOf('/') + 1)}`
}

/**
 * What must lie within what: a request that was taken within what is taken, an answer that comes within what came. Every rule on values
 * is this one rule.
 */
export function innerAndOuter<T>({ direction }: Walk, was: T, is: T): [inner: T, outer: T] {
  return direction === 'request' ? [was, is] : [is, was]
}
