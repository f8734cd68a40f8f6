import { readFile } from 'node:fs/promises'
import { jwkOfText } from '../clients/key-text.ts'

/** What a client is to prove itself with: the public key in a file (JWK or PEM), or a secret that is made. */
export async function credentialArgument(publicKeyFile: string | undefined): Promise<unknown> {
  if (publicKeyFile === undefined) return { kind: 'secret' }
  return { kind: 'public_key', jwk: jwkOfText(await readFile(publicKeyFile, 'utf8')) }
}
