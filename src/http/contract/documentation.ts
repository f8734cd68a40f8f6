import { createHash } from 'node:crypto'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { isUnmodified } from '../etag.ts'
import { type DocumentInfo, describe, openApiText } from './document.ts'

/**
 * Serves the contract: `/openapi.json`, the bytes that are committed, and `/docs` for people, without any outside network.
 * Register after `contract` and before the routes.
 */
export const documentation = fastifyPlugin(registerDocumentation, { name: 'documentation', dependencies: ['contract'] })

async function registerDocumentation(app: FastifyInstance, info: DocumentInfo): Promise<void> {
  await app.register(swagger, {
    openapi: {},
    // Paths come from our contracts: what the library makes of schemas loses headers, examples and discriminators.
    transform: ({ url }) => ({ schema: { hide: true }, url }),
    transformObject: () =>
      ({ ...preamble(info), ...describe(app.contracts, new Set(info.tags.map(({ name }) => name))) }) as never,
  })
  let served: { text: string; etag: string } | undefined
  app.addHook('onReady', async () => {
    const text = openApiText(app)
    served = { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` }
  })
  app.get('/openapi.json', { config: { scope: 'public' }, schema: { hide: true } }, async (request, reply) => {
    const { text, etag } = served as { text: string; etag: string }
    reply.header('etag', etag).header('cache-control', 'no-cache')
    if (isUnmodified(request.headers['if-none-match'], etag)) return reply.code(304).send()
    return reply.type('application/json; charset=utf-8').send(text)
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // The badge of the default validator would send the address of this service to a stranger.
    uiConfig: { validatorUrl: null as never, docExpansion: 'list', deepLinking: true },
    staticCSP: contentSecurityPolicy,
  })
}

// Everything comes from this server; the page styles itself inline. No upgrade to https, or a local http server has no page.
const contentSecurityPolicy = {
  'default-src': ["'self'"],
  'base-uri': ["'self'"],
  'frame-ancestors': ["'none'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'style-src': ["'self'", "'unsafe-inline'"],
}

function preamble({ version, tags, servers }: DocumentInfo) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Waspada',
      version,
      summary: 'Early-warning reporting for Kesbangpol offices',
      description,
      contact: { name: 'Waspada maintainers' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: servers ?? [{ url: '/', description: 'This server (production, staging or local)', 'x-internal': false }],
    tags,
  }
}

const description =
  `Kesbangpol offices report threats, challenges, obstacles and disruptions (ATHG); each report is classified by
election stage and region, and shown to those who may see it.

Times are RFC 3339 with offset in, UTC out. Errors are RFC 9457 problems, in Indonesian or English by Accept-Language; an
answer of 400 or 422 names every fault at once. Unknown members and parameters are refused. Every answer carries X-Request-Id.

New members may come with any answer, and new values where a list is marked \`x-extensible-enum\`; nothing else changes under a client
without a Deprecation header (RFC 9745) long before.`.replaceAll(/([^\n])\n(?!\n)/g, '$1 ')
