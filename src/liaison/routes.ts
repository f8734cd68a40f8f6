import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { IssuerSettings } from '../access/issuers.ts'
import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { isUnmodified } from '../http/etag.ts'
import { etagHeader } from '../http/header-docs.ts'
import { IfNoneMatch } from '../http/schemas.ts'
import { apiCatalog, catalogPath } from './api-catalog.ts'
import { listOutlets } from './list-outlets.ts'
import { ApiCatalog, OutletList } from './schemas.ts'

const linkset = 'application/linkset+json'
const profile = `${linkset}; profile="https://www.rfc-editor.org/info/rfc9727"`

const frontLinks = [
  `<${catalogPath}>; rel="api-catalog"`,
  '</openapi.json>; rel="service-desc"',
  '</docs>; rel="service-doc"',
].join(', ')

const catalogLink = {
  description: 'The catalogue itself, rel="api-catalog" (RFC 9727); what a HEAD is for',
  required: true,
  schema: { type: 'string', maxLength: 500, pattern: '^<[^>]+>; rel="api-catalog"$' },
}

/** What outside tools find of this service before they know it. */
export const catalogRoutes: Routes<{ settings: IssuerSettings }> = async (app, { settings }) => {
  // Who opens the bare address is led on: people to the reference, programs by the links (RFC 9727, RFC 8631).
  app.get('/', { config: { scope: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    reply.headers({ link: frontLinks, 'cache-control': 'public, max-age=300' })
    return reply.redirect('/docs', 302)
  })
  // Bytes: to a text the server would add a charset, which JSON has not.
  const bytes = Buffer.from(JSON.stringify(apiCatalog(settings)))
  const headers = {
    etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
    link: `<${settings.publicUrl}${catalogPath}>; rel="api-catalog"`,
    'cache-control': 'public, max-age=300',
  }
  app.get(
    catalogPath,
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'getApiCatalog',
        tags: ['liaison'],
        summary: 'Where contract, reference, tokens and outlets are',
        description: 'The beginning for a program that knows nothing but the address of this service (RFC 9727).',
        headers: z.object({ 'if-none-match': IfNoneMatch.optional() }),
        response: {
          200: respond(ApiCatalog, { mediaType: linkset, headers: { ETag: etagHeader, Link: catalogLink } }),
          304: respond(null, { headers: { ETag: etagHeader, Link: catalogLink } }),
        },
      },
    },
    async (request, reply) => {
      reply.headers(headers)
      if (isUnmodified(request.headers['if-none-match'], headers.etag)) return reply.code(304).send()
      return reply.type(profile).send(bytes as never)
    },
  )
}

export const liaisonRoutes: Routes = async (app) => {
  app.get(
    '/liaison',
    {
      config: { scope: 'authenticated' },
      schema: {
        operationId: 'listOutlets',
        tags: ['liaison'],
        summary: 'The outlets for outside tools, and my rights in them',
        description:
          'Every way by which programs get what Waspada has for them, with the scope that it needs and what the caller may do there ' +
          'today. An outlet that is not listed does not exist.',
        response: { 200: OutletList },
      },
    },
    async ({ context }) => ({ items: await listOutlets(context) }),
  )
}
