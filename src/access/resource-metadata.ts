import type { Routes } from '../http/contract/route-schema.ts'
import { ResourceMetadata } from './issuer/schemas.ts'
import { builtInNames, type IssuerSettings } from './issuers.ts'
import { scopes } from './vocabulary.ts'

/** Where a caller without a token learns who gives them (RFC 9728). */
export function resourceMetadataUrl(publicUrl: string): string {
  return `${publicUrl}/.well-known/oauth-protected-resource`
}

export const resourceMetadataRoutes: Routes<{ settings: IssuerSettings }> = async (app, { settings }) => {
  const { publicUrl, builtInIssuer, trustedIssuers } = settings
  const issuers = [...(builtInIssuer ? builtInNames(settings) : []), ...trustedIssuers.map(({ issuer }) => issuer)]
  const authorization_servers = issuers.filter((name) => /^https?:\/\//.test(name))
  app.get(
    '/.well-known/oauth-protected-resource',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'getResourceMetadata',
        tags: ['tokens'],
        summary: 'Whose tokens this service believes, and for what',
        response: { 200: ResourceMetadata },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300')
      return {
        resource: publicUrl,
        resource_name: 'Waspada',
        authorization_servers,
        scopes_supported: [...scopes],
        bearer_methods_supported: ['header' as const],
        resource_documentation: `${publicUrl}/docs`,
      }
    },
  )
}
