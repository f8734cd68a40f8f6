import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import t, { type Test } from 'tap'
import { DomainError } from '../../src/errors.ts'
import { openApiDocument } from '../../src/http/contract/document.ts'
import type { Routes } from '../../src/http/contract/route-schema.ts'
import { errorCodes, texts } from '../../src/http/problem.ts'
import type { Answer } from './raw-request.ts'
import { sampleApp } from './sample-app.ts'
import { aSubmission, id } from './sample-notes.ts'

const { app } = await sampleApp()
t.teardown(() => app.close())

const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
ajv.addSchema(openApiDocument(app), 'document', undefined, false)
const isProblem = ajv.compile({ $ref: 'document#/components/schemas/Problem' })

function assertProblem(t: Test, response: Answer, status: number, code: string): void {
  t.equal(response.statusCode, status)
  t.match(response.headers['content-type'], /^application\/problem\+json/)
  const problem = response.json()
  t.match(problem, { status, code, type: `/problems/${code}`, instance: response.headers['x-request-id'] })
  t.ok(isProblem(problem), ajv.errorsText(isProblem.errors))
}

t.test('the router: unknown addresses and methods', async (t) => {
  assertProblem(t, await app.inject('/nope'), 404, 'route_not_found')
  assertProblem(
    t,
    await app.inject({ method: 'POST', url: '/nope', headers: { 'content-type': 'text/plain' }, payload: 'x' }),
    404,
    'route_not_found',
  )
  assertProblem(t, await app.inject('/v1/%zz'), 400, 'request_malformed')
  for (const broken of ['%ff', '%C0%AF', '%ED%A0%80', '%zz', '%']) {
    const response = await app.inject(`/v1/notes?limit=5&trick=${broken}`)
    assertProblem(t, response, 400, 'parameter_invalid')
    t.match(response.json().errors, [{ parameter: 'trick', code: 'text_invalid' }])
  }
  assertProblem(t, await app.inject(`/v1/notes/${'a'.repeat(101)}`), 404, 'route_not_found')
  for (const method of ['DELETE', 'PUT', 'OPTIONS', 'PATCH'] as const) {
    const response = await app.inject({ method, url: '/v1/notes' })
    assertProblem(t, response, 405, 'method_not_allowed')
    t.equal(response.headers.allow, 'GET, HEAD, POST')
  }
  const close = await app.inject(`/v1/notes/${id}/close`)
  assertProblem(t, close, 405, 'method_not_allowed')
  t.equal(close.headers.allow, 'POST')
})

t.test('the parser: only JSON in UTF-8', async (t) => {
  const post = (payload: string | Buffer, type = 'application/json') =>
    app.inject({
      method: 'POST',
      url: '/v1/notes',
      payload,
      headers: { 'content-type': type, 'accept-language': 'en' },
    })
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'nonsense',
    'application/json; charset=latin1',
  ]) {
    const response = await post('{}', type)
    assertProblem(t, response, 415, 'media_type_unsupported')
    t.match(response.headers.accept, /^application\/json/)
  }
  t.equal((await post(JSON.stringify(aSubmission()), 'application/json; charset=UTF-8')).statusCode, 201)
  for (const payload of ['', '{"a":', '{"a":1}x', "{'a':1}", '\ufeff{}'])
    assertProblem(t, await post(payload), 400, 'request_malformed')
  const deep = await post(`${'['.repeat(50_000)}{"__proto__":1}${']'.repeat(50_000)}`)
  assertProblem(t, deep, 422, 'body_invalid')
  assertProblem(t, await app.inject({ method: 'POST', url: '/v1/notes' }), 400, 'request_malformed')
  t.match((await post('{"a" 1}')).json(), { detail: /not JSON \(at character 5\)/ })
  const latin = await post(Buffer.from('{"subject":"\xe9"}', 'latin1'))
  assertProblem(t, latin, 400, 'request_malformed')
  t.match(latin.json(), { detail: /UTF-8/ })
  assertProblem(t, await post(JSON.stringify({ ...aSubmission(), facts: 'x'.repeat(300_000) })), 413, 'body_too_large')
  const poisoned = await post('{"__proto__":{"a":1},"location":{"\\u005f_proto__":1,"constructor":{"prototype":1}}}')
  assertProblem(t, poisoned, 422, 'body_invalid')
  t.match(poisoned.json().errors, [
    { pointer: '/__proto__', code: 'unknown_member' },
    { pointer: '/location/__proto__', code: 'unknown_member' },
    { pointer: '/location/constructor', code: 'unknown_member' },
  ])
  const crowded = await post(
    JSON.stringify(Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`m${index}`, 1]))),
  )
  t.equal(crowded.json().errors.length, 1000)
  t.ok(isProblem((await post(JSON.stringify({ ['x'.repeat(9000)]: 1 }))).json()))
})

t.test('what Accept takes', async (t) => {
  const get = (accept: string) => app.inject({ url: '/v1/notes', headers: { accept } })
  for (const accept of ['*/*', 'application/*', 'text/html, application/json;q=0.1', 'Application/JSON'])
    t.equal((await get(accept)).statusCode, 200)
  for (const accept of ['text/html', 'application/json;q=0, */*', 'application/problem+json']) {
    assertProblem(t, await get(accept), 406, 'not_acceptable')
  }
})

t.test('errors nobody foresaw say nothing of the inside', async (t) => {
  const bug = await app.inject('/v1/notes?trick=bug')
  assertProblem(t, bug, 500, 'internal_error')
  t.notMatch(bug.body, /select|secrets|at /)
  const down = await app.inject('/v1/notes?trick=down')
  assertProblem(t, down, 503, 'service_unavailable')
  t.equal(down.headers['retry-after'], '5')
})

t.test('a conflict names what is there', async (t) => {
  const headers = { 'idempotency-key': 'taken-taken-taken' }
  const response = await app.inject({ method: 'POST', url: '/v1/notes', payload: aSubmission(), headers })
  assertProblem(t, response, 409, 'idempotency_conflict')
  t.equal(response.json().existingId, id)
})

t.test('words are Indonesian unless English is wanted more; the code never changes', async (t) => {
  const languages = {
    '': 'id',
    'en-GB,en;q=0.9': 'en',
    'id,en;q=0.5': 'id',
    'in-ID': 'id',
    'en;q=0.2, id;q=0.1': 'en',
    fr: 'id',
    'id;q=0,*': 'en',
  }
  for (const [given, language] of Object.entries(languages)) {
    const response = await app.inject({ url: '/nope', headers: given ? { 'accept-language': given } : {} })
    t.equal(response.headers['content-language'], language, given)
    t.equal(response.headers.vary, 'Accept-Language')
    t.match(response.json(), {
      code: 'route_not_found',
      title: texts[language as 'id' | 'en'].problems.route_not_found[0],
    })
  }
})

t.test('the request id of the caller is kept where it is fit for it', async (t) => {
  const idFor = async (given: string) =>
    (await app.inject({ url: '/v1/notes', headers: { 'x-request-id': given } })).headers['x-request-id']
  t.equal(await idFor('kendari-1.a_B'), 'kendari-1.a_B')
  for (const given of ['a b', 'x'.repeat(129), '<script>', 'a, b']) t.match(await idFor(given), /^[0-9a-f-]{36}$/)
})

t.test('problems have pages in both languages', async (t) => {
  const list = await app.inject('/problems')
  t.match(list.headers['content-type'], 'text/html')
  for (const code of errorCodes) {
    const page = await app.inject(`/problems/${code}`)
    t.equal(page.statusCode, 200)
    for (const language of ['id', 'en'] as const) t.match(page.body, `lang="${language}"><h2>`)
    t.match(list.body, `/problems/${code}`)
  }
  t.match((await app.inject('/problems/token_missing')).body, 'Bearer &#60;token&#62;')
  assertProblem(t, await app.inject('/problems/constructor'), 404, 'route_not_found')
})

t.test('what a handler set for its success does not stay on the refusal', async (t) => {
  const failing: Routes = async (app) => {
    app.get('/x', { config: { scope: 'public' }, schema: { hide: true } as never }, async (_request, reply) => {
      reply.header('etag', '"1"').header('location', '/x')
      throw new DomainError('report_not_found')
    })
  }
  const { app } = await sampleApp({}, failing)
  const response = await app.inject('/x')
  assertProblem(t, response, 404, 'report_not_found')
  t.notOk(response.headers.etag ?? response.headers.location)
  await app.close()
})
