import { randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, importJWK, type JWK, SignJWT } from 'jose'
import type { components } from '../contract.ts'

// The part of the client that the outbox uses, in the least form: the client itself takes its place.

interface ProblemDocument {
  status: number
  code: string
  title: string
  detail: string
  errors?: unknown
  existingId?: string
}

/** The service refused, as its RFC 9457 problem says. */
export class ProblemError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly errors: unknown
  readonly existingId: string | undefined
  readonly retryAfterMs: number | undefined

  constructor({ status, code, title, detail, errors, existingId }: ProblemDocument, retryAfterMs?: number) {
    super(`${status} ${title}: ${detail}`)
    this.name = 'ProblemError'
    this.status = status
    this.code = code
    this.title = title
    this.detail = detail
    this.errors = errors
    this.existingId = existingId
    this.retryAfterMs = retryAfterMs
  }
}

/** No answer of the service came, or it cannot answer now. */
export class UnreachableError extends Error {
  readonly retryAfterMs: number | undefined

  constructor(message: string, options: ErrorOptions & { retryAfterMs?: number | undefined } = {}) {
    super(message, options)
    this.name = 'UnreachableError'
    this.retryAfterMs = options.retryAfterMs
  }
}

export type Proof =
  | { token: string }
  | { clientId: string; secret: string }
  | { clientId: string; privateJwk: JWK & { alg?: string; kid?: string } }

async function tokenRequest(
  url: string,
  proof: Proof,
): Promise<{ headers: Record<string, string>; body: URLSearchParams }> {
  const grant = { grant_type: 'client_credentials' }
  if ('secret' in proof) {
    const pair = [proof.clientId, proof.secret].map(encodeURIComponent).join(':')
    const authorization = `Basic ${Buffer.from(pair).toString('base64')}`
    return { headers: { authorization }, body: new URLSearchParams(grant) }
  }
  if (!('privateJwk' in proof)) throw new Error('A token needs no other')
  const { clientId, privateJwk } = proof
  const { alg = 'ES256', kid = await calculateJwkThumbprint(privateJwk) } = privateJwk
  const assertion = await new SignJWT({ iss: clientId, sub: clientId, aud: url, jti: randomUUID() })
    .setProtectedHeader({ alg, kid })
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(await importJWK(privateJwk, alg))
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  const body = new URLSearchParams({ ...grant, client_assertion_type: type, client_assertion: assertion })
  return { headers: {}, body }
}

/** Milliseconds that an answer may take. */
const answerTime = 30_000

/** The two calls that the outbox makes. Sends once: whoever calls tries again. */
export function connect(url: string, proof: Proof) {
  let token: string | undefined = 'token' in proof ? proof.token : undefined

  async function bearer(signal: AbortSignal | undefined): Promise<string> {
    if (token !== undefined) return token
    const init = { method: 'POST', ...(await tokenRequest(url, proof)), signal: signal ?? null }
    const answer = await call(`${url}/oauth/token`, init)
    token = (answer.body as { access_token: string }).access_token
    return token
  }

  async function authorized(path: string, init: RequestInit, signal: AbortSignal | undefined) {
    for (let tries = 0; ; tries += 1) {
      const headers = { ...init.headers, authorization: `Bearer ${await bearer(signal)}` }
      try {
        return await call(`${url}${path}`, { ...init, headers, signal: signal ?? null })
      } catch (error) {
        if (tries > 0 || 'token' in proof || !(error instanceof ProblemError) || error.status !== 401) throw error
        token = undefined
      }
    }
  }

  return {
    async submit(report: object, { idempotencyKey, signal }: { idempotencyKey: string; signal?: AbortSignal }) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey }
      const init = { method: 'POST', headers, body: JSON.stringify(report) }
      const { body, headers: told } = await authorized('/v1/reports', init, signal)
      return {
        report: body as components['schemas']['Report'],
        replayed: told.get('idempotent-replayed') === 'true',
      }
    },
    /** Code of the office that the token is for; null for an agency. */
    async office(signal?: AbortSignal): Promise<string | null> {
      const { body } = await authorized('/v1/me', {}, signal)
      return (body as { office: { code: string } | null }).office?.code ?? null
    },
  }
}

async function call(url: string, init: RequestInit): Promise<{ body: unknown; headers: Headers }> {
  const late = AbortSignal.timeout(answerTime)
  const signal = init.signal ? AbortSignal.any([init.signal, late]) : late
  const answer = await fetch(url, { ...init, signal })
    .then(async (response) => ({ response, text: await response.text() }))
    .catch((error: unknown) => {
      if (init.signal?.aborted) throw error
      throw new UnreachableError(`${url} cannot be reached`, { cause: error })
    })
  return read(answer.response, answer.text)
}

function read(response: Response, text: string): { body: unknown; headers: Headers } {
  const { status, headers, ok } = response
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined
  const body = jsonOf(text) as Partial<ProblemDocument> & { error?: string; error_description?: string }
  if (ok && body !== undefined) return { body, headers }
  if (status === 429 || status >= 500) throw new UnreachableError(`The service answers ${status}`, { retryAfterMs })
  const { code = body?.error, title = code, detail = body?.error_description ?? '', errors, existingId } = body ?? {}
  if (code === undefined) throw new UnreachableError('What answers is not the service')
  throw new ProblemError({
    status,
    code,
    title: title ?? code,
    detail,
    ...(errors !== undefined && { errors }),
    ...(existingId !== undefined && { existingId }),
  })
}

function jsonOf(text: string) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
