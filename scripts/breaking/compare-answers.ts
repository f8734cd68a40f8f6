import type { Json } from './break.ts'
import { compareSchemas } from './compare-schemas.ts'
import { tell, type Walk } from './walk.ts'

const problemMediaType = 'application/problem+json'
type Named = Record<string, Json>

export function compareAnswers(walk: Walk, was: Named, is: Named, place: string): void {
  compareProblems(walk, was, is, place)
  for (const [status, given] of Object.entries(was)) {
    const before = walk.was.resolve(given)
    const at = `${place} ${status}`
    const after = is[status] && walk.is.resolve(is[status])
    if (after) compareAnswer(walk, before, after, at)
    // A refusal that is gone is told by its codes.
    else if (codesOf(before).length === 0) tell(walk, at, 'status_gone', '')
  }
}

function compareAnswer(walk: Walk, was: Json, is: Json, place: string): void {
  compareHeaders(walk, was, is, place)
  const [before, after] = [(was.content ?? {}) as Named, (is.content ?? {}) as Named]
  for (const [mediaType, { schema }] of Object.entries(before)) {
    const now = after[mediaType]
    if (now) compareSchemas(walk, (schema ?? {}) as Json, (now.schema ?? {}) as Json, `${place} ${mediaType}`)
    else tell(walk, `${place} ${mediaType}`, 'media_type_gone', '')
  }
}

function compareHeaders(walk: Walk, was: Json, is: Json, place: string): void {
  const byName = ({ headers = {} }: Json) =>
    new Map(Object.entries(headers as Named).map(([name, header]) => [name.toLowerCase(), header]))
  const after = byName(is)
  for (const [name, given] of byName(was)) {
    const at = `${place} header ${name}`
    const before = walk.was.resolve(given)
    const found = after.get(name)
    const now = found && walk.is.resolve(found)
    if (!now) {
      tell(walk, at, 'header_gone', '')
      continue
    }
    if (before.required === true && now.required !== true) tell(walk, at, 'header_no_longer_required', '')
    compareSchemas(walk, (before.schema ?? {}) as Json, (now.schema ?? {}) as Json, at)
  }
}

/** Refusals are told apart by their code, which the contract gives as the name of an example. */
function compareProblems(walk: Walk, was: Named, is: Named, place: string): void {
  const statuses = (answers: Named, resolve: (answer: Json) => Json) =>
    new Map(
      Object.entries(answers).flatMap(([status, answer]) => codesOf(resolve(answer)).map((code) => [code, status])),
    )
  const after = statuses(is, (answer) => walk.is.resolve(answer))
  for (const [code, status] of statuses(was, (answer) => walk.was.resolve(answer))) {
    const now = after.get(code)
    if (now === undefined) tell(walk, `${place} ${status}`, 'problem_code_gone', String(code))
    else if (now !== status) tell(walk, `${place} ${status}`, 'problem_status_changed', `${code}: ${status} -> ${now}`)
  }
}

function codesOf({ content = {} }: Json): string[] {
  return Object.keys((content as Named)[problemMediaType]?.examples ?? {})
}
