import { connect, type Proof, type Service } from 'waspada-client/outbox'
import type { ServiceOptions } from './commands/report.ts'
import { EndedWith } from './ended-with.ts'
import { readJsonFile, readNamedFile } from './read-file.ts'

/** The service, with the credentials that options name. @throws EndedWith 2 when they name none, or half of one */
export async function serviceOf(options: ServiceOptions): Promise<Service> {
  return connect(options.url.replace(/\/+$/, ''), await proofOf(options))
}

async function proofOf({ credentials, clientId, secretFile, key, tokenFile, token }: ServiceOptions): Promise<Proof> {
  if (credentials) return proofIn(credentials, key)
  if (clientId !== undefined && key !== undefined) return { clientId, privateJwk: await keyIn(key) }
  if (clientId !== undefined && secretFile !== undefined) return { clientId, secret: await lineOf(secretFile) }
  // Half of a credential would leave the choice to a token that lies about, perhaps of another office.
  if (clientId !== undefined || secretFile !== undefined || key !== undefined)
    throw new EndedWith(2, '--client-id goes together with --secret-file or --key')
  if (tokenFile !== undefined) return { token: await lineOf(tokenFile) }
  if (token) return { token: token.trim() }
  throw new EndedWith(
    2,
    'required: --credentials (or WASPADA_CREDENTIALS), --client-id with --secret-file or --key, --token-file or WASPADA_TOKEN',
  )
}

async function proofIn(file: string, key: string | undefined): Promise<Proof> {
  const { clientId, secret } = ((await readJsonFile(file)) ?? {}) as { clientId?: unknown; secret?: unknown }
  if (typeof clientId !== 'string') throw new Error(`${file} holds no credentials: there is no clientId in it`)
  if (key !== undefined) return { clientId, privateJwk: await keyIn(key) }
  if (typeof secret === 'string') return { clientId, secret }
  throw new EndedWith(2, `${file} holds no secret: this office proves itself with a key, name it with --key`)
}

async function keyIn(file: string) {
  return (await readJsonFile(file)) as Extract<Proof, { privateJwk: unknown }>['privateJwk']
}

async function lineOf(file: string): Promise<string> {
  return (await readNamedFile(file)).toString('utf8').trim()
}
