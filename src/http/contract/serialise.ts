import fastJsonStringify from 'fast-json-stringify'
import type { z } from 'zod'
import { type Json, mapSchema, mapValues, wireSchema } from './json-schema.ts'
import { RawJson } from './responses.ts'

export type Serialiser = (value: unknown) => string

/** A serialiser compiled once from a response schema; it drops what the schema does not name and lets raw JSON through. */
export function compileSerialiser(schema: z.ZodType): Serialiser {
  const { root, definitions } = wireSchema(schema, 'response', 'draft-7')
  const forSerialiser = (json: Json) => mapSchema(json, (inner) => simplify(inner, definitions))
  const named = mapValues(definitions, forSerialiser)
  const resolved = typeof root.$ref === 'string' ? (named[idOf(root.$ref)] as Json) : forSerialiser(root)
  const stringify = fastJsonStringify({ ...resolved, definitions: named } as unknown as fastJsonStringify.Schema)
  return (value) => (value instanceof RawJson ? value.text : stringify(value))
}

function idOf(reference: string): string {
  return reference.slice('#/definitions/'.length)
}

// What fast-json-stringify reads: `nullable` instead of a union with null, which it would settle by validating each value,
// and of the formats only the one that turns a Date into text. Marks of ours are for readers of the document.
function simplify(json: Json, definitions: Record<string, Json>): Json {
  const { discriminator: _named, examples: _shown, ...marked } = json
  const schema: Json = Object.fromEntries(Object.entries(marked).filter(([keyword]) => !keyword.startsWith('x-')))
  if (schema.format !== 'date-time') delete schema.format
  const options = schema.anyOf as Json[] | undefined
  if (!Array.isArray(options) || options.length !== 2 || !options.some((option) => option.type === 'null'))
    return schema
  const other = options.find((option) => option.type !== 'null')
  if (!other) return schema
  const { anyOf: _folded, ...rest } = schema
  if (typeof other.$ref !== 'string') return { ...other, ...rest, nullable: true }
  const target = mapSchema(definitions[idOf(other.$ref)] as Json, (inner) => simplify(inner, definitions))
  return { ...target, ...rest, nullable: true }
}
