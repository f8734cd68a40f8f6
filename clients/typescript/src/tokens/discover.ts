import { CredentialsError, UnreachableError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { BrokenLine, exchange } from '../transport/exchange.ts'

/** Where tokens are asked for, and how. */
export interface TokenEndpoint {
  url: string
  issuer: string
  /** Ways to prove oneself that it takes; undefined where it does not say. */
  methods: readonly string[] | undefined
}

interface ResourceMetadata {
  resource?: unknown
  authorization_servers?: unknown
}

interface IssuerMetadata {
  issuer?: unknown
  token_endpoint?: unknown
  token_endpoint_auth_methods_supported?: unknown
}

/**
 * Asks the service whose tokens it believes (RFC 9728), and that issuer for its token endpoint (RFC 8414).
 * @param wanted the issuer, where the service believes more than one
 * @throws CredentialsError, UnreachableError
 */
export async function discover(settings: Settings, wanted: string | undefined): Promise<TokenEndpoint> {
  const { baseUrl } = settings
  const resource = await readFirst<ResourceMetadata>(settings, wellKnown(baseUrl, 'oauth-protected-resource'))
  if (resource === undefined)
    throw new CredentialsError(
      `${baseUrl} does not say whose tokens it believes: it is no Waspada, or name its tokenUrl`,
    )
  if (!isSame(resource.resource, baseUrl))
    throw new CredentialsError(
      `The service at ${baseUrl} calls itself ${resource.resource}: take that as its address, or name its tokenUrl`,
    )
  const servers = Array.isArray(resource.authorization_servers) ? resource.authorization_servers : []
  const issuer: unknown = wanted === undefined ? servers[0] : servers.find((server) => isSame(server, wanted))
  if (typeof issuer !== 'string') throw new CredentialsError('The service believes no such issuer: name its tokenUrl')
  const metadata = await readFirst<IssuerMetadata>(settings, [
    ...wellKnown(issuer, 'oauth-authorization-server'),
    `${bare(issuer)}/.well-known/openid-configuration`,
  ])
  const { token_endpoint: url, token_endpoint_auth_methods_supported: methods } = metadata ?? {}
  // Else one issuer could have secrets sent to it that are meant for another (RFC 8414, section 3.3).
  if (!isSame(metadata?.issuer, issuer) || typeof url !== 'string')
    throw new CredentialsError(`${issuer} does not say where it gives tokens: name its tokenUrl`)
  if (baseUrl.startsWith('https:') && !url.startsWith('https:'))
    throw new CredentialsError(`${issuer} gives tokens over plain http`)
  return { url, issuer, methods: Array.isArray(methods) ? methods : undefined }
}

/** Between the host and the path (RFC 8414 and RFC 9728, sections 3), or below the path, where a gateway may have it. */
function wellKnown(address: string, name: string): string[] {
  const { origin, pathname } = new URL(address)
  return [...new Set([`${origin}/.well-known/${name}${bare(pathname)}`, `${bare(address)}/.well-known/${name}`])]
}

const bare = (address: string) => address.replace(/\/+$/, '')

function isSame(said: unknown, address: string): boolean {
  return typeof said === 'string' && bare(said) === bare(address)
}

async function readFirst<Document>(settings: Settings, urls: string[]): Promise<Document | undefined> {
  for (const url of urls) {
    const document = await read<Document>(settings, url)
    if (document !== undefined) return document
  }
  return undefined
}

/** @returns undefined where there is no such document */
async function read<Document>({ surroundings, retry }: Settings, url: string): Promise<Document | undefined> {
  try {
    const headers = new Headers({ accept: 'application/json' })
    const response = await exchange({ url, method: 'GET', headers, timeoutMs: retry.timeoutMs }, surroundings)
    if (response.ok) return (await response.json()) as Document
    await response.body?.cancel()
    if (response.status === 404) return undefined
    throw new UnreachableError(`${url} answers ${response.status}`, { status: response.status })
  } catch (cause) {
    if (cause instanceof UnreachableError) throw cause
    if (!(cause instanceof BrokenLine)) throw new UnreachableError(`${url} cannot be read`)
    throw new UnreachableError(`${new URL(url).origin} cannot be reached: ${cause.message}`, { cause })
  }
}
