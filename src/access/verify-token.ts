import { createHash } from 'node:crypto'
import { jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { DomainError } from '../errors.ts'
import { type Caller, callerOf } from './caller.ts'
import { AccessClaims, clockTolerance } from './claims.ts'
import type { TrustedIssuer } from './issuers.ts'
import { readJwt } from './read-jwt.ts'
import { IssuerOutOfReach } from './remote-keys.ts'

/** A verified token is remembered for this long at most, and never past its `exp`. Refusals are not remembered. */
const remembered = { milliseconds: 30_000, tokens: 10_000 }
const longestToken = 8_192

/**
 * The header of an access token (RFC 9068 section 2.1), closed: a key is named, never brought along (`jwk`, `jku`, `x5c`,
 * `x5u`), and nothing is said that a verifier would have to understand (`crit`, `b64`, `zip`, `enc`).
 */
const Header = z.strictObject({
  alg: z.string().max(20),
  typ: z.enum(['at+jwt', 'application/at+jwt']),
  kid: z.string().min(1).max(200),
  x5t: z.string().max(100).optional(),
  'x5t#S256': z.string().max(100).optional(),
})

/** Verifies access tokens (RFC 9068): form, signature, `typ`, issuer, audience, times, then the closed set of claims. */
export class TokenVerifier {
  readonly #trusted: ReadonlyMap<string, TrustedIssuer>
  readonly #known = new LRUCache<string, { caller: Caller; expires: number }>({
    max: remembered.tokens,
    ttl: remembered.milliseconds,
  })

  constructor(trusted: readonly TrustedIssuer[]) {
    this.#trusted = new Map(trusted.map((each) => [each.issuer, each]))
  }

  /** @throws DomainError token_invalid, the same for every cause; service_unavailable when the issuer's keys are unknown and out of reach */
  async verify(token: string, now: Date): Promise<Caller> {
    const digest = createHash('sha256').update(token).digest('base64')
    const known = this.#known.get(digest)
    if (known && known.expires > now.getTime()) return known.caller
    const claims = await this.#claimsOf(token, now)
    const bearer = callerOf(claims)
    const issuer = this.#trusted.get(claims.iss)?.revokedAs ?? claims.iss
    const caller = { ...bearer, token: { ...bearer.token, issuer } }
    this.#known.set(digest, { caller, expires: claims.exp * 1000 })
    return caller
  }

  async #claimsOf(token: string, now: Date): Promise<AccessClaims> {
    try {
      const read = readJwt(token, longestToken)
      Header.parse(read.header)
      // Not believed yet: it only says whose keys to look among.
      const { iss } = read.claims
      const trusted = typeof iss === 'string' ? this.#trusted.get(iss) : undefined
      if (!trusted) throw new DomainError('token_invalid')
      const { payload } = await jwtVerify(token, (header) => trusted.keyOf(header, now), {
        issuer: trusted.issuer,
        audience: trusted.audience,
        algorithms: [...trusted.algorithms],
        clockTolerance,
        currentDate: now,
      })
      return AccessClaims.refine(({ iat }) => iat * 1000 <= now.getTime() + clockTolerance * 1000).parse(payload)
    } catch (error) {
      if (error instanceof IssuerOutOfReach) {
        throw new DomainError('service_unavailable', { retryAfter: error.retryAfter }, [], { cause: error })
      }
      throw new DomainError('token_invalid', {}, [], { cause: error })
    }
  }
}
