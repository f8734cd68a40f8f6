import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { z } from 'zod'
import { DomainError } from '../errors.ts'
import { fault } from '../http/contract/fault-of-issue.ts'

const smallestRsa = 2048
const largestRsa = 8192

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43,64}$/)
/** Members that say what a key is for; programs that export keys write them. */
const purpose = {
  kid: z
    .string()
    .regex(/^[!-~]{1,200}$/)
    .optional()
    .describe('If given: the RFC 7638 thumbprint of the key (SHA-256)'),
  use: z.literal('sig').optional(),
  key_ops: z.array(z.literal('verify')).length(1).optional(),
  ext: z.boolean().optional(),
}

/** The public half of a key pair that the office made, as a JWK (RFC 7517); a private member is unknown here. */
export const PublicJwk = z
  .discriminatedUnion('kty', [
    z
      .strictObject({
        kty: z.literal('EC'),
        crv: z.enum(['P-256', 'P-384']),
        x: coordinate,
        y: coordinate,
        alg: z.enum(['ES256', 'ES384']).optional(),
        ...purpose,
      })
      .meta({ id: 'EcPublicKey' }),
    z
      .strictObject({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: coordinate,
        alg: z.enum(['EdDSA', 'Ed25519']).optional(),
        ...purpose,
      })
      .meta({ id: 'OkpPublicKey' }),
    z
      .strictObject({
        kty: z.literal('RSA'),
        n: z.string().regex(/^[A-Za-z0-9_-]{342,1366}$/),
        e: z.string().regex(/^[A-Za-z0-9_-]{2,8}$/),
        alg: z.enum(['RS256', 'PS256']).optional(),
        ...purpose,
      })
      .meta({ id: 'RsaPublicKey' }),
  ])
  .check((ctx) => {
    if (ctx.issues.length === 0 && !isUsable(ctx.value))
      ctx.issues.push({ code: 'custom', input: ctx.value, params: fault('key_invalid') })
  })
export type PublicJwk = z.output<typeof PublicJwk>

/** Signature algorithms that a key can verify, the usual one first. */
export function algorithmsOf({ kty, crv }: Pick<JWK, 'kty' | 'crv'>): string[] {
  if (kty === 'RSA') return ['PS256', 'RS256']
  if (kty === 'OKP') return ['EdDSA', 'Ed25519']
  return crv === 'P-384' ? ['ES384'] : ['ES256']
}

/**
 * The key as it is kept: what makes it a key, and its thumbprint (RFC 7638) as `kid`.
 * @throws DomainError body_invalid when it names another `kid`: the token endpoint would never find it
 */
export async function keptKey(jwk: PublicJwk): Promise<JWK & { kid: string }> {
  const { ext: _ext, key_ops: _operations, ...key } = jwk as JWK
  const kid = await calculateJwkThumbprint(key)
  if (jwk.kid !== undefined && jwk.kid !== kid) {
    const params = { allowed: kid }
    throw new DomainError('body_invalid', {}, [{ pointer: '/credential/jwk/kid', code: 'not_allowed', params }])
  }
  return { ...key, kid, use: 'sig' }
}

function isUsable(jwk: PublicJwk): boolean {
  if (jwk.alg !== undefined && !algorithmsOf(jwk).includes(jwk.alg)) return false
  const key = imported(jwk)
  if (key === undefined || jwk.kty !== 'RSA') return key !== undefined
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  return bits >= smallestRsa && bits <= largestRsa
}

/** Undefined for a point that is not on its curve, and whatever else is no key. */
function imported(jwk: PublicJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    return undefined
  }
}
