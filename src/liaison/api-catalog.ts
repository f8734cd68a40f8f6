import type { IssuerSettings } from '../access/issuers.ts'
import { resourceMetadataUrl } from '../access/resource-metadata.ts'
import type { ApiCatalog } from './schemas.ts'

/** Where a program that knows nothing but our address begins (RFC 9727). */
export const catalogPath = '/.well-known/api-catalog'

/** The catalogue with absolute addresses: of itself, and of the one API that there is. */
export function apiCatalog({ publicUrl, builtInIssuer }: IssuerSettings): ApiCatalog {
  const api = `${publicUrl}/`
  const json = (path: string, title: string) => ({ href: `${publicUrl}${path}`, type: 'application/json', title })
  const issuer = json('/.well-known/oauth-authorization-server', 'The built-in issuer of tokens')
  return {
    linkset: [
      { anchor: `${publicUrl}${catalogPath}`, item: [{ href: api, title: 'Waspada' }] },
      {
        anchor: api,
        // The type that it is served as: none of those for OpenAPI documents is registered.
        'service-desc': [json('/openapi.json', 'The contract (OpenAPI 3.1)')],
        'service-doc': [{ href: `${publicUrl}/docs`, type: 'text/html', title: 'The reference' }],
        'service-meta': [
          {
            href: resourceMetadataUrl(publicUrl),
            type: 'application/json',
            title: 'Whose tokens are believed (RFC 9728)',
          },
          ...(builtInIssuer ? [issuer] : []),
          json('/v1/liaison', 'The outlets, and the rights of the caller in them'),
        ],
        status: [json('/readyz', 'Whether the service can work')],
      },
    ],
  }
}
