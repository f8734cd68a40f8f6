import { answer, type Document, member, operation, parameter } from './places.ts'

/** What OpenAPI has, our contract has not, and no rule of the comparison weighs. */
export const unknowns: readonly { what: string; put(document: Document): void }[] = [
  { what: 'webhooks', put: (d) => Object.assign(d, { webhooks: {} }) },
  { what: 'another OpenAPI', put: (d) => Object.assign(d, { openapi: '3.2.0' }) },
  { what: 'callbacks', put: (d) => Object.assign(operation(d, 'get', '/v1/me'), { callbacks: {} }) },
  { what: 'a path elsewhere', put: (d) => Object.assign(d.paths['/v1/me'], { $ref: '#/components/pathItems/Me' }) },
  { what: 'another method', put: (d) => Object.assign(d.paths['/v1/me'], { query: operation(d, 'get', '/v1/me') }) },
  { what: 'an address of one path', put: (d) => Object.assign(d.paths['/v1/me'], { servers: [{ url: '/api' }] }) },
  {
    what: 'an address of one operation',
    put: (d) => Object.assign(operation(d, 'get', '/v1/me'), { servers: [{ url: '/api' }] }),
  },
  { what: 'an address with variables', put: (d) => Object.assign(d.servers[0], { variables: {} }) },
  {
    what: 'reserved letters in a parameter',
    put: (d) => Object.assign(parameter(d, '/v1/reports', 'q'), { allowReserved: true }),
  },
  {
    what: 'the content of a parameter',
    put: (d) => Object.assign(parameter(d, '/v1/reports', 'q'), { content: {} }),
  },
  {
    what: 'the encoding of a body',
    put: (d) =>
      Object.assign(operation(d, 'post', '/v1/reports').requestBody.content['application/json'], { encoding: {} }),
  },
  { what: 'links of an answer', put: (d) => Object.assign(answer(d, 'get', '/v1/me', '200'), { links: {} }) },
  {
    what: 'how a header is written',
    put: (d) => Object.assign(answer(d, 'get', '/v1/events', '200').headers.Link, { explode: true }),
  },
  { what: 'a schema that excludes', put: (d) => Object.assign(member(d, 'Me', 'tier'), { not: { const: 'village' } }) },
  {
    what: 'a schema that depends',
    put: (d) => Object.assign(d.components.schemas.AskQuestion, { dependentSchemas: { dueAt: {} } }),
  },
  {
    what: 'two formats of one value',
    put: (d) => {
      const text = d.components.schemas.Event.properties.id
      d.components.schemas.Event.properties.id = { allOf: [text, { format: 'uri' }] }
    },
  },
]
