import fc from 'fast-check'
import { isJson } from './contract.ts'
import type { Draft } from './draft.ts'
import type { Mutation } from './mutation.ts'
import { nested, oddNumbers, oddTexts, oddTokens } from './odd-values.ts'

type Path = readonly (string | number)[]

/** The body as a value, where it still is one. */
function bodyValue({ body }: Draft): unknown {
  return body && 'value' in body ? body.value : undefined
}

const hasValue = (draft: Draft) => isContainer(bodyValue(draft)) && isJson(draft.operation.body?.mediaType)
const jsonOf = (value: unknown) => JSON.stringify(value) ?? ''

const spoiltValue = (name: string, spoil: (value: object) => fc.Arbitrary<unknown>): Mutation => ({
  name,
  fits: hasValue,
  spoil: (draft) => spoil(bodyValue(draft) as object).map((value) => ({ body: { value } })),
})
const spoiltText = (name: string, spoil: (text: string, value: object) => fc.Arbitrary<string>): Mutation => ({
  name,
  fits: hasValue,
  spoil: (draft) => spoil(jsonOf(bodyValue(draft)), bodyValue(draft) as object).map((text) => ({ body: { text } })),
})
const spoiltBytes = (name: string, spoil: (bytes: Buffer) => fc.Arbitrary<Buffer>): Mutation => ({
  name,
  fits: hasValue,
  spoil: (draft) => spoil(Buffer.from(jsonOf(bodyValue(draft)))).map((bytes) => ({ body: { bytes } })),
})

const anywhere = (value: unknown) => fc.constantFrom(...pathsIn(value))
const atLeaf = (value: object, replace: fc.Arbitrary<unknown>) =>
  fc.tuple(anywhere(value), replace).map(([path, other]) => replaced(value, path, other))

/** A leaf of the body written as given, whatever JSON.stringify would say. */
const tokenAt = (value: object, tokens: fc.Arbitrary<string>) =>
  fc
    .tuple(anywhere(value), tokens)
    .map(([path, token]) => jsonOf(replaced(value, path, marker)).replace(`"${marker}"`, () => token))
const marker = 'here-comes-the-token'

export const bodyMutations: readonly Mutation[] = [
  spoiltValue('member left out', (value) => anywhere(value).map((path) => without(value, path))),
  {
    ...spoiltValue('member added', (value) =>
      fc
        .tuple(fc.constantFrom(...objectsIn(value)), oddTexts, fc.jsonValue({ maxDepth: 2 }))
        .map(([path, name, other]) => replaced(value, [...path, name || 'extra'], other)),
    ),
    fits: (draft) => hasValue(draft) && objectsIn(bodyValue(draft)).length > 0,
  },
  spoiltValue('value of another type', (value) => atLeaf(value, fc.jsonValue({ maxDepth: 2 }))),
  spoiltValue('odd text', (value) => atLeaf(value, oddTexts)),
  spoiltValue('odd number', (value) => atLeaf(value, oddNumbers)),
  spoiltValue('another value altogether', () => fc.jsonValue()),
  spoiltText('odd token', (_text, value) => tokenAt(value, oddTokens)),
  spoiltText('deep nesting', (text, value) => fc.oneof(nested, tokenAt(value, nested), fc.constant(`[${text}]`))),
  spoiltText('member twice', (text, value) =>
    fc
      .tuple(fc.constantFrom(...Object.keys(value), 'x'), fc.jsonValue({ maxDepth: 1 }))
      .map(([name, other]) => text.replace(/^\{/, () => `{${jsonOf(name)}:${jsonOf(other)},`)),
  ),
  spoiltText('cut off', (text) => fc.nat({ max: text.length - 1 }).map((length) => text.slice(0, length))),
  spoiltText('more behind it', (text) =>
    fc.constantFrom(' ', '\n\n', '{}', ',', '\u0000', text).map((more) => text + more),
  ),
  spoiltText('too large', (text) => fc.constantFrom(262_144, 262_145, 400_000).map((size) => text.padEnd(size, ' '))),
  spoiltBytes('no UTF-8', (bytes) =>
    fc
      .tuple(fc.nat({ max: bytes.length }), fc.constantFrom('ff', 'c0af', 'eda080', 'f4908080', 'e2', 'fe', '80'))
      .map(([at, hex]) => Buffer.concat([bytes.subarray(0, at), Buffer.from(hex, 'hex'), bytes.subarray(at)])),
  ),
  spoiltBytes('another encoding', (bytes) =>
    fc.constantFrom(
      Buffer.from(bytes.toString(), 'utf16le'),
      Buffer.from(bytes.toString(), 'latin1'),
      Buffer.concat([Buffer.from('efbbbf', 'hex'), bytes]),
      Buffer.alloc(0),
      Buffer.alloc(2000),
    ),
  ),
]

function isContainer(value: unknown): value is object {
  return value !== null && typeof value === 'object'
}

/** Where anything stands in a value, but for the value itself. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  const inner = isContainer(value)
    ? Object.entries(value).flatMap(([key, each]) => pathsIn(each, [...path, Array.isArray(value) ? Number(key) : key]))
    : []
  return path.length === 0 ? (inner.length > 0 ? inner : [['x']]) : [path, ...inner]
}

function objectsIn(value: unknown, path: Path = []): Path[] {
  if (!isContainer(value)) return []
  const inner = Object.entries(value).flatMap(([key, each]) => objectsIn(each, [...path, key]))
  return Array.isArray(value) ? inner : [path, ...inner]
}

function replaced(value: unknown, [step, ...rest]: Path, other: unknown): unknown {
  if (step === undefined) return other
  const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as object) }
  const within = (value as Record<string, unknown>)[step]
  Object.defineProperty(copy, step, {
    value: replaced(within, rest, other),
    ...{ enumerable: true, configurable: true, writable: true },
  })
  return copy
}

function without(value: unknown, [step = '', ...rest]: Path): unknown {
  const within = (value as Record<string, unknown>)[step]
  if (rest.length > 0) return replaced(value, [step], without(within, rest))
  if (Array.isArray(value)) return value.filter((_, index) => index !== step)
  const { [step]: _left, ...others } = value as Record<string, unknown>
  return others
}
