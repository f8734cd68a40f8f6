import { UnreachableError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import type { KeyCredentials, SecretCredentials } from './credentials.ts'
import { discover, type TokenEndpoint } from './discover.ts'
import { requestToken } from './request-token.ts'
import { type TokenSource, unlessAborted } from './token-source.ts'

interface Held {
  token: string
  /** Epoch milliseconds: from when another is asked for, and from when this one is of no use. */
  renewAt: number
  endsAt: number
}

/** Milliseconds before its end that a token is renewed; of a short one the last quarter. */
const margin = 60_000

/** One token for all who call, renewed before it ends, and by one request however many wait for it. */
export class ClientCredentialsTokens implements TokenSource {
  readonly #settings: Settings
  readonly #credentials: SecretCredentials | KeyCredentials
  #endpoint: TokenEndpoint | undefined
  #held: Held | undefined
  #renewal: Promise<string> | undefined

  constructor(settings: Settings, credentials: SecretCredentials | KeyCredentials) {
    this.#settings = settings
    this.#credentials = credentials
    const { tokenUrl } = credentials
    if (tokenUrl !== undefined) this.#endpoint = { url: tokenUrl, issuer: tokenUrl, methods: undefined }
  }

  async token(refused: string | undefined, signal: AbortSignal): Promise<string> {
    const held = this.#held?.token === refused ? undefined : this.#held
    const now = this.#now()
    if (held && now < held.renewAt) return held.token
    signal.throwIfAborted()
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined
    })
    try {
      return await unlessAborted(this.#renewal, signal)
    } catch (error) {
      // A token near its end is better than none.
      if (error instanceof UnreachableError && held && now < held.endsAt) return held.token
      throw error
    }
  }

  async #renew(): Promise<string> {
    this.#endpoint ??= await discover(this.#settings, this.#credentials.issuer)
    const asked = this.#now()
    const { token, lifetime } = await requestToken(this.#settings, this.#credentials, this.#endpoint)
    const endsAt = asked + lifetime
    this.#held = { token, renewAt: endsAt - Math.min(margin, lifetime / 4), endsAt }
    return token
  }

  #now(): number {
    return this.#settings.surroundings.clock().getTime()
  }
}
