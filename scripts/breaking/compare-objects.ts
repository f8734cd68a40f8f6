import { type Json, shown, sunsetOf } from './break.ts'
import { compareSunsets, tell, type Walk } from './walk.ts'

type Compare = (walk: Walk, was: Json, is: Json, place: string) => void
type Members = Record<string, Json>

export function compareObjects(walk: Walk, was: Json, is: Json, place: string, compare: Compare): void {
  compareMembers(walk, was, is, place, compare)
  compareNewlyNamed(walk, was, is, place, compare)
  compareRequired(walk, was, is, place)
  compareOthers(walk, was, is, place, compare)
  const [names, taken] = [was.propertyNames, is.propertyNames] as (Json | undefined)[]
  if (names || taken) compare(walk, names ?? { type: 'string' }, taken ?? { type: 'string' }, `${place}/{name}`)
}

function compareMembers(walk: Walk, was: Json, is: Json, place: string, compare: Compare): void {
  for (const kind of ['properties', 'patternProperties'] as const) {
    const [before, after] = [(was[kind] ?? {}) as Members, (is[kind] ?? {}) as Members]
    for (const [name, member] of Object.entries(before)) {
      const at = `${place}/${escaped(name)}`
      const now = after[name]
      if (now === undefined) tell(walk, at, 'member_gone', '', sunsetOf(member))
      else {
        if (walk.direction === 'request' && !isNewlyRequired(was, is, name)) compareDefaults(walk, member, now, at)
        compareSunsets(walk, member, now, at)
        compare(walk, member, now, at)
      }
    }
  }
}

/** A member that gets a name was one of the others until then, where there were any; in answers of an open object it is a new one. */
function compareNewlyNamed(walk: Walk, was: Json, is: Json, place: string, compare: Compare): void {
  const others = was.additionalProperties ?? true
  if (others === false || (others === true && walk.direction === 'response')) return
  const before = (was.properties ?? {}) as Members
  for (const [name, member] of Object.entries((is.properties ?? {}) as Members))
    if (!(name in before)) compare(walk, others === true ? {} : (others as Json), member, `${place}/${escaped(name)}`)
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

function isNewlyRequired(was: Json, is: Json, name: string): boolean {
  return requiredOf(is).includes(name) && !requiredOf(was).includes(name)
}

function requiredOf({ required }: Json): readonly string[] {
  return (required ?? []) as string[]
}

function compareRequired(walk: Walk, was: Json, is: Json, place: string): void {
  const [before, after] = [(was.properties ?? {}) as Members, (is.properties ?? {}) as Members]
  if (walk.direction === 'request') {
    for (const name of requiredOf(is)) {
      if (requiredOf(was).includes(name)) continue
      tell(walk, `${place}/${name}`, name in before ? 'member_newly_required' : 'member_added_required', '')
    }
    return
  }
  for (const name of requiredOf(was))
    if (!requiredOf(is).includes(name) && (name in after || !(name in before)))
      tell(walk, `${place}/${name}`, 'member_no_longer_required', '')
}

/** What holds for members by other names than those that are listed: closed, open, or values of one schema. */
function compareOthers(walk: Walk, was: Json, is: Json, place: string, compare: Compare): void {
  const [before, after] = [was.additionalProperties ?? true, is.additionalProperties ?? true]
  if (before === false) return
  if (after === false) {
    if (walk.direction === 'request') tell(walk, place, 'additional_closed', '')
    else if (before !== true) tell(walk, place, 'map_gone', '')
    return
  }
  if (before !== true || after !== true)
    compare(walk, before === true ? {} : (before as Json), after === true ? {} : (after as Json), `${place}/*`)
}

/** What it means to leave something out of a request. */
export function compareDefaults(walk: Walk, was: Json, is: Json, place: string): void {
  const [before, after] = [was.default ?? walk.was.resolve(was).default, is.default ?? walk.is.resolve(is).default].map(
    shown,
  )
  if (before !== after) tell(walk, place, 'default_changed', `${before} -> ${after}`)
}
