import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { ErrorCode } from '../../errors.ts'
import { type BodyMediaType, bytesMediaType, ndjsonMediaType } from '../media-type.ts'
import { statusOf } from '../problem.ts'
import { type Deprecation, readDeprecation } from './deprecation.ts'
import { refuseUnspeakable } from './refuse-at-boot.ts'
import { DocumentedProblems, DocumentedResponse, type ResponseNotes } from './responses.ts'
import type { RouteSchema, RouteScope } from './route-schema.ts'

export interface ResponseContract {
  schema: z.ZodType | null
  notes: ResponseNotes
}

/** What one route promises, read once at boot; validator, serialiser and document are all made from this. */
export interface RouteContract {
  method: string
  url: string
  scope: RouteScope
  notFound: ErrorCode
  /** What the body may be sent as; empty where the method has none. */
  bodyMediaTypes: readonly BodyMediaType[]
  /** Whether requests are counted, and refused when there are too many. */
  limited: boolean
  /** Where it will be gone. */
  deprecation: Deprecation | undefined
  schema: RouteSchema
  responses: Map<number, ResponseContract>
  problems: Map<number, Set<ErrorCode>>
}

/** Reads the contract of a route; throws where the route leaves out what every route must state. */
export function routeContract(options: RouteOptions): RouteContract {
  const where = `${String(options.method)} ${options.url}`
  if (typeof options.method !== 'string') throw new Error(`contract: ${where} is several operations at once`)
  const scope = options.config?.scope
  if (!scope) throw new Error(`contract: ${where} states no scope; use 'public' where anyone may call`)
  const schema = options.schema as unknown as RouteSchema | undefined
  if (!schema?.operationId) throw new Error(`contract: ${where} has no operationId`)
  if (!schema.response || Object.keys(schema.response).length === 0) {
    throw new Error(`contract: ${where} has no response schemas`)
  }
  const notFound = options.config?.notFound ?? 'route_not_found'
  const { method } = options
  const bodyMediaTypes = bodyMediaTypesOf(method, schema)
  const limited = options.config?.unlimited !== true
  const { url } = options
  const deprecation = schema.deprecation && readDeprecation(schema.operationId, schema.deprecation)
  const known = { method, url, scope, notFound, bodyMediaTypes, limited, deprecation, schema }
  const contract = { ...known, ...readResponses(schema) }
  if (contract.responses.size === 0) throw new Error(`contract: ${where} has no answer of success`)
  checkSchemas(contract)
  for (const code of impliedProblems(contract)) addProblem(contract.problems, code)
  return contract
}

function bodyMediaTypesOf(
  method: string,
  { bodyMediaType, bodyItems, form, bytes }: RouteSchema,
): readonly BodyMediaType[] {
  if (method === 'GET' || method === 'HEAD') return []
  if (form) return ['application/x-www-form-urlencoded']
  if (bytes) return [bytesMediaType]
  if (bodyItems) return ['application/json', ndjsonMediaType]
  return [bodyMediaType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json')]
}

function readResponses(schema: RouteSchema): Pick<RouteContract, 'responses' | 'problems'> {
  const responses = new Map<number, ResponseContract>()
  const problems = new Map<number, Set<ErrorCode>>()
  for (const [status, entry] of Object.entries(schema.response)) {
    if (!/^[1-5]\d\d$/.test(status)) throw new Error(`contract: ${schema.operationId}: ${status} is no status`)
    if (entry instanceof DocumentedProblems) for (const code of entry.codes) addProblem(problems, code)
    else if (entry instanceof DocumentedResponse) {
      responses.set(Number(status), { schema: entry.schema, notes: entry.notes })
    } else responses.set(Number(status), { schema: entry, notes: {} })
  }
  return { responses, problems }
}

function addProblem(problems: Map<number, Set<ErrorCode>>, code: ErrorCode): void {
  const status = statusOf(code)
  const codes = problems.get(status) ?? new Set()
  problems.set(status, codes.add(code))
}

/** The refusals that follow from what a route takes, so that no route has to list them. */
function impliedProblems({ scope, notFound, bodyMediaTypes, limited, schema }: RouteContract): ErrorCode[] {
  const codes: ErrorCode[] = ['request_malformed', 'parameter_invalid', 'not_acceptable']
  if (limited) codes.push('rate_limited')
  if (scope !== 'public') codes.push('token_missing', 'token_invalid', 'value_refused')
  if (scope.includes(':')) codes.push('scope_missing')
  if (schema.params) codes.push(notFound)
  if (bodyMediaTypes.length > 0) {
    codes.push('body_too_large', 'media_type_unsupported')
    if (!schema.form && !schema.bytes) codes.push('body_invalid')
    if (scope !== 'public') codes.push('change_refused')
  }
  return [...codes, 'headers_too_large', 'request_timeout', 'internal_error', 'service_unavailable']
}

const parts = ['params', 'querystring', 'headers', 'body', 'bodyItems', 'form'] as const
const ofAnyShape = new Set<string>(['body', 'bodyItems'])

function checkSchemas({ schema, responses }: RouteContract): void {
  for (const part of parts) {
    const given = schema[part]
    if (!given) continue
    const where = `${schema.operationId} ${part}`
    if (!(given instanceof z.ZodType)) throw new Error(`contract: ${where} is no zod schema`)
    // Other headers always travel along, so the headers that a route names are no closed set.
    refuseUnspeakable(given, { where, response: false, strict: part !== 'headers' })
    if (!ofAnyShape.has(part) && !(given instanceof z.ZodObject))
      throw new Error(`contract: ${where} must be an object`)
  }
  for (const [status, response] of responses) {
    const where = `${schema.operationId} response ${status}`
    for (const form of [response.schema, ...Object.values(response.notes.otherForms ?? {})])
      if (form) refuseUnspeakable(form, { where, response: true, strict: false })
  }
}
