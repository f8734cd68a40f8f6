import { UnreachableError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import type { TokenSource } from '../tokens/token-source.ts'
import { type Call, type CallOptions, callOf } from './call.ts'
import { backoff, retryAfterOf } from './delay.ts'
import { BrokenLine, exchange } from './exchange.ts'

/** Sends a request, as often as it takes and is safe. @throws UnreachableError, CredentialsError, or the reason of the signal */
export type Transport = (request: Request & CallOptions) => Promise<Response>

/** Refused before anything was done: safe to send again, whatever it is. */
const notTaken: ReadonlySet<number> = new Set([408, 429])
const worthAnother: ReadonlySet<number> = new Set([...notTaken, 502, 503, 504])

/** What kept a call from a final answer. */
interface Trouble {
  /** What to hand out when no more is tried. */
  response?: Response
  error?: UnreachableError
  /** Whether the service may have done what was asked. */
  uncertain: boolean
  retryAfterMs: number | undefined
}

export function createTransport(settings: Settings, tokens: TokenSource): Transport {
  const { retry, surroundings } = settings
  const { clock, random, sleep } = surroundings

  return async (request) => {
    const call = await callOf(request, settings)
    for (let repeated = 0; ; repeated += 1) {
      const outcome = await attempt(call)
      if (outcome instanceof Response) return outcome
      const delay =
        (outcome.retryAfterMs ?? 0) + backoff(outcome.retryAfterMs === undefined ? repeated : 0, retry, random)
      const another = repeated < call.retries && (call.repeatable || !outcome.uncertain)
      if (!another || (outcome.retryAfterMs ?? 0) > retry.longestDelayMs) return endOf(outcome)
      await outcome.response?.body?.cancel()
      await sleep(delay, call.signal)
    }
  }

  async function attempt(call: Call): Promise<Response | Trouble> {
    try {
      const response = await authorised(call)
      const { status, headers } = response
      if (!worthAnother.has(status)) return response
      return { response, uncertain: !notTaken.has(status), retryAfterMs: retryAfterOf(headers, clock()) }
    } catch (error) {
      if (error instanceof UnreachableError) return { error, uncertain: false, retryAfterMs: error.retryAfterMs }
      if (error instanceof BrokenLine) return broken(call, error)
      throw error
    }
  }

  /** A token that ended, or was withdrawn, is renewed once. */
  async function authorised(call: Call): Promise<Response> {
    const token = await tokens.token(undefined, call.signal)
    const response = await sent(call, token)
    if (response.status !== 401) return response
    await response.body?.cancel()
    const renewed = await tokens.token(token, call.signal)
    return sent(call, renewed)
  }

  async function sent(call: Call, token: string): Promise<Response> {
    const headers = new Headers(call.headers)
    headers.set('authorization', `Bearer ${token}`)
    return exchange({ ...call, headers }, surroundings)
  }
}

function broken({ url, method, idempotencyKey }: Call, cause: BrokenLine): Trouble {
  const { sent: uncertain, message } = cause
  const where = `${method} ${new URL(url).origin}`
  return {
    error: new UnreachableError(`${where}: ${message}`, { cause, uncertain, idempotencyKey }),
    uncertain,
    retryAfterMs: undefined,
  }
}

function endOf({ response, error }: Trouble): Response {
  if (response) return response
  throw error
}
