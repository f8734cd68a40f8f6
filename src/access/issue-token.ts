import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { AccessClaims } from './claims.ts'
import { builtInAlgorithm } from './key-file.ts'
import type { Keys } from './signing-keys.ts'
import type { Handling } from './vocabulary.ts'

/** What a token says of its bearer; `region` of an office or `agency`, never both. */
export interface TokenRequest {
  clientId: string
  subject: string
  place: { region: string } | { agency: string }
  scopes: readonly string[]
  clearance: Handling
  /** Seconds. */
  lifetime: number
  now: Date
}

/** Signs an access token of the built-in issuer in the RFC 9068 profile. */
export async function issueToken(
  keys: Keys,
  { issuer, audience }: { issuer: string; audience: string },
  request: TokenRequest,
): Promise<string> {
  const iat = Math.floor(request.now.getTime() / 1000)
  const claims = {
    iss: issuer,
    aud: audience,
    iat,
    exp: iat + request.lifetime,
    jti: randomUUID(),
    sub: request.subject,
    client_id: request.clientId,
    scope: request.scopes.join(' '),
    clearance: request.clearance,
    ...request.place,
  }
  AccessClaims.parse(claims)
  const { kid, privateKey } = await keys.signingKey(request.now)
  return new SignJWT(claims).setProtectedHeader({ alg: builtInAlgorithm, typ: 'at+jwt', kid }).sign(privateKey)
}
