import { CredentialsError, UnreachableError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { retryAfterOf } from '../transport/delay.ts'
import { BrokenLine, exchange } from '../transport/exchange.ts'
import { signAssertion } from './assertion.ts'
import type { KeyCredentials, SecretCredentials } from './credentials.ts'
import type { TokenEndpoint } from './discover.ts'
import { usable } from './token-source.ts'

export interface Granted {
  token: string
  /** Milliseconds. */
  lifetime: number
}

interface TokenAnswer {
  access_token?: unknown
  token_type?: unknown
  expires_in?: unknown
  error?: unknown
  error_description?: unknown
}

/** Seconds, where an issuer does not say. */
const usualLifetime = 300

/**
 * Asks for a token by client credentials (RFC 6749, section 4.4).
 * @throws CredentialsError when the client is refused, UnreachableError when nobody can say
 */
export async function requestToken(
  settings: Settings,
  credentials: SecretCredentials | KeyCredentials,
  endpoint: TokenEndpoint,
): Promise<Granted> {
  const { surroundings, retry } = settings
  const proof = await proofOf(credentials, endpoint, surroundings.clock())
  const headers = new Headers({
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    ...proof.headers,
  })
  const body = String(new URLSearchParams({ ...formOf(credentials), ...proof.form }))
  const sent = { url: endpoint.url, method: 'POST', headers, body, timeoutMs: retry.timeoutMs }
  try {
    const response = await exchange(sent, surroundings)
    return grantedBy(response, bodyOf(await response.text()), surroundings.clock())
  } catch (cause) {
    if (!(cause instanceof BrokenLine)) throw cause
    throw new UnreachableError(`The token endpoint cannot be reached: ${cause.message}`, { cause })
  }
}

function formOf({ scope, clearance, resource }: SecretCredentials | KeyCredentials): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    ...(scope && { scope: scope.join(' ') }),
    ...(clearance !== undefined && { clearance }),
    ...(resource !== undefined && { resource }),
  }
}

interface Proof {
  headers?: Record<string, string>
  form?: Record<string, string>
}

async function proofOf(
  credentials: SecretCredentials | KeyCredentials,
  { issuer, methods }: TokenEndpoint,
  now: Date,
): Promise<Proof> {
  const { clientId } = credentials
  if ('privateKey' in credentials) {
    const assertion = await signAssertion(credentials, credentials.audience ?? issuer, now)
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    return { form: { client_id: clientId, client_assertion_type, client_assertion: assertion } }
  }
  const { clientSecret } = credentials
  if (methods && !methods.includes('client_secret_basic') && methods.includes('client_secret_post'))
    return { form: { client_id: clientId, client_secret: clientSecret } }
  const pair = [clientId, clientSecret].map(encodeURIComponent).join(':')
  return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

function bodyOf(text: string): TokenAnswer {
  try {
    return (JSON.parse(text) ?? {}) as TokenAnswer
  } catch {
    return {}
  }
}

function grantedBy(response: Response, answer: TokenAnswer, now: Date): Granted {
  const { status, headers } = response
  const { access_token, token_type, expires_in, error, error_description } = answer
  if (status === 200 && String(token_type).toLowerCase() === 'bearer') {
    const seconds = typeof expires_in === 'number' && expires_in > 0 ? expires_in : usualLifetime
    return { token: usable(access_token), lifetime: seconds * 1000 }
  }
  if (status >= 400 && status < 500 && status !== 429 && typeof error === 'string')
    throw new CredentialsError(`No token is given: ${error}: ${error_description ?? ''}`, { code: error })
  const retryAfterMs = retryAfterOf(headers, now)
  throw new UnreachableError(`The token endpoint answers ${status}`, { status, retryAfterMs })
}
