import { randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, importJWK, type JWK, SignJWT } from 'jose'
import { algorithmsOf } from './public-key.ts'

/**
 * A client assertion (RFC 7523): the office proves itself at the token endpoint with its private key, once.
 * @param key private JWK
 * @param lifetime seconds
 */
export async function signAssertion(
  key: JWK,
  { clientId, audience, lifetime, now }: { clientId: string; audience: string; lifetime: number; now: Date },
): Promise<string> {
  const alg = key.alg ?? algorithmsOf(key)[0] ?? 'ES256'
  const iat = Math.floor(now.getTime() / 1000)
  const claims = { iss: clientId, sub: clientId, aud: audience, jti: randomUUID(), iat, exp: iat + lifetime }
  return new SignJWT(claims)
    .setProtectedHeader({ alg, typ: 'JWT', kid: await calculateJwkThumbprint(key) })
    .sign(await importJWK(key, alg))
}
