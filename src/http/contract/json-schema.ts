import { z } from 'zod'

export type Json = Record<string, unknown>

/** Where a schema speaks: in a body, in an answer, or in a parameter, whose text stands for a value. */
export type Form = 'request' | 'response' | 'parameter'

export interface WireSchema {
  root: Json
  /** Schemas named by `.meta({id})`, referred to as `#/$defs/<id>`. */
  definitions: Record<string, Json>
}

type Target = 'draft-2020-12' | 'draft-7'

const known = new WeakMap<z.ZodType, Map<string, WireSchema>>()

/**
 * The JSON Schema of what travels: a codec shows its wire side, a parameter the value that its text stands for.
 * Made once for each schema, of which many operations share some: whoever changes it changes a copy.
 */
export function wireSchema(schema: z.ZodType, form: Form, target: Target = 'draft-2020-12'): WireSchema {
  const forms = known.get(schema) ?? new Map<string, WireSchema>()
  const name = `${form} ${target}`
  const wire = forms.get(name) ?? makeWireSchema(schema, form, target)
  known.set(schema, forms.set(name, wire))
  return wire
}

function makeWireSchema(schema: z.ZodType, form: Form, target: Target): WireSchema {
  // Inside a tuple a named root becomes a reference like any other.
  const whole = z.toJSONSchema(z.tuple([schema]), {
    io: 'input',
    target,
    override: ({ zodSchema, jsonSchema }) =>
      complete(zodSchema as unknown as z.ZodType, jsonSchema as Json, form, target),
  }) as Json
  const [root] = (target === 'draft-7' ? whole.items : whole.prefixItems) as [Json]
  const definitions = (target === 'draft-7' ? whole.definitions : whole.$defs) as Record<string, Json> | undefined
  return { root, definitions: definitions ?? {} }
}

function complete(schema: z.ZodType, json: Json, form: Form, target: Target): void {
  const def = (schema as unknown as z.core.$ZodTypes)._zod.def
  if (def.type === 'pipe' && form === 'parameter') valueOfParameter(def, json, target)
  // Zod leaves the default of a codec out, since it is no text; the document shows the value that the text stands for.
  if (def.type === 'default' && form === 'parameter') json.default = def.defaultValue
  if (def.type === 'object' && form === 'response') requirePresent(def.shape, json)
  if (def.type === 'union' && 'discriminator' in def) json.discriminator = { propertyName: def.discriminator }
  if (form === 'response') delete json.default
  // `items: false` says no more than maxItems does, and not every reader of OpenAPI takes a boolean there.
  if (def.type === 'tuple' && target === 'draft-2020-12' && json.items === false)
    json.items = commonType(json.prefixItems as Json[])
  if (json.type === 'integer') json.format ??= fitsInt32(json) ? 'int32' : 'int64'
  if (json.type === 'number') json.format ??= 'double'
  if (json.type === 'string') limitFormat(json)
}

function valueOfParameter(def: z.core.$ZodPipeDef, json: Json, target: Target): void {
  if ((def.out as z.core.$ZodTypes)._zod.def.type === 'date') return
  const out = def.out as unknown as z.ZodType
  if ((def.out as z.core.$ZodTypes)._zod.def.type === 'object') return
  const value = wireSchema(out, 'parameter', target).root
  for (const key of Object.keys(json)) if (key !== 'description') delete json[key]
  Object.assign(json, value)
}

/** An answer always carries the members that have a default: only what may be undefined inside may be absent outside. */
function requirePresent(shape: z.core.$ZodShape, json: Json): void {
  const required = Object.keys(shape).filter((key) => shape[key]?._zod.optout !== 'optional')
  if (required.length > 0) json.required = required
  else delete json.required
}

function commonType(items: Json[]): Json {
  const types = new Set(items.map(({ type }) => type))
  return types.size === 1 && !types.has(undefined) ? { type: items[0]?.type } : {}
}

function fitsInt32(json: Json): boolean {
  const minimum = Number(json.minimum ?? json.exclusiveMinimum ?? Number.NEGATIVE_INFINITY)
  const maximum = Number(json.maximum ?? json.exclusiveMaximum ?? Number.POSITIVE_INFINITY)
  return minimum >= -(2 ** 31) && maximum < 2 ** 31
}

const formatLength: Record<string, number> = { uuid: 36, date: 10, 'date-time': 29, email: 320, uri: 2048 }

function limitFormat(json: Json): void {
  const length = formatLength[String(json.format)]
  if (length === undefined) return
  json.maxLength ??= length
  // The format says it all; the pattern of a UUID or date only repeats it at length.
  delete json.pattern
}

/** `anyOf [X, null]` as one schema that allows null; a reference stays beside null, since it cannot be extended. */
export function foldNullable(json: Json): Json {
  const options = json.anyOf
  if (!Array.isArray(options) || options.length !== 2) return json
  const other = options.find((option) => option.type !== 'null') as Json | undefined
  if (!other || !options.some((option) => option.type === 'null') || typeof other.type !== 'string') return json
  const { anyOf: _folded, ...rest } = json
  const { const: constant, ...schema } = other
  const folded: Json = { ...schema, ...rest, type: [other.type, 'null'] }
  if (constant !== undefined) folded.enum = [constant, null]
  else if (Array.isArray(other.enum)) folded.enum = [...other.enum, null]
  return folded
}

const mapsOfSchemas = new Set(['properties', 'patternProperties', '$defs', 'definitions'])
const plainValues = new Set(['examples', 'example', 'default', 'enum', 'const', 'required'])

/** A copy of a schema with `change` applied to it and every schema in it, innermost first; values are left alone. */
export function mapSchema(schema: Json, change: (json: Json) => Json): Json {
  const inner = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inner)
    return value !== null && typeof value === 'object' ? mapSchema(value as Json, change) : value
  }
  const copy: Json = {}
  for (const [key, value] of Object.entries(schema)) {
    if (mapsOfSchemas.has(key)) copy[key] = mapValues(value as Record<string, Json>, inner)
    else copy[key] = plainValues.has(key) ? value : inner(value)
  }
  return change(copy)
}

export function mapValues<In, Out>(
  record: Record<string, In>,
  change: (value: In, key: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
