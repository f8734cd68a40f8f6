import { randomUUID } from 'node:crypto'
import type { Settings } from '../settings.ts'

/** What any single call may say beside its parameters, such as `waspada.GET('/v1/reports', { retries: 0 })`. */
export interface CallOptions {
  /** Ends the call; its reason is thrown. */
  signal?: AbortSignal
  /** How often it is sent again at most. */
  retries?: number
  /** Milliseconds for each attempt. */
  timeoutMs?: number
  /** Safe to send again although it is a POST without a key. */
  repeatable?: boolean
  /** An answer that is no JSON is wanted, as it comes; what `parseAs` says. */
  streams?: boolean
}

/** A request with all that is needed to send it more than once. */
export interface Call {
  url: string
  method: string
  headers: Headers
  body: Uint8Array<ArrayBuffer> | undefined
  signal: AbortSignal
  retries: number
  timeoutMs: number
  repeatable: boolean
  streams: boolean
  idempotencyKey: string | undefined
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])

export async function callOf(request: Request & CallOptions, { baseUrl, language, retry }: Settings): Promise<Call> {
  // The token is for this service, and for nobody else.
  if (!request.url.startsWith(`${baseUrl}/`)) throw new TypeError('The request is not for the service of this client')
  const headers = new Headers(request.headers)
  if (!headers.has('accept-language')) headers.set('accept-language', language)
  if (!headers.has('x-request-id')) headers.set('x-request-id', randomUUID())
  const idempotencyKey = headers.get('idempotency-key') ?? undefined
  return {
    url: request.url,
    method: request.method,
    headers,
    body: request.body === null ? undefined : new Uint8Array(await request.arrayBuffer()),
    signal: request.signal,
    retries: request.retries ?? retry.retries,
    timeoutMs: request.timeoutMs ?? retry.timeoutMs,
    repeatable: safeMethods.has(request.method) || idempotencyKey !== undefined || request.repeatable === true,
    streams: request.streams === true,
    idempotencyKey,
  }
}
