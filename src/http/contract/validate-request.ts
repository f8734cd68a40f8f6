import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { DomainError, type ErrorCode, type Fault } from '../../errors.ts'
import { faultsOf, type Part, shortened } from './fault-of-issue.ts'
import type { BodyFaults } from './route-schema.ts'

export interface RequestSchemas {
  params?: z.ZodType
  querystring?: z.ZodType
  headers?: z.ZodType
  body?: z.ZodType
  bodyItems?: z.ZodType
  bytes?: z.ZodType
  form?: z.ZodType
  bodyOptional?: true
  bodyFaults?: BodyFaults
}

// A body of nothing but unknown members would otherwise be answered by one many times its size.
const mostFaults = 1000

const nothing = z.strictObject({})

/**
 * Checks every part of a request against its schema and replaces it by what the schema made of it; throws one error that
 * names all faults of all parts. A path that cannot name anything is the route's own not-found.
 */
export function requestValidator(schemas: RequestSchemas, notFound: ErrorCode): (request: FastifyRequest) => void {
  const { params, headers, body, bodyItems, form, bytes, bodyOptional, bodyFaults } = schemas
  const querystring = schemas.querystring ?? nothing
  const headerNames = namesOf(headers)
  const parameterNames = namesOf(querystring)
  return (request) => {
    if (params) {
      const result = params.safeParse(request.params)
      if (!result.success) throw new DomainError(notFound)
      request.params = result.data
    }
    const absent = request.body === undefined
    if ((body ?? bodyItems) && absent && !bodyOptional) throw new DomainError('request_malformed', { reason: 'body' })
    const faults: Fault[] = brokenPercents(request.raw.url ?? '')
    request.query = parsed(querystring, 'querystring', request.query, faults, repeatedParameters)
    nameKnown(faults, parameterNames)
    if (headers) {
      const picked = pick(request.raw.headers, headerNames)
      const data = parsed(headers, 'headers', picked, faults)
      if (data) request.headers = data as typeof request.headers
    }
    const parameterFaults = faults.length
    const sent = request.body
    if (body && !absent) request.body = parsedBody(body, request, faults)
    else if (!(body ?? bodyItems ?? form ?? bytes) && sent !== undefined && sent !== null)
      parsedBody(nothing, request, faults)
    if (faults.length > 0) {
      if (bodyFaults) addFaults(faults, bodyFaults(request, sent))
      const code = parameterFaults > 0 ? 'parameter_invalid' : 'body_invalid'
      throw new DomainError(code, {}, faults.slice(0, mostFaults))
    }
  }
}

/** The first unknown parameter says which are known, once. */
function nameKnown(faults: readonly Fault[], known: readonly string[]): void {
  const first = faults.find(({ code }) => code === 'unknown_parameter')
  if (first && known.length > 0) first.params = { known: known.join(', ') }
}

function names(faults: readonly Fault[], pointer: string | undefined): boolean {
  return faults.some((fault) => fault.pointer === pointer)
}

/** The parser of query strings leaves what it cannot decode as it is; `%ff` is no text that anyone meant. */
function brokenPercents(url: string): Fault[] {
  const start = url.indexOf('?')
  if (start < 0 || !url.includes('%', start)) return []
  const broken = url
    .slice(start + 1)
    .split('&')
    .filter((pair) => !isDecodable(pair))
  const parameters = new Set(broken.map((pair) => shortened(pair.split('=', 1)[0] ?? '', 200)))
  return [...parameters].map((parameter) => ({ parameter, code: 'text_invalid' }))
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function parsedBody(schema: z.ZodType, { body, textFaults = [] }: FastifyRequest, faults: Fault[]): unknown {
  return readValue(schema, { value: body, textFaults }, faults)
}

/**
 * What the schema makes of a value that came as JSON. What its text holds and the value does not show is named first; the schema adds
 * what it finds elsewhere.
 * @returns nothing of use where it adds to `faults`
 */
export function readValue(
  schema: z.ZodType,
  { value, textFaults }: { value: unknown; textFaults: readonly Fault[] },
  faults: Fault[],
): unknown {
  faults.push(...textFaults)
  const known = new Set(textFaults.map(({ pointer }) => pointer))
  return parsed(schema, 'body', value, faults, (_input, found) =>
    known.size === 0 ? found : found.filter(({ pointer }) => !known.has(pointer)),
  )
}

/** Adds the faults of a body whose shape is wrong already, where nothing is wrong with the place yet. */
export function addFaults(faults: Fault[], more: readonly Fault[]): void {
  faults.push(...more.filter(({ pointer }) => !names(faults, pointer)))
}

type MoreFaults = (input: unknown, faults: Fault[]) => Fault[]

function parsed(schema: z.ZodType, part: Part, input: unknown, faults: Fault[], more?: MoreFaults): unknown {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const found = faultsOf(part, result.error.issues, input)
  faults.push(...(more ? more(input, found) : found))
  return undefined
}

/** A parameter given twice arrives as a list, which no schema takes: say so instead of calling it the wrong type. */
function repeatedParameters(input: unknown, found: Fault[]): Fault[] {
  const repeated = Object.entries(input as object)
    .filter(([, value]) => Array.isArray(value))
    .map(([name]) => name)
  const others = found.filter(
    (fault) => fault.code === 'unknown_parameter' || !repeated.includes(fault.parameter ?? ''),
  )
  const unknown = new Set(others.filter((fault) => fault.code === 'unknown_parameter').map((fault) => fault.parameter))
  const own = repeated.filter((name) => !unknown.has(name))
  return [...own.map((parameter): Fault => ({ parameter, code: 'repeated_parameter' })), ...others]
}

function namesOf(schema: z.ZodType | undefined): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function pick(headers: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {}
  for (const name of names) if (headers[name] !== undefined) picked[name] = headers[name]
  return picked
}
