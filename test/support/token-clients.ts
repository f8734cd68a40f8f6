import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type pg from 'pg'

/** A secret of a client, as an administrator would hand it out once. */
export async function addSecret(admin: pg.Pool, clientId: string, expiresAt: string | null = null): Promise<string> {
  const secret = `wsp_${randomBytes(32).toString('base64url')}`
  const digest = createHash('sha256').update(secret).digest()
  await admin.query(
    `INSERT INTO client_credentials (id, client_id, kind, secret_sha256, created_at, expires_at) VALUES ($1, $2, 'secret', $3, now(), $4)`,
    [randomUUID(), clientId, digest, expiresAt],
  )
  return secret
}

/** A key pair of a client, its public half registered. */
export async function addKey(admin: pg.Pool, clientId: string, alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  await admin.query(
    `INSERT INTO client_credentials (id, client_id, kind, public_jwk, created_at) VALUES ($1, $2, 'public_key', $3, now())`,
    [randomUUID(), clientId, JSON.stringify({ ...jwk, kid })],
  )
  const assertion = (now: Date, claims: JWTPayload = {}, header: Record<string, unknown> = {}) => {
    const seconds = Math.floor(now.getTime() / 1000)
    const standard = {
      iss: clientId,
      sub: clientId,
      aud: 'http://localhost:3000',
      exp: seconds + 60,
      jti: randomUUID(),
    }
    return new SignJWT({ ...standard, ...claims }).setProtectedHeader({ alg, kid, ...header } as never).sign(privateKey)
  }
  return { kid, publicKey, privateKey, assertion }
}
