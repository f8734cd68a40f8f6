import { createLocalJWKSet, type JWK, jwtVerify } from 'jose'
import { z } from 'zod'
import { TokenId } from '../claims.ts'
import { readJwt } from '../read-jwt.ts'
import { signatureAlgorithms } from '../trusted-issuers.ts'
import { clientNotProven } from './refusal.ts'

/** Seconds: the longest that an assertion may still hold, and how far the clock of a client may differ. */
const longestAhead = 600
const tolerance = 30
const longestAssertion = 6 * 1024

/** As of an access token: a key is named at most, never brought along. `typ` is often `JWT`, or absent. */
const Header = z.strictObject({
  alg: z.enum(signatureAlgorithms),
  typ: z.enum(['JWT', 'client-authentication+jwt']).optional(),
  kid: z.string().max(200).optional(),
  x5t: z.string().max(100).optional(),
  'x5t#S256': z.string().max(100).optional(),
})

const text = z.string().min(1).max(200)
const Claims = z.object({
  iss: text,
  sub: text,
  // One audience alone: an assertion that others may receive, others may use here.
  aud: z.union([text, z.tuple([text])]),
  jti: TokenId,
  exp: z.int(),
})

export interface Assertion {
  clientId: string
  jti: string
  /** After this it is refused for its age alone. */
  expiresAt: Date
}

interface Expected {
  clientId: string
  /** What the client may call us: the issuer or its token endpoint. */
  audience: string[]
  /** Tried where no key of the client is named, so that it takes as long; nobody signs with it. */
  nobodysKey: JWK
  now: Date
}

/**
 * Verifies a client assertion (RFC 7523, section 3) by the public keys of its client. Whether it was used before is asked
 * of the database.
 * @param keys those of the client
 * @throws TokenRefused invalid_client
 */
export async function verifyAssertion(assertion: string, keys: readonly JWK[], expected: Expected): Promise<Assertion> {
  const { clientId, audience, nobodysKey, now } = expected
  try {
    const { header } = readJwt(assertion, longestAssertion)
    const { kid } = Header.parse(header)
    const named = keys.filter((key) => kid === undefined || key.kid === kid)
    const tried = named.length > 0 ? named : [{ ...nobodysKey, ...(kid !== undefined && { kid }) }]
    const { payload } = await firstVerified(assertion, tried, {
      issuer: clientId,
      subject: clientId,
      audience,
      algorithms: [...signatureAlgorithms],
      clockTolerance: tolerance,
      currentDate: now,
    })
    const { jti, exp } = Claims.parse(payload)
    if (exp * 1000 > now.getTime() + (longestAhead + tolerance) * 1000) throw new Error('exp is too far ahead')
    return { clientId, jti, expiresAt: new Date((exp + tolerance) * 1000) }
  } catch (error) {
    throw clientNotProven(`the assertion is refused: ${(error as { code?: string }).code ?? 'its form'}`)
  }
}

type Options = Parameters<typeof jwtVerify>[2]

/** A client may have several keys in force, and need not say which one signed. */
async function firstVerified(assertion: string, keys: readonly JWK[], options: Options) {
  let refusal: unknown
  for (const key of keys) {
    try {
      return await jwtVerify(assertion, createLocalJWKSet({ keys: [key] }), options)
    } catch (error) {
      refusal = error
    }
  }
  throw refusal
}
