import { readJwt } from '../read-jwt.ts'
import { decoded, type Form } from './form.ts'
import { clientNotProven, TokenRefused } from './refusal.ts'

/** What a client brings to prove itself, not yet believed. */
export type ClientProof = { clientId: string } & ({ secret: string } | { assertion: string })

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const longestAssertion = 6 * 1024

/**
 * Takes the proof out of a request: HTTP Basic (RFC 6749, 2.3.1), a secret in the form, or an assertion (RFC 7523).
 * @throws TokenRefused invalid_request for more than one of them; invalid_client for none, or one that cannot be read
 */
export function proofIn(form: Form, authorization: string | undefined): ClientProof {
  const inHeader = authorization !== undefined
  const secret = form.get('client_secret')
  const assertion = form.get('client_assertion')
  if ([inHeader, secret !== undefined, assertion !== undefined].filter(Boolean).length > 1)
    throw new TokenRefused('invalid_request', 'The client is authenticated in more than one way.')
  const named = form.get('client_id')
  const proof = inHeader ? basic(authorization) : inForm(named, secret, assertion, form.get('client_assertion_type'))
  if (named !== undefined && named !== proof.clientId) throw clientNotProven('client_id differs from the proof')
  return proof
}

function inForm(clientId?: string, secret?: string, assertion?: string, type?: string): ClientProof {
  if (assertion !== undefined) {
    if (type !== assertionType)
      throw new TokenRefused('invalid_request', `client_assertion_type is not ${assertionType}.`)
    return { clientId: subjectOf(assertion), assertion }
  }
  if (clientId === undefined || secret === undefined) throw clientNotProven('no proof is given')
  return { clientId, secret }
}

function basic(authorization: string): ClientProof {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1]
  const text = Buffer.from(encoded ?? '', 'base64').toString('latin1')
  const colon = text.indexOf(':')
  if (colon < 1) throw clientNotProven('the Authorization header cannot be read')
  try {
    return { clientId: decoded(text.slice(0, colon)), secret: decoded(text.slice(colon + 1)) }
  } catch {
    throw clientNotProven('the Authorization header is not well encoded')
  }
}

function subjectOf(assertion: string): string {
  try {
    const { sub } = readJwt(assertion, longestAssertion).claims
    if (typeof sub === 'string') return sub
  } catch {
    // The same as one without a subject.
  }
  throw clientNotProven('the assertion cannot be read')
}
