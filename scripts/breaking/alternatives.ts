import type { Json } from './break.ts'
import { isAnnotation, isUnknown } from './keywords.ts'
import { mergeSchemas } from './merge-schemas.ts'

/**
 * The schemas of one document, each as a flat list of forms that a value may have: references followed, `allOf` merged, `anyOf`,
 * `oneOf` and lists of types taken apart.
 */
export class Alternatives {
  private readonly document: Json
  private readonly known = new WeakMap<Json, Json[]>()

  constructor(document: Json) {
    this.document = document
  }

  /** What a reference names; anything else is itself. */
  resolve(given: Json): Json {
    if (typeof given.$ref !== 'string') return given
    const steps = given.$ref.slice('#/'.length).split('/')
    const found = steps.reduce<unknown>(
      (at, step) => (at as Json | undefined)?.[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')],
      this.document,
    )
    if (found === undefined) throw new Error(`The contract refers to ${given.$ref}, which is not there`)
    return this.resolve(found as Json)
  }

  /** The forms of a value, each of one type; a named schema that has only one form stays a reference. */
  of(schema: Json, through: readonly Json[] = []): Json[] {
    const known = this.known.get(schema)
    if (known) return known
    if (through.includes(schema)) throw new Error('The contract has a schema that is nothing but itself')
    const forms = this.takeApart(schema, [...through, schema])
    this.known.set(schema, forms)
    return forms
  }

  private takeApart(schema: Json, through: readonly Json[]): Json[] {
    const unknown = Object.keys(schema).find(isUnknown)
    if (unknown !== undefined) throw new Error(`A schema of the contract has ${unknown}, which is not compared yet`)
    const { $ref, allOf, anyOf, oneOf, ...rest } = schema
    const rules = Object.fromEntries(Object.entries(rest).filter(([keyword]) => !isAnnotation(keyword)))
    const isBare = Object.keys(rules).length === 0
    const groups: Json[][] = []
    if (typeof $ref === 'string') {
      const target = this.resolve(schema)
      const forms = this.of(target, through)
      if (isBare && forms.length === 1 && forms[0] === target && !allOf && !anyOf && !oneOf) return [schema]
      groups.push(forms)
    }
    for (const part of (allOf ?? []) as Json[]) groups.push(this.of(part, through))
    for (const union of [anyOf, oneOf] as (Json[] | undefined)[])
      if (union) groups.push(union.flatMap((option) => this.of(option, through)))
    if (groups.length === 0) return byType(schema)
    if (!isBare) groups.push(byType(rest))
    return this.productOf(groups)
  }

  /** Every way to choose one form of each group; what no value can be is left out. */
  private productOf([first = [], ...others]: Json[][]): Json[] {
    return others.reduce((forms, group) => {
      const pairs = forms.flatMap((form) => group.map((other) => mergeSchemas(this.resolve(form), this.resolve(other))))
      return pairs.filter((merged) => merged !== undefined)
    }, first)
  }
}

/** A schema of several types as one of each; `const` is an `enum` of one. */
function byType(schema: Json): Json[] {
  const { const: constant, ...rest } = schema
  const values = constant === undefined ? (schema.enum as unknown[] | undefined) : [constant]
  const types = typesOf(schema, values)
  if (types.length === 1 && schema.type === types[0] && constant === undefined) return [schema]
  if (types.length === 0) return [schema]
  return types.map((type) => ({
    ...rest,
    type,
    ...(values && { enum: values.filter((value) => type === 'any' || isOfType(value, type)) }),
  }))
}

function typesOf(schema: Json, values: unknown[] | undefined): string[] {
  if (schema.type !== undefined) return [schema.type as string | string[]].flat()
  if (values) return [...new Set(values.map(typeOf))]
  if (schema.properties || schema.additionalProperties) return ['object']
  return schema.items || schema.prefixItems ? ['array'] : []
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function isOfType(value: unknown, type: string): boolean {
  return typeOf(value) === type || (type === 'number' && typeof value === 'number')
}
