import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { z } from 'zod'
import { openApiDocument, openApiText } from '../../src/http/contract/document.ts'
import { problems } from '../../src/http/contract/problems.ts'
import type { ContractInstance, RouteSchema } from '../../src/http/contract/route-schema.ts'
import { invalidExamples } from './invalid-examples.ts'
import { sampleApp } from './sample-app.ts'

const { app } = await sampleApp()
t.teardown(() => app.close())

t.test('a route that promises nothing, or what JSON cannot keep, does not boot', async (t) => {
  const ok = { operationId: 'x', tags: ['notes'], summary: 's', response: { 200: z.object({ a: z.string().max(1) }) } }
  const boot = (schema: Partial<RouteSchema>, config: object = { scope: 'public' }) =>
    sampleApp({}, async (app: ContractInstance) => {
      app.route({
        method: 'POST',
        url: '/x',
        config,
        schema: { ...ok, ...schema } as never,
        handler: async () => ({}) as never,
      })
    })
  await t.rejects(boot({}, {}), /states no scope/)
  await t.rejects(boot({ operationId: '' }), /no operationId/)
  await t.rejects(boot({ operationId: 'getNote' }), /two operations are called getNote/)
  await t.rejects(boot({ response: {} }), /no response schemas/)
  await t.rejects(boot({ response: problems('report_not_found') as never }), /no answer of success/)
  await t.rejects(boot({ tags: ['nope'] }), /no tag nope/)
  await t.rejects(boot({ body: z.object({ a: z.string() }) }), /x body: .*strictObject/)
  await t.rejects(boot({ body: z.strictObject({ a: z.array(z.object({})) }) }), /x body at \/a\/\*: .*strictObject/)
  await t.rejects(boot({ body: z.strictObject({ a: z.date() }) }), /JSON has no date/)
  await t.rejects(boot({ body: z.strictObject({ a: z.bigint().optional() }) }), /at \/a: JSON has no bigint/)
  await t.rejects(boot({ body: z.strictObject({ a: z.preprocess(String, z.string()) }) }), /preprocessing/)
  await t.rejects(boot({ response: { 200: z.object({ a: z.string().transform(Number) }) } }), /one-way transform/)
  await t.rejects(
    boot({ response: { 200: z.object({ a: z.string() }).meta({ id: 'Note' }) } }),
    /different schemas are called Note/,
  )
  const { app } = await boot({ body: z.strictObject({ a: z.string().transform(Number) }) })
  await app.close()
})

t.test('the document says what the routes say', async (t) => {
  const document = openApiDocument(app) as Record<string, Record<string, never>>
  const { paths, components } = document as unknown as Record<string, Record<string, Record<string, never>>>
  const submit = paths?.['/v1/notes']?.post as unknown as Record<string, unknown>
  t.strictSame(Object.keys(paths ?? {}), ['/v1/notes', '/v1/notes/{id}', '/v1/notes/{id}/close'])
  t.strictSame(submit.security, [{ bearer: ['notes:submit'] }])
  t.match(submit, { operationId: 'submitNote', description: 'Stores one note. Needs the scope `notes:submit`.' })
  const list = paths?.['/v1/notes']?.get as unknown as { security: []; parameters: object[] }
  t.strictSame(list.security, [])
  t.match(list.parameters, [
    {
      name: 'severity',
      in: 'query',
      style: 'form',
      explode: false,
      schema: { type: 'array', maxItems: 2, items: { enum: ['low', 'high'] } },
    },
    { name: 'since', schema: { type: 'string', format: 'date-time' } },
    { name: 'limit', schema: { type: 'integer', format: 'int32', minimum: 1, maximum: 200, default: 50 } },
  ])
  t.match(components?.schemas, {
    Note: {
      properties: {
        severity: { type: ['string', 'null'], enum: ['low', 'high', null] },
        closedAt: { type: ['string', 'null'], format: 'date-time' },
        location: { anyOf: [{ $ref: '#/components/schemas/Location' }, { type: 'null' }] },
      },
    },
    Location: { required: ['regionCode', 'coordinates'] },
    LocationInput: { required: ['regionCode'], additionalProperties: false },
    NoteSubmission: { properties: { location: { $ref: '#/components/schemas/LocationInput' } } },
    Actor: {
      oneOf: [{ $ref: '#/components/schemas/Person' }, { $ref: '#/components/schemas/Group' }],
      discriminator: {
        propertyName: 'kind',
        mapping: { person: '#/components/schemas/Person', group: '#/components/schemas/Group' },
      },
    },
  })
  t.strictSame(invalidExamples(document), [])
})

t.test('the document is served byte for byte, and its page needs no other server', async (t) => {
  const served = await app.inject('/openapi.json')
  t.equal(served.body, openApiText(app))
  const { app: again } = await sampleApp()
  t.equal(openApiText(again), served.body, 'made the same each time')
  await again.close()
  const cached = await app.inject({ url: '/openapi.json', headers: { 'if-none-match': String(served.headers.etag) } })
  t.equal(cached.statusCode, 304)
  const page = await app.inject('/docs/')
  t.equal(page.statusCode, 200)
  t.notMatch(page.body, /(src|href)="(https?:)?\/\//)
  t.match(page.headers['content-security-policy'], "default-src 'self'")
})

t.test('the linters find nothing', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'contract-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'openapi.json')
  await writeFile(file, openApiText(app))
  const run = (tool: string, ...given: string[]) =>
    promisify(execFile)(process.execPath, [join('node_modules', tool), 'lint', ...given, file], {
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    })
  await t.resolves(run('@redocly/cli/bin/cli.js', '--config', 'redocly.yaml', '--max-problems', '20'))
  await t.resolves(
    run('@stoplight/spectral-cli/dist/index.js', '--fail-severity', 'hint', '--ruleset', '.spectral.yaml'),
  )
})
