import type { Database } from '../../database/database.ts'
import type { Reference } from '../../reference/store.ts'
import { issueToken } from '../issue-token.ts'
import type { PublicJwk } from '../key-file.ts'
import type { Keys } from '../signing-keys.ts'
import { type Handling, handlingLevels, handlingRank, officeLevelOf, scopesOf } from '../vocabulary.ts'
import { authenticateClient } from './authenticate-client.ts'
import { proofIn } from './client-proof.ts'
import type { Form } from './form.ts'
import type { IssuedTo } from './queries.ts'
import { TokenRefused } from './refusal.ts'

/** The built-in issuer, as its token endpoint needs it. */
export interface Issuer {
  db: Database<Reference>
  keys: Keys
  /** `iss` of its tokens, and the address of the service. */
  publicUrl: string
  audience: string
  /** Seconds. */
  tokenLifetime: number
  nobodysKey: PublicJwk
}

export interface GrantedToken {
  access_token: string
  token_type: 'Bearer'
  expires_in: number
  scope: string
}

/**
 * A client proves itself and gets a token of its own, as a system: within what it is granted, and less where it asks for
 * less (RFC 6749, section 4.4).
 * @throws TokenRefused
 */
export async function grantToken(
  issuer: Issuer,
  request: { form: Form; authorization: string | undefined },
  now: Date,
): Promise<GrantedToken> {
  const { form, authorization } = request
  const { db, keys, publicUrl, audience, tokenLifetime, nobodysKey } = issuer
  refuseOtherGrants(form)
  refuseOtherTargets(form, [publicUrl, audience])
  const proof = proofIn(form, authorization)
  const asked = { audience: [publicUrl, `${publicUrl}/oauth/token`], nobodysKey, now }
  const client = await db.workAs('issuer', { client: 'system:issuer', actor: 'issuer' }, (tx) =>
    authenticateClient(tx, proof, asked),
  )
  const scopes = grantedScopes(client, form.get('scope'))
  const token = await issueToken(
    keys,
    { issuer: publicUrl, audience },
    {
      clientId: client.clientId,
      subject: client.clientId,
      place: placeOf(client),
      scopes,
      clearance: grantedClearance(client, form.get('clearance')),
      lifetime: tokenLifetime,
      now: issuedAt(client, now),
    },
  )
  return { access_token: token, token_type: 'Bearer', expires_in: tokenLifetime, scope: scopes.join(' ') }
}

/** In the second in which tokens were revoked, a new one says the next: `iat` could not tell it from those of before. */
function issuedAt({ tokensValidFrom }: IssuedTo, now: Date): Date {
  return tokensValidFrom !== null && tokensValidFrom > now ? tokensValidFrom : now
}

function refuseOtherGrants(form: Form): void {
  const grant = form.get('grant_type')
  if (grant === undefined) throw new TokenRefused('invalid_request', 'grant_type is missing.')
  if (grant !== 'client_credentials')
    throw new TokenRefused('unsupported_grant_type', 'The only grant_type is client_credentials.')
}

function refuseOtherTargets(form: Form, known: string[]): void {
  const resource = form.get('resource')
  if (resource !== undefined && !known.includes(resource))
    throw new TokenRefused('invalid_target', 'Tokens of this issuer are for this service alone.')
}

function placeOf({ officeCode, agency }: IssuedTo): { region: string } | { agency: string } {
  return officeCode === null ? { agency: agency ?? '' } : { region: officeCode }
}

/** Those asked for, or all that the client holds. A scope it does not hold refuses, whether it exists or not. */
function grantedScopes(client: IssuedTo, asked: string | undefined): string[] {
  const tier = client.officeCode === null ? 'agency' : officeLevelOf(client.officeCode)
  const held = scopesOf(tier).filter((scope) => client.scopes.includes(scope))
  const scopes = asked === undefined ? held : [...new Set(asked.split(' '))]
  const refused = scopes.some((scope) => !(held as readonly string[]).includes(scope))
  if (refused || scopes.length === 0)
    throw new TokenRefused('invalid_scope', 'The client is not granted every scope that it asks for, or none at all.')
  return scopes
}

function grantedClearance(client: IssuedTo, asked: string | undefined): Handling {
  const level = handlingLevels.find((each) => each === (asked ?? handlingLevels[client.clearance]))
  if (level === undefined || handlingRank(level) > client.clearance)
    throw new TokenRefused('invalid_request', 'clearance is not a level that the client is cleared for.')
  return level
}
