import { createPrivateKey, KeyObject, randomUUID } from 'node:crypto'
import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose'
import { CredentialsError } from '../errors.ts'
import type { KeyCredentials } from './credentials.ts'

/** Seconds. Clocks of offices go wrong, and by this much either way they may. */
const lifetime = 300

/**
 * A client assertion (RFC 7523, section 3), good for one request.
 * @throws CredentialsError for a key that cannot sign
 */
export async function signAssertion(credentials: KeyCredentials, audience: string, now: Date): Promise<string> {
  const { clientId, privateKey, keyId } = credentials
  const iat = Math.floor(now.getTime() / 1000)
  const claims = { iss: clientId, sub: clientId, aud: audience, jti: randomUUID(), iat, exp: iat + lifetime }
  const kid = keyId ?? (isJwk(privateKey) ? privateKey.kid : undefined)
  try {
    const { key, algorithm } = await signingKey(privateKey)
    const alg = credentials.algorithm ?? algorithm
    return await new SignJWT(claims)
      .setProtectedHeader({ alg, typ: 'JWT', ...(kid !== undefined && { kid }) })
      .sign(key)
  } catch (cause) {
    throw new CredentialsError('The private key cannot sign', { cause: (cause as Error).name })
  }
}

type Key = KeyCredentials['privateKey']

function isJwk(key: Key): key is JWK {
  return typeof key === 'object' && 'kty' in key
}

async function signingKey(given: Key): Promise<{ key: CryptoKey | KeyObject | Uint8Array; algorithm: string }> {
  if (isJwk(given)) {
    const algorithm = given.alg ?? algorithmOf(createPrivateKey({ key: given as never, format: 'jwk' }))
    return { key: await importJWK(given, algorithm), algorithm }
  }
  const key = typeof given === 'string' ? createPrivateKey(given) : given
  return { key, algorithm: algorithmOf(key instanceof KeyObject ? key : KeyObject.from(key)) }
}

/** The usual algorithm of a key. */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (asymmetricKeyType === 'ed25519') return 'EdDSA'
  if (asymmetricKeyType === 'ec') return asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'ES384' : 'ES256'
  return 'PS256'
}
