import { createPublicKey } from 'node:crypto'

/** A text that holds no public key. The message tells whoever sent it why. */
export class KeyTextError extends Error {}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']

/** The JWK in a text, a JWK itself or PEM; what it holds is checked where it is used. @throws KeyTextError */
export function jwkOfText(text: string): unknown {
  if (/PRIVATE KEY/.test(text)) throw new KeyTextError(isPrivate)
  const jwk = text.trimStart().startsWith('{') ? ofJson(text) : ofPem(text)
  if (privateMembers.some((member) => Object.hasOwn(jwk, member))) throw new KeyTextError(isPrivate)
  return jwk
}

const isPrivate = 'This is a private key. Only the office that made it may have it: ask for the public half'

function ofJson(text: string): object {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new KeyTextError('The key is not JSON', { cause: error })
  }
}

function ofPem(text: string): object {
  try {
    return createPublicKey(text).export({ format: 'jwk' })
  } catch {
    throw new KeyTextError('This is no public key: expected a JWK or PEM')
  }
}
