import { randomBytes } from 'node:crypto'
import { createLogger } from '../../src/bin/create-logger.ts'

/** The word that no log may hold. Every canary begins with it, so one search finds them all. */
const word = 'kenari'
let planted = 0

/** Text that is found nowhere else; of letters and digits, so that it fits where a name, a code or a key does. */
export function canary(): string {
  planted += 1
  return `${word}${planted}x${randomBytes(4).toString('hex')}`
}

/** A log as the service writes it, at its most talkative, kept to be searched. */
export function keptLog() {
  const lines: string[] = []
  const logger = createLogger('trace', { write: (line) => lines.push(line) })
  return { logger, lines, records: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

/** The lines that hold a canary, whatever its case, or one of `more`, such as the parts of a token. */
export function linesWithCanaries(lines: readonly string[], more: readonly string[] = []): string[] {
  return lines.filter((line) => line.toLowerCase().includes(word) || more.some((text) => line.includes(text)))
}

type Schema = Record<string, unknown>

export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  parameters: { name: string; in: string }[]
  /** Paths to every member of the body, through objects and lists. */
  members: string[][]
  /** A body that is valid. */
  example: unknown
}

/** Every operation of the contract, so that a new one is covered by being in it. */
export function operationsOf(document: Schema): Operation[] {
  const paths = Object.entries(document.paths as Record<string, Record<string, Schema>>)
  return paths.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const content = (operation.requestBody as { content?: Record<string, Schema> } | undefined)?.content ?? {}
      const [body] = Object.values(content)
      const examples = Object.values((body?.examples ?? {}) as Record<string, { value: unknown }>)
      return {
        method: method.toUpperCase() as Operation['method'],
        path,
        parameters: (operation.parameters ?? []) as Operation['parameters'],
        members: body ? membersOf(document, body.schema as Schema) : [],
        example: examples[0]?.value,
      }
    }),
  )
}

function membersOf(document: Schema, schema: Schema, at: string[] = []): string[][] {
  const reference = schema.$ref as string | undefined
  if (reference !== undefined) return membersOf(document, resolve(document, reference), at)
  const alternatives = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (list ?? []) as Schema[])
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>)
  return [
    ...alternatives.flatMap((alternative) => membersOf(document, alternative, at)),
    ...properties.flatMap(([name, inner]) => [[...at, name], ...membersOf(document, inner, [...at, name])]),
    ...(schema.items === undefined ? [] : membersOf(document, schema.items as Schema, [...at, '0'])),
  ]
}

function resolve(document: Schema, reference: string): Schema {
  const steps = reference.replace(/^#\//, '').split('/')
  return steps.reduce<Schema>((inner, step) => inner[step] as Schema, document)
}

/** A copy of `body` with `value` at `path`; what is missing on the way is made. */
export function withMember(body: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  const inner = typeof body === 'object' && body !== null ? body : {}
  const copy: Record<string, unknown> = Array.isArray(inner) ? ([...inner] as never) : { ...inner }
  copy[name] = withMember(copy[name], rest, value)
  return copy
}
