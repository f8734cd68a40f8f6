import { type Credentials, CredentialsError, createWaspada, type Waspada } from 'waspada-client'
import type { ServiceOptions } from './commands/report.ts'
import { EndedWith } from './ended-with.ts'
import { readJsonFile, readNamedFile } from './read-file.ts'

/** The service, with the credentials that options name. @throws EndedWith 2 when they name none, or half of one */
export async function serviceOf(options: ServiceOptions): Promise<Waspada> {
  const { url: baseUrl, allowInsecure } = options
  const credentials = await credentialsOf(options)
  try {
    return createWaspada({ baseUrl, credentials, ...(allowInsecure && { allowInsecure }) })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const named = error.message.replace('baseUrl', `--url (or WASPADA_URL) ${baseUrl}`)
    throw new Error(named.replace('allowInsecure', '--allow-insecure'))
  }
}

async function credentialsOf(options: ServiceOptions): Promise<Credentials> {
  const { credentials, clientId, secretFile, key, tokenUrl, tokenFile, token } = options
  const where = tokenUrl === undefined ? {} : { tokenUrl }
  if (credentials) return { ...(await proofIn(credentials, key)), ...where }
  if (clientId !== undefined && key !== undefined) return { clientId, ...where, privateKey: await keyIn(key) }
  if (clientId !== undefined && secretFile !== undefined)
    return { clientId, ...where, clientSecret: await lineOf(secretFile) }
  // Half of a credential would leave the choice to a token that lies about, perhaps of another office.
  if (clientId !== undefined || secretFile !== undefined || key !== undefined)
    throw new EndedWith(2, '--client-id goes together with --secret-file or --key')
  if (tokenFile !== undefined) return onlyToken(await lineOf(tokenFile))
  if (token) return onlyToken(token.trim())
  throw new EndedWith(
    2,
    'required: --credentials (or WASPADA_CREDENTIALS), --client-id with --secret-file or --key, --token-file or WASPADA_TOKEN',
  )
}

async function proofIn(file: string, key: string | undefined) {
  const { clientId, secret } = ((await readJsonFile(file)) ?? {}) as { clientId?: unknown; secret?: unknown }
  if (typeof clientId !== 'string') throw new Error(`${file} holds no credentials: there is no clientId in it`)
  if (key !== undefined) return { clientId, privateKey: await keyIn(key) }
  if (typeof secret === 'string') return { clientId, clientSecret: secret }
  throw new EndedWith(2, `${file} holds no secret: this office proves itself with a key, name it with --key`)
}

/** A JWK, or a PEM text. */
async function keyIn(file: string) {
  const text = await lineOf(file)
  return text.startsWith('-----BEGIN') ? text : ((await readJsonFile(file)) as { kty: string })
}

function onlyToken(token: string): Credentials {
  return {
    token: async (refused) => {
      if (refused === undefined) return token
      throw new CredentialsError('The service refuses the access token: it has ended, or is not its own')
    },
  }
}

async function lineOf(file: string): Promise<string> {
  return (await readNamedFile(file)).toString('utf8').trim()
}
