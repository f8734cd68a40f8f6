import fc from 'fast-check'
import type { Contract, Node } from './contract.ts'

/** Values of one name that exist, so that what is made can be found: see `world.ts`. Whole lists go by `name[]`. */
export type Known = (name: string) => readonly unknown[] | undefined

/** A value for a schema, of what exists or of what the schema alone allows: mostly what exists. */
export function arbitraryOf(contract: Contract, schema: Node, known: Known, name = ''): fc.Arbitrary<unknown> {
  const resolved = contract.resolve(schema)
  const made = fromSchema(contract, resolved, known, name)
  const existing = known(resolved.type === 'array' ? `${name}[]` : name)
  if (!existing || existing.length === 0) return made
  return fc.oneof({ weight: 15, arbitrary: fc.constantFrom(...existing) }, { weight: 1, arbitrary: made })
}

function fromSchema(contract: Contract, schema: Node, known: Known, name: string): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  const inner = (each: Node) => arbitraryOf(contract, each, known, name)
  const choices = (schema.anyOf ?? schema.oneOf) as Node[] | undefined
  if (choices) return fc.oneof(...choices.map(inner))
  if (schema.allOf)
    return fc.tuple(...(schema.allOf as Node[]).map(inner)).map((parts) => Object.assign({}, ...(parts as object[])))
  const types = [schema.type ?? typeBy(schema)].flat() as string[]
  return fc.oneof(...types.map((type) => ofType(type, contract, schema, known, name)))
}

function typeBy(schema: Node): string {
  if (schema.properties) return 'object'
  return schema.items || schema.prefixItems ? 'array' : 'any'
}

function ofType(type: string, contract: Contract, schema: Node, known: Known, name: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return integers(schema)
    case 'number':
      return numbers(schema)
    case 'string':
      return texts(schema)
    case 'array':
      return arrays(contract, schema, known, name)
    case 'object':
      return objects(contract, schema, known)
    default:
      return fc.jsonValue()
  }
}

function integers({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Node): fc.Arbitrary<number> {
  return fc.integer({
    min: whole(minimum, exclusiveMinimum, 1, -1000),
    max: whole(maximum, exclusiveMaximum, -1, 1000),
  })
}

function whole(bound: unknown, exclusive: unknown, inwards: number, otherwise: number): number {
  if (typeof bound === 'number') return bound
  return typeof exclusive === 'number' ? exclusive + inwards : otherwise
}

function numbers({ minimum, maximum }: Node): fc.Arbitrary<number> {
  const range = { min: Number(minimum ?? -1e6), max: Number(maximum ?? 1e6) }
  return fc.oneof(
    fc.double({ ...range, noNaN: true }),
    fc.integer({ min: Math.ceil(range.min), max: Math.floor(range.max) }),
  )
}

/** A class of characters repeated, as texts of people have it: stringMatching knows no lengths. */
const repeatedClass = /^\^(\[(?:[^\]\\]|\\.)*\])[*+]\$$/

function texts(schema: Node): fc.Arbitrary<string> {
  const {
    pattern,
    format,
    minLength = 0,
    maxLength,
  } = schema as {
    pattern?: string
    format?: string
    minLength?: number
    maxLength?: number
  }
  const formatted = format === undefined ? undefined : formats[format]
  if (formatted) return formatted
  const lengths = { minLength, maxLength: maxLength ?? 200 }
  if (pattern === undefined) return fc.string({ ...lengths, unit: 'grapheme' })
  const unit = repeatedClass.exec(pattern)?.[1]
  if (unit !== undefined) return fc.string({ ...lengths, unit: fc.stringMatching(new RegExp(`^${unit}$`, 'u')) })
  return fc.stringMatching(new RegExp(pattern, 'u')).filter((text) => {
    const length = [...text].length
    // Where only the pattern bounds a text, it may be as long as the pattern wants.
    return length >= minLength && length <= (maxLength ?? length)
  })
}

const dates = fc.date({
  min: new Date('1900-01-02T00:00:00Z'),
  max: new Date('2100-01-01T00:00:00Z'),
  noInvalidDate: true,
})
const anyDates = fc.date({
  min: new Date('0001-01-03T00:00:00Z'),
  max: new Date('9999-12-29T00:00:00Z'),
  noInvalidDate: true,
})
const offsets = fc
  .tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '30', '45'))
  .map(([sign, hours, minutes]) => `${sign}${String(hours).padStart(2, '0')}:${minutes}`)

const formats: Record<string, fc.Arbitrary<string>> = {
  date: fc.oneof(dates, anyDates).map((date) => date.toISOString().slice(0, 10)),
  'date-time': fc
    .tuple(
      fc.oneof({ weight: 6, arbitrary: dates }, { weight: 1, arbitrary: anyDates }),
      fc.oneof(fc.constant('Z'), offsets),
    )
    .map(([date, offset]) => date.toISOString().slice(0, -1) + offset),
  uuid: fc.uuid(),
  uri: fc.webUrl(),
  'uri-reference': fc.oneof(fc.webUrl(), fc.webPath()),
}

/** The items share the name of their array: a list of stages is made of stages. */
function arrays(contract: Contract, schema: Node, known: Known, name: string): fc.Arbitrary<unknown[]> {
  const {
    prefixItems,
    items,
    minItems = 0,
    maxItems = 20,
    uniqueItems,
  } = schema as {
    prefixItems?: Node[]
    items?: Node
    minItems?: number
    maxItems?: number
    uniqueItems?: boolean
  }
  if (prefixItems) return fc.tuple(...prefixItems.map((each) => arbitraryOf(contract, each, known)))
  const each = arbitraryOf(contract, items ?? {}, known, name)
  const lengths = { minLength: minItems, maxLength: maxItems }
  return uniqueItems
    ? fc.uniqueArray(each, { ...lengths, selector: (item) => JSON.stringify(item) })
    : fc.array(each, lengths)
}

function objects(contract: Contract, schema: Node, known: Known): fc.Arbitrary<object> {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, Node>; required?: string[] }
  const members = Object.entries(properties).map(([name, each]) => [name, arbitraryOf(contract, each, known, name)])
  return fc.record(Object.fromEntries(members), { requiredKeys: required as never[], noNullPrototype: true })
}
