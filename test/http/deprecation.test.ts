import t from 'tap'
import { z } from 'zod'
import { deprecated } from '../../src/http/contract/deprecation.ts'
import { openApiDocument } from '../../src/http/contract/document.ts'
import { respond } from '../../src/http/contract/responses.ts'
import type { RouteSchema, Routes } from '../../src/http/contract/route-schema.ts'
import { linkHeader } from '../../src/http/header-docs.ts'
import { IntegerParam } from '../../src/http/schemas.ts'
import { invalidExamples } from './invalid-examples.ts'
import { sampleApp } from './sample-app.ts'

const note = {
  since: '2026-06-01',
  sunset: '2027-01-01T00:00:00+07:00',
  link: 'https://waspada.example.go.id/docs/old',
}
const Old = z.strictObject({ name: z.string().max(5), old: deprecated(z.string().max(5).describe('A name'), note) })

/** A route as it is told that it will be gone, with a parameter and a member of their own. */
const routes =
  (more: Partial<RouteSchema> = {}): Routes =>
  async (app) => {
    app.get(
      '/v1/old',
      {
        config: { scope: 'public' },
        schema: {
          operationId: 'getOld',
          tags: ['notes'],
          summary: 'Old',
          deprecation: note,
          querystring: z.strictObject({ page: deprecated(IntegerParam(1, 9).optional(), note) }),
          response: { 200: respond(Old, { headers: { Link: linkHeader } }) },
          ...(more as object),
        },
      },
      async ({ query }, reply) => {
        if ((query as { page?: number }).page === 2) reply.header('link', '</v1/old?page=3>; rel="next"')
        return { name: 'a', old: 'b' }
      },
    )
  }

const { app, violations } = await sampleApp({}, routes())
t.teardown(() => app.close())

const own =
  '<https://waspada.example.go.id/docs/old>; rel="deprecation", <https://waspada.example.go.id/docs/old>; rel="sunset"'

t.test('every answer of a deprecated route says since when and until when, refusals too', async (t) => {
  const asked = [
    { method: 'GET', url: '/v1/old', status: 200 },
    { method: 'HEAD', url: '/v1/old', status: 200 },
    { method: 'GET', url: '/v1/old?page=10', status: 400 },
    { method: 'GET', url: '/v1/old', headers: { accept: 'text/html' }, status: 406 },
    { method: 'GET', url: '/v1/old', headers: { host: 'no host' }, status: 400 },
  ] as const
  for (const { status, ...request } of asked) {
    const answer = await app.inject(request)
    t.equal(answer.statusCode, status)
    t.match(answer.headers, { deprecation: '@1780272000', sunset: 'Thu, 31 Dec 2026 17:00:00 GMT', link: own })
  }
  const next = await app.inject('/v1/old?page=2')
  t.equal(next.headers.link, `</v1/old?page=3>; rel="next", ${own}`, 'behind the links of the answer itself')
  const other = await app.inject('/v1/notes')
  t.notOk(other.headers.deprecation ?? other.headers.sunset ?? other.headers.link)
  t.same(violations, [])
})

t.test('the document marks route, parameter and member, with their dates', async (t) => {
  const document = openApiDocument(app) as never as Record<string, Record<string, Record<string, never>>>
  const operation = document.paths?.['/v1/old']?.get as never as Record<string, never>
  const marks = { deprecated: true, 'x-deprecation': note }
  const words = `Deprecated since 2026-06-01, gone from ${note.sunset}: see ${note.link}`
  t.match(operation, { ...marks, description: `Public: no token is needed. ${words}.` })
  t.match(operation.parameters, [{ name: 'page', ...marks, description: words, schema: { deprecated: undefined } }])
  const answers = operation.responses as unknown as Record<
    string,
    Record<string, Record<string, Record<string, never>>>
  >
  for (const [status, { headers }] of Object.entries(answers))
    t.ok(headers?.Deprecation && headers.Sunset && headers.Link, `${status} has the headers`)
  t.match(answers['200']?.content?.['application/json']?.schema, {
    properties: { old: { ...marks, description: `A name. ${words}` } },
  })
  t.match(document.paths?.['/v1/notes']?.get, { deprecated: undefined })
  t.same(invalidExamples(document as never), [])
})

t.test('a deprecation that cannot be does not boot', async (t) => {
  const boot = (deprecation: object) => sampleApp({}, routes({ deprecation: deprecation as typeof note }))
  await t.rejects(boot({ since: '2026-06-01', sunset: '2026-05-31' }), /getOld is gone \(2026-05-31\) before it is/)
  await t.rejects(boot({ since: '2026-06-01', sunset: 'soon' }), /getOld: soon is no day/)
  await t.rejects(boot({ since: '2026-02-31', sunset: '2027-01-01' }), /2026-02-31 is no day/)
  await t.rejects(boot({ ...note, link: 'docs>; rel="x"' }), /is no link/)
  t.throws(() => deprecated(z.string(), { since: '2027-01-01', sunset: '2026-01-01' }), /before it is deprecated/)
  const { app } = await sampleApp({}, routes({ deprecation: { since: '2026-06-01', sunset: '2026-06-01' } }))
  const answer = await app.inject('/v1/old')
  t.notOk(answer.headers.link, 'no link where none was given')
  await app.close()
})
