import { worthAnother } from './worth-another.ts'

/** Where the access token comes from; `renew` asks for another than the one that was refused. */
export interface TokenSource {
  token(renew: boolean): Promise<string>
}

interface TokenAnswer {
  access_token?: string
  expires_in?: number
  error_description?: string
}

/** Milliseconds before its end that a token is no longer used. */
const margin = 60_000

export function fixedToken(token: string): TokenSource {
  return { token: async () => token }
}

/** Tokens by client credentials from the service's own issuer, each for as long as it lasts. */
export class ClientCredentials implements TokenSource {
  readonly #endpoint: string
  readonly #authorization: string
  #held: { token: string; until: number } | undefined

  constructor(url: string, clientId: string, secret: string) {
    this.#endpoint = `${url}/oauth/token`
    const pair = [clientId, secret].map(encodeURIComponent).join(':')
    this.#authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  }

  async token(renew: boolean): Promise<string> {
    if (!renew && this.#held && this.#held.until > Date.now()) return this.#held.token
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: { authorization: this.#authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'reports:submit' }),
      signal: AbortSignal.timeout(margin),
    })
    // What stands in front of the service may answer in its place, and in a page of its own.
    if (worthAnother.has(response.status)) throw new TokenUnavailable(`no token: ${response.status}`)
    const answer = answerOf(await response.text())
    if (!response.ok || answer.access_token === undefined)
      throw new Error(`The service gives no token: ${answer.error_description ?? response.status}`)
    const { access_token: token, expires_in: seconds = 0 } = answer
    this.#held = { token, until: Date.now() + seconds * 1000 - margin }
    return token
  }
}

function answerOf(text: string): TokenAnswer {
  try {
    return JSON.parse(text) as TokenAnswer
  } catch {
    return {}
  }
}

/** Worth another try. */
export class TokenUnavailable extends Error {}
