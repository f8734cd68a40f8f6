import type { LightMyRequestResponse } from 'fastify'
import type { Caller } from './callers.ts'
import { textOf, tracesIn } from './secrets.ts'
import { allFor, type World } from './world.ts'

export interface Request {
  url: string
  method?: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'
  headers?: Record<string, string>
  body?: unknown
}

/** A caller who may not even try. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number) {
    super(`refused with ${status}`)
    this.status = status
  }
}

export type Ask = (request: Request) => Promise<LightMyRequestResponse>

/** What was found in answers that must not be there. */
export interface Findings {
  leaks: string[]
  /** A refusal of each kind, to the last byte: what one may not see must answer as what nobody has. */
  refusals: Map<string, string>
}

/** Asks as a caller. Every byte of every answer is looked through, and refusals are compared with each other. */
export function asks(world: World, caller: Caller, findings: Findings): Ask {
  const allowed = tracesIn([allFor(caller, world), ...world.before.values()].join('\n'))
  return async ({ url, method = 'GET', headers, body }) => {
    const authorization =
      caller.fault === 'no token' ? {} : { authorization: `Bearer ${world.tokens.get(caller.name)}` }
    const sent = {
      'x-request-id': 'no-leak',
      ...authorization,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const payload = body === undefined ? {} : { payload: JSON.stringify(body) }
    const answer = await world.api.call({ method, url, headers: { ...sent, ...headers }, ...payload })
    const where = `${caller.name}: ${method} ${url} ${JSON.stringify(headers ?? {})}: ${answer.statusCode}`
    for (const trace of tracesIn(textOf(answer)))
      if (!allowed.has(trace)) findings.leaks.push(`${where} tells ${trace}`)
    if ([401, 403, 404, 410].includes(answer.statusCode)) compareRefusal(findings, where, method, answer)
    if (mayNotTry(method, answer)) throw new Refused(answer.statusCode)
    return answer
  }
}

const tokens = ['token_missing', 'token_invalid', 'scope_missing']

function mayNotTry(method: string, { statusCode, payload }: LightMyRequestResponse): boolean {
  if (statusCode !== 401 && statusCode !== 403) return false
  return method === 'HEAD' || tokens.includes(JSON.parse(payload).code)
}

function compareRefusal(
  { leaks, refusals }: Findings,
  where: string,
  method: string,
  answer: LightMyRequestResponse,
): void {
  const { date: _date, ratelimit: _counted, ...headers } = answer.headers
  const said = JSON.stringify([headers, answer.payload])
  // A missing token and a missing scope are named; of what is not there, or no longer, nothing is.
  const named = method === 'HEAD' ? `HEAD ${headers['content-length']}` : codeOf(answer)
  const kind = `${answer.statusCode} ${named}`
  const first = refusals.get(kind) ?? said
  refusals.set(kind, first)
  if (said !== first) leaks.push(`${where} can be told from another: ${said} and ${first}`)
}

function codeOf({ payload }: LightMyRequestResponse): string {
  const { code, detail } = JSON.parse(payload)
  return code === 'scope_missing' ? detail : code
}
