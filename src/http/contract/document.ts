import type { FastifyInstance } from 'fastify'
import { Components } from './components.ts'
import type { Json } from './json-schema.ts'
import { operationOf } from './operation.ts'
import { ProblemView } from './problem-schema.ts'
import type { RouteContract } from './route-contract.ts'

export interface DocumentInfo {
  version: string
  /** In the order of the document; every tag of a route must be among them. */
  tags: { name: string; description: string }[]
  servers?: { url: string; description: string; 'x-internal'?: boolean }[]
}

/** The OpenAPI document of the whole application, once it is ready. */
export function openApiDocument(app: FastifyInstance): Record<string, unknown> {
  return app.swagger() as unknown as Record<string, unknown>
}

/** The document as committed and served: the same bytes wherever it is made. */
export function openApiText(app: FastifyInstance): string {
  return `${JSON.stringify(openApiDocument(app), null, 2)}\n`
}

/** Paths and components from the contracts of all routes. */
export function describe(
  contracts: readonly RouteContract[],
  tags: ReadonlySet<string>,
): { paths: Json; components: Json } {
  const components = new Components()
  components.collect(ProblemView, 'response')
  for (const contract of contracts) collect(contract, components, tags)
  const problemResponses = new Map<string, Json>()
  const paths: Record<string, Json> = {}
  for (const contract of contracts) {
    const path = contract.url.replaceAll(/:(\w+)/g, '{$1}')
    const operation = operationOf(contract, components, problemResponses)
    paths[path] = { ...paths[path], [contract.method.toLowerCase()]: operation }
  }
  const responses = Object.fromEntries([...problemResponses].sort(([a], [b]) => (a < b ? -1 : 1)))
  const said = JSON.stringify([paths, responses])
  const used = Object.entries(headers).filter(([name]) => said.includes(`"#/components/headers/${name}"`))
  const schemas = components.schemas()
  return { paths, components: { schemas, responses, headers: Object.fromEntries(used), securitySchemes } }
}

function collect({ schema, responses }: RouteContract, components: Components, tags: ReadonlySet<string>): void {
  const unknown = schema.tags.find((tag) => !tags.has(tag))
  if (unknown || schema.tags.length === 0)
    throw new Error(`contract: ${schema.operationId}: no tag ${unknown ?? 'given'}`)
  for (const part of [schema.params, schema.querystring, schema.headers])
    if (part) components.collect(part, 'parameter')
  for (const body of [schema.body, schema.bodyItems, schema.form, schema.bytes])
    if (body) components.collect(body, 'request')
  for (const { schema: body, notes } of responses.values())
    for (const form of [body, ...Object.values(notes.otherForms ?? {})]) if (form) components.collect(form, 'response')
}

const text = (description: string, maxLength: number, pattern: string, example: string) => ({
  description,
  schema: { type: 'string', maxLength, pattern },
  example,
})

const headers = {
  RequestId: text(
    'The id of this request: the one sent, or a new one',
    128,
    '^[A-Za-z0-9._-]+$',
    '0193639c-8f4e-7c1b-9d2a-6f1e0c5b7a10',
  ),
  ContentLanguage: text('The language of title and detail', 2, '^(id|en)$', 'id'),
  WWWAuthenticate: text('What is wrong with the access token (RFC 6750)', 500, '^Bearer ', 'Bearer realm="waspada"'),
  Allow: text('The methods that this address takes', 100, '^[A-Z, ]+$', 'GET, HEAD'),
  Accept: text('The media types that this address takes', 100, '^[ -~]+$', 'application/json'),
  AcceptPatch: text('The media type that a PATCH takes', 100, '^[ -~]+$', 'application/merge-patch+json'),
  AcceptEncoding: text('The content coding that a body may have', 100, '^[ -~]+$', 'identity'),
  RateLimit: text(
    'What is left of the limit that counted this request, and the seconds until all of it is back (draft-ietf-httpapi-ratelimit-headers)',
    100,
    '^"[a-z]+";r=[0-9]+;t=[0-9]+$',
    '"client";r=2999;t=1',
  ),
  RateLimitPolicy: text(
    'The limit: requests (q) in a window of seconds (w)',
    100,
    '^"[a-z]+";q=[0-9]+;w=[0-9]+$',
    '"client";q=3000;w=60',
  ),
  RetryAfter: text('Seconds to wait', 5, '^[0-9]+$', '5'),
  Deprecation: text('Since when new programs should not use this (RFC 9745)', 20, '^@[0-9]+$', '@1798761600'),
  Sunset: text(
    'Until when it answers as it always did (RFC 8594)',
    29,
    '^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$',
    'Fri, 01 Jan 2027 00:00:00 GMT',
  ),
  DeprecationLink: text(
    'What to do instead (rel="deprecation", rel="sunset"), behind the links of the answer itself (RFC 8288)',
    9000,
    '^<[^>]+>; rel=".+$',
    '<https://example.go.id/notes>; rel="deprecation", <https://example.go.id/notes>; rel="sunset"',
  ),
}

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'An OAuth 2.0 access token in the JWT profile of RFC 9068, verified by the best current practices of RFC8725. Each operation names the scope it needs.',
  },
}
