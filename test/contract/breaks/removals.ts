import type { BreakKind } from '../../../scripts/breaking/break.ts'
import type { Document } from './places.ts'

/** One thing of a contract taken out, until it is put back, and as what it should be missed. */
export interface Removal {
  what: string
  /** A path of the contract by which one meets it. */
  path: string
  kinds: readonly BreakKind[]
  remove(): () => void
}

/** Everything that can be taken out of a contract, one at a time. */
export function* removals(document: Document): Generator<Removal> {
  for (const [path, item] of Object.entries<Document>(document.paths))
    for (const removal of ofPath(item, path)) yield { path, ...removal }
  const { schemas, responses } = document.components
  const pathTo = pathsTo(document)
  for (const [name, schema] of Object.entries<Document>(schemas)) {
    const path = pathTo(`schemas/${name}`)
    for (const removal of members(schema, name)) yield { path, ...removal }
  }
  for (const [name, answer] of Object.entries<Document>(responses)) {
    const path = pathTo(`responses/${name}`)
    for (const removal of headers(answer, name)) yield { path, ...removal }
  }
}

type OfPath = Omit<Removal, 'path'>

/** For each component the first path that leads to it. */
function pathsTo({ paths, components }: Document): (component: string) => string {
  const namedIn = (part: unknown) =>
    [...JSON.stringify(part).matchAll(/"#\/components\/((?:schemas|responses)\/\w+)"/g)].map(([, name = '']) => name)
  const parts = ['schemas', 'responses'].flatMap((kind) =>
    Object.entries(components[kind]).map(([name, part]): [string, string[]] => [`${kind}/${name}`, namedIn(part)]),
  )
  const inner = new Map(parts)
  const first = new Map<string, string>()
  for (const [path, item] of Object.entries(paths)) {
    const ahead = namedIn(item)
    for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      if (first.has(name)) continue
      first.set(name, path)
      ahead.push(...(inner.get(name) ?? []))
    }
  }
  return (component) => {
    const path = first.get(component)
    if (path === undefined) throw new Error(`Nothing leads to ${component}`)
    return path
  }
}

function* ofPath(item: Document, path: string): Generator<OfPath> {
  for (const [method, operation] of Object.entries<Document>(item)) {
    const place = `${method} ${path}`
    yield { what: `operation ${place}`, kinds: ['operation_gone'], remove: outOf(item, method) }
    for (const parameter of operation.parameters ?? []) {
      const at = `${place} ${parameter.name}`
      const remove = outOf(operation.parameters, parameter)
      yield { what: `parameter ${at}`, kinds: ['parameter_gone'], remove }
      for (const list of [parameter.schema.enum, parameter.schema.items?.enum])
        for (const value of list ?? [])
          yield { what: `value ${at}=${value}`, kinds: ['enum_value_gone'], remove: outOf(list, value) }
      yield* members(parameter.schema, at)
    }
    for (const [type, { schema }] of Object.entries<Document>(operation.requestBody?.content ?? {})) {
      const { content } = operation.requestBody
      yield { what: `media ${place} ${type}`, kinds: ['request_media_type_gone'], remove: outOf(content, type) }
      yield* members(schema, place)
    }
    yield* answers(operation.responses, place)
  }
}

function* answers(responses: Document, place: string): Generator<OfPath> {
  for (const [status, answer] of Object.entries<Document>(responses)) {
    const at = `${place} ${status}`
    const isProblem = answer.$ref !== undefined
    const kinds: BreakKind[] = isProblem
      ? ['problem_code_gone', 'problem_status_changed']
      : ['status_gone', 'problem_code_gone']
    yield { what: `${isProblem ? 'problem' : 'status'} ${at}`, kinds, remove: outOf(responses, status) }
    yield* headers(answer, at)
    for (const [type, { schema }] of Object.entries<Document>(answer.content ?? {})) {
      yield { what: `media ${at} ${type}`, kinds: ['media_type_gone'], remove: outOf(answer.content, type) }
      yield* members(schema, at)
    }
  }
}

function* headers(answer: Document, place: string): Generator<OfPath> {
  for (const name of Object.keys(answer.headers ?? {}))
    yield { what: `header ${place} ${name}`, kinds: ['header_gone'], remove: outOf(answer.headers, name) }
}

/** Members at any depth; what is named is walked under its name. */
function* members(schema: Document, place: string): Generator<OfPath> {
  for (const [name, member] of Object.entries<Document>(schema.properties ?? {})) {
    const at = `${place}/${name}`
    yield { what: `member ${at}`, kinds: ['member_gone'], remove: outOf(schema.properties, name) }
    yield* members(member, at)
  }
  const inner = [schema.items, schema.additionalProperties, ...(schema.prefixItems ?? [])]
  for (const union of [schema.anyOf, schema.oneOf, schema.allOf]) inner.push(...(union ?? []))
  for (const each of inner) if (each && typeof each === 'object') yield* members(each, `${place}/*`)
}

/** Takes a member out of an object, or a value out of a list; what it returns puts it back in its place. */
function outOf(whole: Document, what: unknown): () => () => void {
  return () => {
    const before = Array.isArray(whole) ? [...whole] : { ...whole }
    if (Array.isArray(whole)) whole.splice(whole.indexOf(what), 1)
    else delete whole[what as string]
    return () => {
      if (Array.isArray(whole)) whole.splice(0, whole.length, ...before)
      else {
        for (const name of Object.keys(whole)) delete whole[name]
        Object.assign(whole, before)
      }
    }
  }
}
