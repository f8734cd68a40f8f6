import { isDeepStrictEqual } from 'node:util'
import { type Json, shown } from './break.ts'
import { tell, type Walk } from './walk.ts'

/** One way to be let in: the scopes needed of each scheme; none at all for anyone. */
export type Requirement = Record<string, readonly string[]>

/** Whoever was let in must still be: each way that sufficed needs one that asks no more. */
export function compareRequirements(
  walk: Walk,
  was: readonly Requirement[],
  is: readonly Requirement[],
  place: string,
): void {
  const [before, after] = [was, is].map((ways) => (ways.length === 0 ? [{}] : ways)) as [Requirement[], Requirement[]]
  for (const had of before) {
    const lacks = after.map((needed) => lacking(had, needed))
    if (lacks.includes(undefined)) continue
    const [first] = lacks
    if (first) tell(walk, place, first.kind, first.what)
  }
}

function lacking(had: Requirement, needed: Requirement) {
  const scheme = Object.keys(needed).find((name) => !had[name])
  if (scheme !== undefined)
    return { kind: 'token_newly_required' as const, what: [scheme, ...(needed[scheme] ?? [])].join(' ') }
  const scopes = Object.entries(needed).flatMap(([name, wanted]) =>
    wanted.filter((scope) => !had[name]?.includes(scope)),
  )
  return scopes.length === 0 ? undefined : { kind: 'scope_newly_required' as const, what: scopes.join(' ') }
}

export function compareSchemes(walk: Walk, was: Record<string, Json>, is: Record<string, Json>): void {
  for (const [name, { description: _words, ...before }] of Object.entries(was)) {
    const { description: _others, ...after } = is[name] ?? {}
    if (!isDeepStrictEqual(before, after))
      tell(walk, `securitySchemes ${name}`, 'security_scheme_changed', `${shown(before)} -> ${shown(after)}`)
  }
}
