import type { Json } from './break.ts'
import { compareSchemas } from './compare-schemas.ts'
import { refuseUnknown } from './refuse-unknown.ts'
import { placeOf, tell, type Walk } from './walk.ts'

const problemMediaType = 'application/problem+json'
type Named = Record<string, Json>

export function compareAnswers(walk: Walk, was: Named, is: Named, place: string): void {
  compareProblems(walk, was, is, place)
  for (const [status, given] of Object.entries(was)) {
    const at = `${place} ${status}`
    const after = is[status]
    if (after) compareAnswer(walk, given, after, at)
    // A refusal that is gone is told by its codes.
    else if (codesOf(walk.was.resolve(given)).length === 0) tell(walk, at, 'status_gone', '')
  }
}

function compareAnswer(walk: Walk, was: Json, is: Json, given: string): void {
  const place = placeOf(walk, was, is, given, 'answer')
  if (place === undefined) return
  const [old, now] = [walk.was.resolve(was), walk.is.resolve(is)]
  refuseUnknown('answer', place, old, now)
  compareHeaders(walk, old, now, place)
  const [before, after] = [(old.content ?? {}) as Named, (now.content ?? {}) as Named]
  for (const [mediaType, given] of Object.entries(before)) {
    const now = after[mediaType]
    if (now) compareMedia(walk, given, now, `${place} ${mediaType}`)
    else tell(walk, `${place} ${mediaType}`, 'media_type_gone', '')
  }
}

/** What comes in one media type, in a request or in an answer. */
export function compareMedia(walk: Walk, was: Json, is: Json, place: string): void {
  refuseUnknown('media', place, was, is)
  compareSchemas(walk, (was.schema ?? {}) as Json, (is.schema ?? {}) as Json, place)
}

function compareHeaders(walk: Walk, was: Json, is: Json, place: string): void {
  const byName = ({ headers = {} }: Json) =>
    new Map(Object.entries(headers as Named).map(([name, header]) => [name.toLowerCase(), header]))
  const after = byName(is)
  for (const [name, before] of byName(was)) {
    const at = `${place} header ${name}`
    const now = after.get(name)
    if (now) compareHeader(walk, before, now, at)
    else tell(walk, at, 'header_gone', '')
  }
}

function compareHeader(walk: Walk, was: Json, is: Json, given: string): void {
  const place = placeOf(walk, was, is, given, 'header')
  if (place === undefined) return
  const [before, after] = [walk.was.resolve(was), walk.is.resolve(is)]
  refuseUnknown('header', place, before, after)
  if (before.required === true && after.required !== true) tell(walk, place, 'header_no_longer_required', '')
  compareSchemas(walk, (before.schema ?? {}) as Json, (after.schema ?? {}) as Json, place)
}

/** Refusals are told apart by their code, which the contract gives as the name of an example. */
function compareProblems(walk: Walk, was: Named, is: Named, place: string): void {
  const told = (answers: Named, resolve: (answer: Json) => Json) =>
    Object.entries(answers).flatMap(([status, answer]) => codesOf(resolve(answer)).map((code) => ({ code, status })))
  const after = told(is, (answer) => walk.is.resolve(answer))
  for (const { code, status } of told(was, (answer) => walk.was.resolve(answer))) {
    const now = after.filter((each) => each.code === code).map((each) => each.status)
    if (now.length === 0) tell(walk, `${place} ${status}`, 'problem_code_gone', code)
    else if (!now.includes(status))
      tell(walk, `${place} ${status}`, 'problem_status_changed', `${code}: ${status} -> ${now}`)
  }
}

function codesOf({ content = {} }: Json): string[] {
  return Object.keys((content as Named)[problemMediaType]?.examples ?? {})
}
