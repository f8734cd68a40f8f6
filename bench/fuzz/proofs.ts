import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { administer } from '../database.ts'
import { system } from './callers.ts'
import { ask, type Caller, callerNamed, type Target } from './target.ts'
import type { World } from './world.ts'

const assertionCount = 60
/** Seconds: the longest that the token endpoint takes. */
const assertionLifetime = 590

interface Proofs extends Pick<World, 'proofs' | 'basic' | 'known'> {}

/** What the client `system` proves itself with, in each of the three ways, and what the token endpoint is asked. */
export async function makeProofs(target: Target, callers: readonly Caller[]): Promise<Proofs> {
  const { resource } = (await ask(target, callerNamed(callers, 'nation'), '/.well-known/oauth-protected-resource')).body
  const secret = `wsp_${randomBytes(32).toString('base64url')}`
  await addCredential(target, 'secret', { digest: createHash('sha256').update(secret).digest() })
  const assertions = await makeAssertions(target, resource)
  const basicOf = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  const good = basicOf(`${system}:${secret}`)
  const known = {
    'grantToken.client_id': [system],
    'grantToken.client_secret': [secret],
    'grantToken.client_assertion': assertions,
    'grantToken.resource': [resource],
    'grantToken.scope': ['reports:read', 'reports:submit reports:read'],
  }
  const bad = [`${system}:`, ':', `${system}:wsp_x`, `x:${secret}`, 'é:é', '%zz:%', ''].map(basicOf)
  const basic = [good, good.toLowerCase(), `${good}=`, ...bad, 'Basic', 'Basic x', 'Negotiate x']
  return { proofs: [secret, good, ...assertions], basic: [good, good, ...basic], known }
}

async function makeAssertions(target: Target, audience: string): Promise<string[]> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  await addCredential(target, 'public_key', { jwk: JSON.stringify({ ...jwk, kid }) })
  const exp = Math.floor(target.now.getTime() / 1000) + assertionLifetime
  const claims = { iss: system, sub: system, aud: audience, exp }
  const signed = () =>
    new SignJWT({ ...claims, jti: randomUUID() }).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)
  return Promise.all(Array.from({ length: assertionCount }, signed))
}

async function addCredential(
  { adminUrl }: Target,
  kind: string,
  { digest = null, jwk = null }: { digest?: Buffer | null; jwk?: string | null },
): Promise<void> {
  await administer(
    adminUrl,
    `INSERT INTO client_credentials (id, client_id, kind, secret_sha256, public_jwk, created_at)
     VALUES ($1, $2, $3, $4, $5, now())`,
    [randomUUID(), system, kind, digest, jwk],
  )
}
