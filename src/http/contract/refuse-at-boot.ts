import type { z } from 'zod'

type Def = z.core.$ZodTypes['_zod']['def']

export interface Refusals {
  /** Shown in the error, such as `submitReport body`. */
  where: string
  response: boolean
  /** Whether an object must refuse unknown members. */
  strict: boolean
}

const unspeakable = new Set([
  'date',
  'bigint',
  'symbol',
  'undefined',
  'void',
  'map',
  'set',
  'nan',
  'function',
  'promise',
  'custom',
  'file',
  'transform',
  'template_literal',
])

/** Throws on what JSON, the serialiser or a strict contract cannot say, before any request meets it. */
export function refuseUnspeakable(schema: z.ZodType, refusals: Refusals): void {
  walk(schema as unknown as z.core.$ZodTypes, refusals, '', new Set())
}

function walk(schema: z.core.$ZodTypes, refusals: Refusals, path: string, seen: Set<unknown>): void {
  if (seen.has(schema)) return
  seen.add(schema)
  const def = schema._zod.def
  const refuse = (why: string): never => {
    throw new Error(`contract: ${refusals.where}${path && ` at ${path}`}: ${why}`)
  }
  if (unspeakable.has(def.type)) refuse(`JSON has no ${def.type}`)
  if (def.type === 'pipe') checkPipe(def, refusals, refuse)
  if (def.type === 'object' && refusals.strict && typeOf(def.catchall) !== 'never') {
    refuse('an object in a request must be a strictObject, or unknown members would vanish')
  }
  for (const [step, inner] of childrenOf(def)) {
    walk(inner as z.core.$ZodTypes, refusals, `${path}${step}`, seen)
  }
}

function checkPipe(def: z.core.$ZodPipeDef, refusals: Refusals, refuse: (why: string) => never): void {
  if (typeOf(def.in) === 'transform') refuse('a preprocessing step has no wire form; use a codec')
  if (!refusals.response) return
  if (!('reverseTransform' in def)) refuse('a one-way transform cannot be answered; use a codec')
  if (typeOf(def.out) !== 'date') refuse('the serialiser knows no codec but Timestamp')
}

function typeOf(schema: z.core.$ZodType | undefined): string | undefined {
  return (schema as z.core.$ZodTypes | undefined)?._zod.def.type
}

function childrenOf(def: Def): [string, z.core.$ZodType][] {
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).map(([key, inner]) => [`/${key}`, inner])
    case 'array':
      return [['/*', def.element]]
    case 'tuple':
      return [...def.items, ...(def.rest ? [def.rest] : [])].map((inner, index) => [`/${index}`, inner])
    case 'record':
      return [['/*', def.valueType]]
    case 'union':
      return def.options.map((inner) => ['', inner])
    case 'intersection':
      return [
        ['', def.left],
        ['', def.right],
      ]
    case 'pipe':
      return [['', def.in]]
    case 'lazy':
      return [['', def.getter()]]
    default:
      return 'innerType' in def ? [['', def.innerType as z.core.$ZodType]] : []
  }
}
