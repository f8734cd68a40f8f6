import { createHash } from 'node:crypto'
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { DomainError } from '../errors.ts'
import { type Caller, callerOf } from './caller.ts'
import { AccessClaims, clockTolerance } from './claims.ts'
import { builtInAlgorithm, type Keys, publicKeys } from './signing-keys.ts'

/** A verified token is remembered for this long at most, and never past its `exp`. Refusals are not remembered. */
const remembered = { milliseconds: 30_000, tokens: 10_000 }
const longestToken = 8_192

export interface TrustedIssuer {
  issuer: string
  audience: string
  algorithms: readonly string[]
  keys: JWTVerifyGetKey
  /** True when the keys are fetched: only then can they be out of reach. */
  remote: boolean
}

/** The issuer whose tokens are believed: the built-in one, or one outside with a published key set. */
export function trustedIssuer(
  config: { issuer: string; audience: string; jwksUrl: string | null; algorithms: readonly string[] },
  keys: Keys,
): TrustedIssuer {
  const { issuer, audience } = config
  if (config.jwksUrl === null) {
    return {
      issuer,
      audience,
      algorithms: [builtInAlgorithm],
      keys: createLocalJWKSet(publicKeys(keys)),
      remote: false,
    }
  }
  return {
    issuer,
    audience,
    algorithms: config.algorithms,
    keys: createRemoteJWKSet(new URL(config.jwksUrl)),
    remote: true,
  }
}

/** Verifies access tokens (RFC 9068): signature, `typ`, issuer, audience, times, then the closed set of claims. */
export class TokenVerifier {
  readonly #trusted: TrustedIssuer
  readonly #known = new LRUCache<string, { caller: Caller; expires: number }>({
    max: remembered.tokens,
    ttl: remembered.milliseconds,
  })

  constructor(trusted: TrustedIssuer) {
    this.#trusted = trusted
  }

  /** @throws DomainError token_invalid, the same for every cause; service_unavailable when an outside key set is out of reach */
  async verify(token: string, now: Date): Promise<Caller> {
    if (token.length > longestToken) throw new DomainError('token_invalid')
    const digest = createHash('sha256').update(token).digest('base64')
    const known = this.#known.get(digest)
    if (known && known.expires > now.getTime()) return known.caller
    const claims = await this.#claimsOf(token, now)
    const caller = callerOf(claims)
    this.#known.set(digest, { caller, expires: claims.exp * 1000 })
    return caller
  }

  async #claimsOf(token: string, now: Date): Promise<AccessClaims> {
    const { issuer, audience, algorithms, keys, remote } = this.#trusted
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: [...algorithms],
        typ: 'at+jwt',
        requiredClaims: ['exp', 'iat', 'sub', 'jti', 'client_id', 'scope', 'clearance'],
        clockTolerance,
        currentDate: now,
      })
      const claims = AccessClaims.parse(payload)
      if (claims.iat * 1000 > now.getTime() + clockTolerance * 1000) throw new DomainError('token_invalid')
      return claims
    } catch (error) {
      if (remote && isOutOfReach(error)) throw new DomainError('service_unavailable', {}, [], { cause: error })
      throw new DomainError('token_invalid', {}, [], { cause: error })
    }
  }
}

/** Our trouble and not the caller's: the key set could not be fetched. */
function isOutOfReach(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof TypeError) return true
  return error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC'
}
