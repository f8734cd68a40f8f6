import { readFile } from 'node:fs/promises'
import { Option } from 'commander'
import { jwkOfText } from '../clients/key-text.ts'

/** What a client is to prove itself with: the public key in a file (JWK or PEM), or a secret that is made. */
export async function credentialArgument(publicKeyFile: string | undefined): Promise<unknown> {
  if (publicKeyFile === undefined) return { kind: 'secret' }
  return { kind: 'public_key', jwk: jwkOfText(await readFile(publicKeyFile, 'utf8')) }
}

export function credentialsFileOption(): Option {
  return new Option(
    '--credentials-file <file>',
    'new file for client and secret together, as report send --credentials takes it',
  ).conflicts('secretFile')
}
