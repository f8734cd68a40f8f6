import { type CryptoKey, errors, type JWTHeaderParameters } from 'jose'
import { builtInAlgorithm } from './key-file.ts'
import { RemoteKeys } from './remote-keys.ts'
import type { Keys } from './signing-keys.ts'
import type { OutsideIssuer } from './trusted-issuers.ts'

/** An issuer whose tokens are believed, and the keys that they must be signed with. */
export interface TrustedIssuer {
  issuer: string
  /** What its tokens are revoked under: for the built-in issuer one name, whatever it is called where it is reached. */
  revokedAs: string
  audience: string
  algorithms: readonly string[]
  keyOf(header: JWTHeaderParameters, now: Date): Promise<CryptoKey>
}

export interface IssuerSettings {
  /** `iss` of tokens from the console. */
  issuer: string
  /** Where this service is reached: `iss` of tokens from its token endpoint. */
  publicUrl: string
  audience: string
  builtInIssuer: boolean
  trustedIssuers: readonly OutsideIssuer[]
}

/** Under which tokens of the built-in issuer are revoked. */
export const builtInTokens = 'urn:waspada:built-in'

/** The built-in issuer under both its names, unless it is off, and those outside. */
export function trustedIssuers(settings: IssuerSettings, keys: Keys, report: (error: Error) => void): TrustedIssuer[] {
  const { audience } = settings
  const outside = settings.trustedIssuers.map(({ issuer, jwksUri, algorithms, audience: own }): TrustedIssuer => {
    const remote = new RemoteKeys(jwksUri, report)
    const keyOf = (header: JWTHeaderParameters, now: Date) => remote.keyOf(header, now)
    return { issuer, revokedAs: issuer, audience: own ?? audience, algorithms, keyOf }
  })
  const names = settings.builtInIssuer ? builtInNames(settings) : []
  const builtIn = names.map((issuer): TrustedIssuer => {
    const keyOf = (header: JWTHeaderParameters, now: Date) => builtInKey(keys, header, now)
    return { issuer, revokedAs: builtInTokens, audience, algorithms: [builtInAlgorithm], keyOf }
  })
  return [...builtIn, ...outside]
}

/** What the built-in issuer calls itself: on the console, wherever the service is reached, and on the wire. */
export function builtInNames({ issuer, publicUrl }: Pick<IssuerSettings, 'issuer' | 'publicUrl'>): string[] {
  return [...new Set([issuer, publicUrl])]
}

async function builtInKey(keys: Keys, { kid }: JWTHeaderParameters, now: Date): Promise<CryptoKey> {
  const key = await keys.publicKey(String(kid), now)
  if (!key) throw new errors.JWKSNoMatchingKey()
  return key
}
