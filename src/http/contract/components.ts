import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { type Form, foldNullable, type Json, mapSchema, mapValues, type WireSchema, wireSchema } from './json-schema.ts'

type Definitions = Map<string, Json>

/**
 * The named schemas of the document. One zod schema may have two wire forms: an answer always carries what a request may
 * leave to its default. Where they differ the request's form is called `<id>Input`.
 */
export class Components {
  private readonly requests: Definitions = new Map()
  private readonly answers: Definitions = new Map()
  private readonly forms = new Map<z.ZodType, Map<Form, WireSchema>>()
  private differing: Set<string> | undefined

  /** Takes in a schema and all that it names; call for every schema before `publish`. */
  collect(schema: z.ZodType, form: Form): void {
    const wire = wireSchema(schema, form)
    const forms = this.forms.get(schema) ?? new Map<Form, WireSchema>()
    this.forms.set(schema, forms.set(form, wire))
    const definitions = form === 'response' ? this.answers : this.requests
    for (const [id, json] of Object.entries(wire.definitions)) {
      const known = definitions.get(id)
      if (known && !isDeepStrictEqual(known, json)) throw new Error(`contract: two different schemas are called ${id}`)
      definitions.set(id, json)
    }
  }

  /** The schema as the document shows it, with references to the components. */
  publish(schema: z.ZodType, form: Form): Json {
    const wire = this.forms.get(schema)?.get(form)
    if (!wire) throw new Error('contract: a schema is published that was not collected')
    return this.inDocument(wire.root, form)
  }

  schemas(): Record<string, Json> {
    const named: [string, Json][] = []
    for (const [id, json] of this.answers) named.push([id, this.inDocument(json, 'response')])
    for (const [id, json] of this.requests) {
      const name = this.nameOf(id, 'request')
      if (name !== id || !this.answers.has(id)) named.push([name, this.inDocument(json, 'request')])
    }
    return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  private inDocument(json: Json, form: Form): Json {
    return mapSchema(json, (inner) => {
      const folded = foldNullable(inner)
      if (typeof folded.$ref === 'string') folded.$ref = this.referenceTo(idOf(folded.$ref), form)
      return folded.discriminator ? this.withMapping(folded, form) : folded
    })
  }

  private withMapping(json: Json, form: Form): Json {
    const { propertyName } = json.discriminator as { propertyName: string }
    const definitions = form === 'response' ? this.answers : this.requests
    const mapping: Record<string, string> = {}
    for (const { $ref } of (json.oneOf ?? json.anyOf) as { $ref?: string }[]) {
      if ($ref === undefined) throw new Error(`contract: each kind of ${propertyName} needs a .meta({id})`)
      const id = [...definitions.keys()].find((known) => this.referenceTo(known, form) === $ref) ?? ''
      const property = (definitions.get(id)?.properties as Record<string, Json> | undefined)?.[propertyName]
      for (const value of (property?.enum as unknown[] | undefined) ?? [property?.const]) mapping[String(value)] = $ref
    }
    return { ...json, discriminator: { propertyName, mapping } }
  }

  private referenceTo(id: string, form: Form): string {
    return `#/components/schemas/${this.nameOf(id, form)}`
  }

  private nameOf(id: string, form: Form): string {
    this.differing ??= this.findDiffering()
    return form !== 'response' && this.differing.has(id) ? `${id}Input` : id
  }

  private findDiffering(): Set<string> {
    const both = [...this.requests.keys()].filter((id) => this.answers.has(id))
    const differing = new Set(both.filter((id) => !isDeepStrictEqual(this.requests.get(id), this.answers.get(id))))
    // What refers to a schema with two forms has two forms itself.
    for (let before = -1; before !== differing.size; ) {
      before = differing.size
      for (const id of both)
        if (referencesOf(this.requests.get(id)).some((other) => differing.has(other))) differing.add(id)
    }
    return differing
  }
}

function idOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1)
}

function referencesOf(json: Json | undefined): string[] {
  const found: string[] = []
  mapSchema(json ?? {}, (inner) => {
    if (typeof inner.$ref === 'string') found.push(idOf(inner.$ref))
    return inner
  })
  return found
}

/** Headers and examples under their names, in the form of the document. */
export function examplesOf(examples: Record<string, unknown> | undefined): { examples?: Record<string, Json> } {
  return examples ? { examples: mapValues(examples, (value) => ({ value })) } : {}
}
