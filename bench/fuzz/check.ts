import type { Attempt } from './attempt.ts'
import { type Answerable, type Contract, isJson, type Operation } from './contract.ts'
import { whyRefused } from './refusal.ts'
import type { Answer } from './send.ts'
import type { World } from './world.ts'

/** What the answers of the router and the parser may be, where a request belongs to no operation. */
const outsideOperations = [400, 404, 405, 408, 431]
/** Pages for people beside the operations. */
const pages = /^\/$|^\/(docs|problems)(\/|$)|^\/openapi\.json$/
/** Nothing of what we are made of is told to callers. */
const ownAffairs = /node_modules|\.[jt]s:\d|postgres|drizzle|fastify|\bzod\b|SQLSTATE|\bat \S+ \(/i
const problemMediaType = 'application/problem+json'
const beside: Record<number, string> = { 401: 'www-authenticate', 405: 'allow', 415: 'accept' }

/** What an answer breaks of the contract, each as a sentence; none for a good one. */
export function faultsOf(contract: Contract, world: World, attempt: Attempt, answer: Answer): string[] {
  const operation = operationOf(contract, attempt)
  const faults = generalFaults(contract, attempt, answer)
  if (operation) faults.push(...operationFaults(contract, world, operation, attempt, answer))
  else if (
    attempt.raw === undefined &&
    !pages.test(pathOf(attempt.target)) &&
    !outsideOperations.includes(answer.status)
  )
    faults.push(`status ${answer.status} for what is no operation`)
  return faults
}

/** The operation that a request reaches, whatever it was made from. */
export function operationOf({ operations }: Contract, { method, target, raw }: Attempt): Operation | undefined {
  if (raw !== undefined) return undefined
  const path = pathOf(target)
  const asked = method === 'HEAD' ? 'GET' : method
  return operations.find((operation) => operation.method === asked && operation.pattern.test(path))
}

function pathOf(target: string): string {
  const [path = ''] = target.split(/[?#]/, 1)
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

function generalFaults(contract: Contract, attempt: Attempt, { status, headers, body }: Answer): string[] {
  const faults: string[] = []
  const fault = (holds: boolean, text: string) => holds || faults.push(text)
  fault(status >= 200 && status < 500, `status ${status}`)
  fault(typeof headers['x-request-id'] === 'string', 'no X-Request-Id')
  fault(attempt.method !== 'HEAD' || body.length === 0, 'an answer to HEAD with a body')
  if (status < 400) return faults
  fault(mediaTypeOf(headers['content-type']) !== undefined, 'an error without a media type')
  const needed = beside[status]
  fault(needed === undefined || headers[needed] !== undefined, `status ${status} without ${needed}`)
  if (attempt.method === 'HEAD') return faults
  fault(!ownAffairs.test(body.toString()), 'an error that tells what we are made of')
  if (mediaTypeOf(headers['content-type']) === problemMediaType)
    faults.push(...problemFaults(contract, { status, headers, body }))
  return faults
}

function problemFaults(contract: Contract, { status, headers, body }: Answer): string[] {
  const problem = parsed(body) as Record<string, unknown> | undefined
  const fault = problem === undefined ? 'no JSON' : contract.fault(contract.problemPointer, problem)
  if (!problem || fault) return [`a problem that breaks its schema: ${fault}`]
  const faults: string[] = []
  if (problem.status !== status) faults.push(`a problem that says ${problem.status}`)
  if (problem.instance !== headers['x-request-id']) faults.push('a problem of another instance')
  return faults
}

function operationFaults(
  contract: Contract,
  world: World,
  operation: Operation,
  attempt: Attempt,
  answer: Answer,
): string[] {
  const { status } = answer
  const documented = operation.responses.get(status)
  if (!documented) return [`status ${status} is not documented`]
  const faults = headerFaults(contract, documented, answer)
  if (attempt.method !== 'HEAD') faults.push(...contentFaults(contract, documented, answer))
  const why = status < 400 ? whyRefused(contract, world, operation, attempt) : undefined
  if (why) faults.push(`status ${status} in spite of ${why}`)
  return faults
}

function headerFaults(contract: Contract, documented: Answerable, { headers }: Answer): string[] {
  return [...documented.headers].flatMap(([name, { required, pointer }]) => {
    const value = headers[name]
    if (value === undefined) return required ? [`no header ${name}`] : []
    const fault = contract.fault(pointer, value)
    return fault ? [`a header ${name} that breaks its schema: ${fault}`] : []
  })
}

function contentFaults(contract: Contract, { content }: Answerable, { status, headers, body }: Answer): string[] {
  if (content.size === 0) return body.length === 0 ? [] : [`status ${status} with a body`]
  const mediaType = mediaTypeOf(headers['content-type'])
  const pointer = content.get(mediaType ?? '')
  if (!pointer) return [`status ${status} in ${mediaType}`]
  if (!isJson(mediaType)) return []
  const value = parsed(body)
  const fault = value === undefined ? 'no JSON' : contract.fault(pointer, value)
  return fault ? [`status ${status} with a body that breaks its schema: ${fault}`] : []
}

function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim()
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
