import { isDeepStrictEqual } from 'node:util'
import type { Json } from './break.ts'
import { isAnnotation } from './keywords.ts'

const openMark = 'x-extensible-enum'

/**
 * A schema that takes what both take, each of one type; undefined where that is nothing.
 * @throws Error on two values of a keyword that make no third one
 */
export function mergeSchemas(one: Json, other: Json): Json | undefined {
  const type = commonType(one.type, other.type)
  if (type === null) return undefined
  const merged: Json = { ...one, ...other, ...(type !== undefined && { type }) }
  for (const [keyword, value] of Object.entries(one)) {
    const beside = other[keyword]
    if (beside === undefined || keyword === 'type' || isDeepStrictEqual(value, beside)) continue
    const merge = mergers[keyword]
    if (merge) merged[keyword] = merge(value as never, beside as never)
    else if (!isAnnotation(keyword)) throw new Error(`Two schemas of one value with ${keyword} are not compared yet`)
  }
  if (one.enum && other.enum) merged[openMark] = one[openMark] === true && other[openMark] === true
  if (Array.isArray(merged.enum) && merged.enum.length === 0) return undefined
  return merged
}

/** Null: no value has both types. */
function commonType(one: unknown, other: unknown): unknown {
  if (one === undefined || one === other) return other
  if (other === undefined) return one
  const numbers = [one, other]
  return numbers.includes('integer') && numbers.includes('number') ? 'integer' : null
}

const least = (one: number, other: number) => Math.min(one, other)
const most = (one: number, other: number) => Math.max(one, other)
const both = (one: unknown, other: unknown) => (one === true ? other : other === true ? one : { allOf: [one, other] })

function bothOfEach(one: Record<string, Json>, other: Record<string, Json>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...one, ...other }
  for (const [name, schema] of Object.entries(one)) if (other[name]) merged[name] = both(schema, other[name])
  return merged
}

const mergers: Record<string, (one: never, other: never) => unknown> = {
  maxLength: least,
  maximum: least,
  exclusiveMaximum: least,
  maxItems: least,
  maxProperties: least,
  minLength: most,
  minimum: most,
  exclusiveMinimum: most,
  minItems: most,
  minProperties: most,
  enum: (one: unknown[], other: unknown[]) => one.filter((value) => other.includes(value)),
  required: (one: string[], other: string[]) => [...new Set([...one, ...other])],
  properties: bothOfEach,
  patternProperties: bothOfEach,
  pattern: (one: string, other: string) => `(?=${one})(?=${other})`,
  uniqueItems: (one: boolean, other: boolean) => one || other,
  items: both,
  propertyNames: both,
  // Members that one part names are no others of the whole: what closes one part does not refuse what the other part names.
  additionalProperties: (one: unknown, other: unknown) => (one === false || other === false ? false : both(one, other)),
}
