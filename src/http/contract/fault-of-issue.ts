import type { z } from 'zod'
import type { Fault, FaultCode } from '../../errors.ts'

export type Part = 'params' | 'querystring' | 'headers' | 'body'
type Issue = z.core.$ZodIssue

/** How a check of ours names its own fault: `ctx.issues.push({code: 'custom', input, params: fault('too_long', {...})})`. */
export function fault(code: FaultCode, params: Record<string, string | number> = {}): Record<string, unknown> {
  return { fault: code, ...params }
}

/** An RFC 6901 pointer to a member. */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** A pointer as it is answered. */
export function shortPointerTo(path: readonly PropertyKey[]): string {
  return shortened(pointerTo(path), 2000)
}

/** Every fault that zod found in one part of a request, in our closed list of codes. */
export function faultsOf(part: Part, issues: readonly Issue[], input: unknown): Fault[] {
  const faults = issues.flatMap((issue) => faultsOfIssue(part, issue, input))
  // A whole number has two upper bounds, its own and that of JSON: only the last word on a place counts.
  const last = new Map(
    faults.map((found) => [`${found.pointer ?? found.parameter ?? found.header} ${found.code}`, found]),
  )
  return last.size === faults.length ? faults : [...last.values()]
}

function faultsOfIssue(part: Part, issue: Issue, input: unknown): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    const code = part === 'body' ? 'unknown_member' : 'unknown_parameter'
    return issue.keys.map((key) => ({ ...place(part, [...issue.path, key]), code }))
  }
  if (issue.code === 'invalid_key') return [{ ...place(part, issue.path), code: 'unknown_member' }]
  if (issue.code === 'invalid_union') return faultsOfUnion(part, issue, input)
  const { code, params } = codeOf(issue, valueAt(input, issue.path))
  return [{ ...place(part, issue.path), code, ...(params && { params }) }]
}

function faultsOfUnion(part: Part, issue: z.core.$ZodIssueInvalidUnion, input: unknown): Fault[] {
  const discriminator = 'discriminator' in issue ? String(issue.discriminator) : undefined
  if (discriminator !== undefined) {
    const path = issue.path.at(-1) === discriminator ? issue.path : [...issue.path, discriminator]
    const given = valueAt(input, path)
    if (given === undefined) return [{ ...place(part, path), code: 'required' }]
    const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : []
    return [{ ...place(part, path), code: 'not_allowed', ...allowed(options) }]
  }
  // The branch with the fewest issues is the one the caller most likely meant.
  const [best] = [...issue.errors].sort((a, b) => a.length - b.length)
  if (!best || best.length === 0) return [{ ...place(part, issue.path), code: 'wrong_type' }]
  return best.flatMap((inner) => faultsOfIssue(part, { ...inner, path: [...issue.path, ...inner.path] }, input))
}

function place(part: Part, path: readonly PropertyKey[]): Pick<Fault, 'pointer' | 'parameter' | 'header'> {
  if (part === 'body') return { pointer: shortPointerTo(path) }
  const name = shortened(String(path[0] ?? ''), 200)
  return part === 'headers' ? { header: headerName(name) } : { parameter: name }
}

/** A name that the caller made up comes back, but not at any length, and as text that every parser takes. */
export function shortened(name: string, maximum: number): string {
  return (name.length > maximum ? `${name.slice(0, maximum - 1)}…` : name).toWellFormed()
}

/** `if-none-match` as people write it: `If-None-Match`. */
export function headerName(name: string): string {
  return name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

type Coded = { code: FaultCode; params?: Record<string, string | number> }

function codeOf(issue: Issue, given: unknown): Coded {
  switch (issue.code) {
    case 'invalid_type':
      if (given === undefined) return { code: 'required' }
      return { code: 'wrong_type', params: { expected: issue.expected } }
    case 'invalid_value':
      if (given === undefined) return { code: 'required' }
      return { code: 'not_allowed', ...allowed(issue.values) }
    case 'too_small':
      return bound(issue.origin, 'small', { minimum: Number(issue.minimum) })
    case 'too_big':
      return bound(issue.origin, 'big', { maximum: Number(issue.maximum) })
    case 'invalid_format':
    case 'not_multiple_of':
      return { code: 'format_invalid', ...formatOf(issue) }
    case 'custom':
      return ownFault(issue.params)
    default:
      return { code: 'wrong_type' }
  }
}

/** The words to choose from, unless they are too many to read. */
function allowed(values: readonly unknown[]): Pick<Coded, 'params'> {
  const list = values.map(String).join(', ')
  return list === '' || list.length > 1000 ? {} : { params: { allowed: list } }
}

function formatOf(issue: Issue): Pick<Coded, 'params'> {
  if (issue.code !== 'invalid_format') return {}
  // The message of a pattern of ours is an example for people; zod's own begins with this word.
  if (issue.format === 'regex' && !issue.message.startsWith('Invalid')) return { params: { example: issue.message } }
  if (issue.format === 'regex' && issue.pattern)
    return { params: { format: issue.pattern.replace(/^\/|\/[a-z]*$/g, '') } }
  return { params: { format: issue.format } }
}

function bound(origin: string, side: 'small' | 'big', params: Record<string, number>): Coded {
  const big = side === 'big'
  if (origin === 'string') return { code: big ? 'too_long' : 'too_short', params }
  if (origin === 'array' || origin === 'set' || origin === 'object')
    return { code: big ? 'too_many' : 'too_few', params }
  return { code: big ? 'too_large' : 'too_small', params }
}

function ownFault(params: Record<string, unknown> | undefined): Coded {
  const { fault: code, ...rest } = params ?? {}
  return { code: (code as FaultCode) ?? 'format_invalid', params: rest as Record<string, string | number> }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const step of path) {
    // The path may go on inside what a codec made of a text.
    if (value === null || typeof value !== 'object') return value
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}
