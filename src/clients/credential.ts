import { createHash, randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { keptKey } from './public-key.ts'
import type { NewCredential } from './schemas.ts'

/** A credential that is about to be stored. The secret itself is nowhere else: whoever drops it has to make a new one. */
export interface MadeCredential {
  id: string
  kind: NewCredential['kind']
  /** To be shown once; null for a public key. */
  secret: string | null
  /** SHA-256 of the secret's text. */
  secretSha256: Buffer | null
  /** JSON of the key. */
  publicJwk: string | null
  /** RFC 7638 thumbprint of the key. */
  kid: string | null
}

/** 32 random bytes, or the key that the office sent. @throws DomainError body_invalid for a key under another name */
export async function makeCredential(given: NewCredential): Promise<MadeCredential> {
  const id = uuidv7()
  if (given.kind === 'public_key') {
    const jwk = await keptKey(given.jwk)
    return { id, kind: given.kind, secret: null, secretSha256: null, publicJwk: JSON.stringify(jwk), kid: jwk.kid }
  }
  // The prefix lets scanners of leaked secrets know what they have found.
  const secret = `wsp_${randomBytes(32).toString('base64url')}`
  const secretSha256 = createHash('sha256').update(secret).digest()
  return { id, kind: given.kind, secret, secretSha256, publicJwk: null, kid: null }
}
