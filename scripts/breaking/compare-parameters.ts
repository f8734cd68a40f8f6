import { type Json, shown, sunsetOf } from './break.ts'
import { compareDefaults } from './compare-objects.ts'
import { compareSchemas } from './compare-schemas.ts'
import { refuseUnknown } from './refuse-unknown.ts'
import { compareSunsets, tell, type Walk } from './walk.ts'

/** Parameters of one operation, with those of its path. */
export function compareParameters(walk: Walk, was: readonly Json[], is: readonly Json[], place: string): void {
  const before = named(was.map((each) => walk.was.resolve(each)))
  const after = named(is.map((each) => walk.is.resolve(each)))
  for (const [name, parameter] of before) {
    const now = after.get(name)
    if (now) compareParameter(walk, parameter, now, `${place} ${name}`)
    else tell(walk, `${place} ${name}`, 'parameter_gone', '', sunsetOf(parameter))
  }
  for (const [name, parameter] of after)
    if (parameter.required === true && !before.has(name)) tell(walk, `${place} ${name}`, 'parameter_added_required', '')
}

/** `?limit`, `{id}`, `header if-match`: the later of two of one name holds. */
function named(parameters: readonly Json[]): Map<string, Json> {
  const nameOf = ({ in: place, name }: Json) => {
    if (place === 'query') return `?${name}`
    return place === 'path' ? `{${name}}` : `${place} ${String(name).toLowerCase()}`
  }
  return new Map(parameters.map((each) => [nameOf(each), each]))
}

/** How lists and objects are written, with what holds where nothing is said. */
function styleOf({ in: place, style, explode }: Json): [style: unknown, explode: unknown] {
  const written = style ?? (place === 'path' || place === 'header' ? 'simple' : 'form')
  return [written, explode ?? written === 'form']
}

function compareParameter(walk: Walk, was: Json, is: Json, place: string): void {
  refuseUnknown('parameter', place, was, is)
  const isNewlyRequired = is.required === true && was.required !== true
  if (isNewlyRequired) tell(walk, place, 'parameter_newly_required', '')
  compareSunsets(walk, was, is, place)
  const [before, after] = [was, is].map((each) => shown(styleOf(each)))
  if (before !== after) tell(walk, place, 'parameter_style_changed', `${before} -> ${after}`)
  const [old, now] = [was.schema ?? {}, is.schema ?? {}] as [Json, Json]
  if (!isNewlyRequired) compareDefaults(walk, old, now, place)
  compareSchemas(walk, old, now, place)
}
