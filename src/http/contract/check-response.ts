import { isDeepStrictEqual } from 'node:util'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { DomainError } from '../../errors.ts'
import { problemMediaType, problemOf } from '../problem.ts'
import { securityHeaders } from '../security-headers.ts'
import type { Deprecation } from './deprecation.ts'
import { pointerTo } from './fault-of-issue.ts'
import { ProblemView } from './problem-schema.ts'
import { mediaTypesOf } from './responses.ts'
import type { ResponseContract, RouteContract } from './route-contract.ts'

/** Headers that any answer may carry, so that no route has to document them. */
const common = new Set([
  ...Object.keys(securityHeaders),
  'ratelimit',
  'ratelimit-policy',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'content-type',
  'content-length',
  'content-language',
  'cache-control',
  'connection',
  'date',
  'vary',
  'x-request-id',
  'deprecation',
  'sunset',
  'transfer-encoding',
])
const ofProblems = new Set(['www-authenticate', 'allow', 'accept', 'accept-patch', 'accept-encoding', 'retry-after'])

type Payload = unknown

/** An onSend hook that turns an answer into a 500 when it is not what the contract of its route says. For tests. */
export function checkResponse(contract: RouteContract, onViolation?: (violation: string) => void) {
  return (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: Payload,
    done: (error: Error | null, payload?: Payload) => void,
  ) => {
    const violation = findViolation(contract, request, reply, payload)
    if (violation === undefined) return done(null, payload)
    const message = `${contract.schema.operationId} ${reply.statusCode}: ${violation}`
    request.log.error({ violation: message }, 'an answer breaks its contract')
    onViolation?.(message)
    // Replaced rather than thrown: what is thrown while a refusal is being sent never reaches the error handler.
    const problem = problemOf(new DomainError('internal_error'), 'id', request.id)
    reply.code(500).removeHeader('content-length').header('content-type', problemMediaType)
    done(null, JSON.stringify(problem))
  }
}

function findViolation(
  contract: RouteContract,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: Payload,
): string | undefined {
  const status = reply.statusCode
  const type = String(reply.getHeader('content-type') ?? '')
  const untold = missingDeprecation(contract, reply)
  if (untold) return `the header ${untold} is missing`
  if (type.startsWith('application/problem+json')) {
    return request.method === 'HEAD' ? undefined : problemViolation(contract, status, payload)
  }
  const response = contract.responses.get(status)
  if (!response) return 'this status is not documented'
  const headers = headerViolation(response, reply, contract.deprecation)
  if (headers || request.method === 'HEAD') return headers
  return bodyViolation(response, type, payload)
}

function missingDeprecation({ deprecation }: RouteContract, reply: FastifyReply): string | undefined {
  return Object.keys(deprecation?.headers ?? {}).find((name) => reply.getHeader(name) === undefined)
}

function problemViolation(contract: RouteContract, status: number, payload: Payload): string | undefined {
  const problem = JSON.parse(String(payload))
  if (!contract.problems.get(status)?.has(problem.code)) return `the problem ${problem.code} is not documented`
  return wireViolation(ProblemView, problem)
}

function headerViolation(
  { notes }: ResponseContract,
  reply: FastifyReply,
  deprecation: Deprecation | undefined,
): string | undefined {
  const documented = new Set(Object.keys(notes.headers ?? {}).map((name) => name.toLowerCase()))
  if (deprecation?.link !== undefined) documented.add('link')
  const sent = Object.keys(reply.getHeaders()).map((name) => name.toLowerCase())
  const unknown = sent.find((name) => !documented.has(name) && !common.has(name) && !ofProblems.has(name))
  if (unknown) return `the header ${unknown} is not documented`
  const missing = Object.entries(notes.headers ?? {}).find(
    ([name, doc]) => doc.required && !sent.includes(name.toLowerCase()),
  )
  return missing && `the header ${missing[0]} is missing`
}

function bodyViolation({ schema, notes }: ResponseContract, type: string, payload: Payload): string | undefined {
  const empty = payload === undefined || payload === null || payload === ''
  if (!schema) return empty ? undefined : 'a body where none is documented'
  const mediaTypes = mediaTypesOf(notes)
  const mediaType = type.split(';')[0] ?? ''
  if (!mediaTypes.includes(mediaType))
    return `${type || 'no content type'} where ${mediaTypes.join(', ')} is documented`
  if (mediaType !== 'application/json') return undefined
  if (typeof payload !== 'string') return empty ? 'no body' : 'a body that is not text'
  return wireViolation(schema, JSON.parse(payload))
}

/** What in `wire` is not as the schema says; undefined when all is well. Exact: unknown members and other spellings count. */
export function wireViolation(schema: z.ZodType, wire: unknown): string | undefined {
  const result = schema.safeParse(wire)
  if (!result.success) {
    return result.error.issues.map(({ path, message }) => `${pointerTo(path) || 'the body'}: ${message}`).join('; ')
  }
  // Zod drops what it does not know and fills in defaults: only what comes back the same was said by the schema.
  const difference = firstDifference(wire, z.encode(schema, result.data), [])
  return difference && `${difference}: not as the schema would write it`
}

function firstDifference(wire: unknown, expected: unknown, path: PropertyKey[]): string | undefined {
  if (isDeepStrictEqual(wire, expected)) return undefined
  if (typeof wire === 'object' && typeof expected === 'object' && wire && expected) {
    for (const key of new Set([...Object.keys(wire), ...Object.keys(expected)])) {
      const [ours, theirs] = [wire as Record<string, unknown>, expected as Record<string, unknown>]
      const difference = firstDifference(ours[key], theirs[key], [...path, key])
      if (difference) return difference
    }
    return undefined
  }
  return pointerTo(path) || 'the body'
}
