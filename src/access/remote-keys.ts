import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet, type JWTHeaderParameters } from 'jose'

/** Milliseconds: for how long fetched keys are used unasked, how long at most while the issuer is down, and how often one asks. */
const fresh = 10 * 60_000
const usable = 24 * 3_600_000
const pause = 30_000
const longestPause = 10 * 60_000
const patience = 3_000
/** Bytes. */
const largest = 64 * 1024

/** The keys of an issuer are not known, and it cannot be asked now. */
export class IssuerOutOfReach extends Error {
  /** Seconds until it is asked again. */
  readonly retryAfter: number

  constructor(retryAfter: number, options: ErrorOptions) {
    super('The key set of an issuer cannot be fetched', options)
    this.retryAfter = retryAfter
  }
}

type KeyOf = ReturnType<typeof createLocalJWKSet>

/**
 * The published keys of an outside issuer. However many tokens ask, one request is under way at a time, and none follows
 * within half a minute of the last, or longer while the issuer fails; keys once fetched serve on for a day meanwhile.
 */
export class RemoteKeys {
  readonly #uri: URL
  readonly #report: (error: Error) => void
  #known: { keyOf: KeyOf; at: number } | undefined
  #fetching: Promise<void> | undefined
  #asked = Number.NEGATIVE_INFINITY
  #failures = 0
  #failure: unknown

  /** @param report told each time that the issuer could not be asked */
  constructor(uri: string, report: (error: Error) => void) {
    this.#uri = new URL(uri)
    this.#report = report
  }

  /**
   * The key that a token's header names.
   * @throws IssuerOutOfReach, or an error of jose's where there is no such key
   */
  async keyOf(header: JWTHeaderParameters, now: Date): Promise<CryptoKey> {
    const time = now.getTime()
    if (!this.#known || time - this.#known.at >= fresh) await this.#refresh(time)
    const before = this.#usable(time)
    try {
      return await before(header)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      // The issuer may have rotated its keys since.
      await this.#refresh(time)
      return this.#usable(time)(header)
    }
  }

  #usable(time: number): KeyOf {
    if (this.#known && time - this.#known.at < usable) return this.#known.keyOf
    const wait = Math.max(1, Math.ceil((this.#asked + this.#pause() - time) / 1000))
    throw new IssuerOutOfReach(wait, { cause: this.#failure })
  }

  #refresh(time: number): Promise<void> | undefined {
    if (!this.#fetching && time - this.#asked >= this.#pause()) {
      this.#asked = time
      this.#fetching = this.#fetch(time).finally(() => {
        this.#fetching = undefined
      })
    }
    return this.#fetching
  }

  #pause(): number {
    return Math.min(pause * 2 ** Math.max(0, this.#failures - 1), longestPause)
  }

  async #fetch(time: number): Promise<void> {
    try {
      this.#known = { keyOf: createLocalJWKSet(await fetchKeySet(this.#uri)), at: time }
      this.#failures = 0
    } catch (error) {
      this.#failures += 1
      this.#failure = error
      this.#report(new Error(`The key set at ${this.#uri.href} cannot be fetched`, { cause: error }))
    }
  }
}

async function fetchKeySet(uri: URL): Promise<JSONWebKeySet> {
  const headers = { accept: 'application/jwk-set+json, application/json' }
  const signal = AbortSignal.timeout(patience)
  const response = await fetch(uri, { headers, signal, redirect: 'error' })
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel()
    throw new Error(`It answered ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.length
    // Leaving the loop ends the connection too.
    if (size > largest) throw new Error(`It is larger than ${largest} bytes`)
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}
