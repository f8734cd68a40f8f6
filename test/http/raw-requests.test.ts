import fc from 'fast-check'
import t, { type Test } from 'tap'
import { securityHeaders } from '../../src/http/security-headers.ts'
import { serverOptions } from '../../src/http/server-options.ts'
import { type Answer, rawRequest } from './raw-request.ts'
import { sampleApp } from './sample-app.ts'
import { id } from './sample-notes.ts'

const { app, violations } = await sampleApp({
  requestTimeout: 200,
  http: { ...serverOptions.http, headersTimeout: 200, connectionsCheckingInterval: 50 },
} as object)
await app.listen({ port: 0, host: '127.0.0.1' })
t.teardown(() => app.close())

const raw = (...pieces: string[]) => rawRequest(Number(new URL(app.listeningOrigin).port), pieces)
const get = (path: string, ...fields: string[]) =>
  raw(`GET ${path} HTTP/1.1\r\nConnection: close\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`)
const post = (body: string, ...fields: string[]) =>
  raw(`POST /v1/notes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields.join('\r\n')}\r\n\r\n${body}`)

function assertProblem(t: Test, response: Answer, status: number, code: string, errors?: object[]): void {
  t.equal(response.statusCode, status)
  t.match(response.headers['content-type'], /^application\/problem\+json/)
  t.match(response.json(), { status, code, instance: response.headers['x-request-id'], ...(errors && { errors }) })
  for (const [name, value] of Object.entries(securityHeaders)) t.equal(response.headers[name], value, name)
  t.notOk(response.headers.server ?? response.headers['x-powered-by'])
}

t.test('what the parser gives up on', async (t) => {
  assertProblem(t, await raw('garbage\r\n\r\n'), 400, 'request_malformed')
  assertProblem(t, await raw('BREW / HTTP/1.1\r\nHost: a\r\n\r\n'), 400, 'request_malformed')
  assertProblem(t, await get('/', 'Host: a', 'Bad Header: x'), 400, 'request_malformed')
  assertProblem(t, await get('/', 'Host: a', 'X: a\r\n folded'), 400, 'request_malformed')
  assertProblem(t, await get('/', 'Host: a', `X: ${'x'.repeat(20_000)}`), 431, 'headers_too_large')
  assertProblem(t, await get(`/v1/notes?trick=${'x'.repeat(20_000)}`, 'Host: a'), 431, 'headers_too_large')
})

t.test('HEAD is answered without a body, also where the parser gave up on it', async (t) => {
  const head = (...fields: string[]) =>
    raw(`HEAD /v1/notes HTTP/1.1\r\nConnection: close\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`)
  for (const [field, status] of [
    [`X: ${'x'.repeat(20_000)}`, 431],
    ['Bad Header: x', 400],
  ] as const) {
    const response = await head('Host: a', field)
    t.equal(response.statusCode, status)
    t.match(response.headers['content-type'], /^application\/problem\+json/)
    t.ok(Number(response.headers['content-length']) > 0, 'the length is that of what GET gets')
    t.throws(() => response.json(), SyntaxError, 'nothing follows the header fields')
  }
  const chunked = 'HEAD /v1/notes HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'
  const spoilt = await raw(chunked)
  t.equal(spoilt.statusCode, 400)
  t.throws(() => spoilt.json(), SyntaxError)
})

t.test('two ways to say where a body ends are no way', async (t) => {
  for (const fields of [
    ['Content-Length: 2', 'Content-Length: 3'],
    ['Content-Length: 2', 'Transfer-Encoding: chunked'],
    ['Content-Length: +2'],
    ['Content-Length: 2, 2'],
  ])
    assertProblem(t, await post('{}', 'Content-Type: application/json', ...fields), 400, 'request_malformed')
  const chunked = '2\r\n{}\r\n0\r\n\r\n'
  assertProblem(
    t,
    await post(chunked, 'Content-Type: application/json', 'Transfer-Encoding: gzip, chunked'),
    400,
    'parameter_invalid',
    [{ header: 'Transfer-Encoding', code: 'not_allowed' }],
  )
  assertProblem(
    t,
    await post('zz\r\n', 'Content-Type: application/json', 'Transfer-Encoding: chunked'),
    400,
    'request_malformed',
  )
})

t.test('a chunked body is counted as it comes', async (t) => {
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  const response = await post(chunk.repeat(5), 'Content-Type: application/json', 'Transfer-Encoding: chunked')
  assertProblem(t, response, 413, 'body_too_large')
  assertProblem(t, await post('', 'Content-Type: application/json', 'Content-Length: 999999999'), 413, 'body_too_large')
})

t.test('a request has one Host, which could be one', async (t) => {
  assertProblem(t, await get('/v1/notes'), 400, 'parameter_invalid', [{ header: 'Host', code: 'required' }])
  for (const other of ['Host: b', 'Host: a', 'host: a'])
    assertProblem(t, await get('/v1/notes', 'Host: a', other), 400, 'parameter_invalid', [
      { header: 'Host', code: 'repeated_parameter' },
    ])
  for (const host of ['a b', 'a/b', 'a@b', 'http://a', 'a, b', 'a:', 'a:99999999', '[::1', '<a>', ''])
    assertProblem(t, await get('/v1/notes', `Host: ${host}`), 400, 'parameter_invalid', [
      { header: 'Host', code: 'format_invalid' },
    ])
  for (const host of ['a', 'waspada.example.go.id:3000', '127.0.0.1:3000', '[::1]:3000'])
    t.equal((await get('/v1/notes', `Host: ${host}`)).statusCode, 200, host)
  t.equal((await raw('GET /v1/notes HTTP/1.0\r\n\r\n')).statusCode, 200, 'HTTP/1.0 knew none')
})

t.test('a header that counts once is given once', async (t) => {
  const twice = await get('/v1/notes', 'Host: a', 'Authorization: Bearer a', 'Authorization: Bearer b')
  assertProblem(t, twice, 400, 'parameter_invalid', [{ header: 'Authorization', code: 'repeated_parameter' }])
  const types = await post('{}', 'Content-Type: application/json', 'Content-Type: text/plain', 'Content-Length: 2')
  assertProblem(t, types, 415, 'media_type_unsupported')
  const many = Array.from({ length: 150 }, (_, index) => `X-${index}: 1`)
  assertProblem(t, await get('/v1/notes', 'Host: a', ...many), 431, 'headers_too_large')
  t.equal((await get('/v1/notes', 'Host: a', ...many.slice(0, 98))).statusCode, 200)
})

t.test('methods and addresses that nobody serves', async (t) => {
  const methods = { TRACE: 405, DELETE: 405, PROPFIND: 405, PURGE: 405 }
  for (const [method, status] of Object.entries(methods))
    assertProblem(
      t,
      await raw(`${method} /v1/notes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
      status,
      'method_not_allowed',
    )
  assertProblem(t, await raw('PROPFIND /nope HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), 404, 'route_not_found')
  assertProblem(t, await raw('CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n'), 405, 'method_not_allowed')
  for (const path of ['//', '//v1/notes', '/v1//notes', '/v1%2Fnotes', '/v1/../v1/notes', '/v1/notes;a=1', '*'])
    assertProblem(t, await get(path, 'Host: a'), 404, 'route_not_found')
  assertProblem(t, await get('/v1/notes/%2e%2e%2fsecret', 'Host: a'), 404, 'report_not_found')
  for (const path of ['/v1/%zz', '/v1/%00', '/v1/notes/%C0%AF'])
    t.match((await get(path, 'Host: a')).statusCode, /^40[04]$/, path)
})

t.test('an address may name its host, as for a proxy', async (t) => {
  t.equal((await get('http://waspada.example/v1/notes?limit=1', 'Host: a')).statusCode, 200)
  assertProblem(t, await get('http://waspada.example', 'Host: a'), 404, 'route_not_found')
  assertProblem(t, await get('HTTPS://waspada.example?limit=x', 'Host: a'), 404, 'route_not_found')
  assertProblem(t, await get('http://waspada.example/v1/notes?limit=x', 'Host: a'), 400, 'parameter_invalid')
  for (const target of ['ftp://a/v1/notes', 'v1/notes', 'a:80'])
    t.match(await get(target, 'Host: a'), { headers: { 'content-type': /problem/ } }, target)
})

t.test('an Expect that we do not know is ignored, as an upgrade is', async (t) => {
  t.equal((await get('/v1/notes', 'Host: a', 'Expect: tea')).statusCode, 200)
  t.equal((await get('/v1/notes', 'Host: a', 'Upgrade: websocket')).statusCode, 200)
})

t.test('a request that does not arrive in time is answered, and its connection closed', async (t) => {
  const slowBody = ['Content-Type: application/json', 'Content-Length: 5']
  assertProblem(t, await raw('GET /v1/notes HTTP/1.1\r\nHost: a\r\n'), 408, 'request_timeout')
  assertProblem(t, await post('{', ...slowBody), 408, 'request_timeout')
})

t.test('every wait for a client has an end', async (t) => {
  const { http, requestTimeout, connectionTimeout, keepAliveTimeout } = serverOptions
  const { headersTimeout, connectionsCheckingInterval } = http
  for (const wait of [headersTimeout, connectionsCheckingInterval, requestTimeout, connectionTimeout, keepAliveTimeout])
    t.ok(wait > 0 && wait <= 75_000)
  const { app } = await sampleApp()
  t.match(app.server, {
    requestTimeout,
    headersTimeout,
    keepAliveTimeout,
    timeout: connectionTimeout,
    maxHeadersCount: 101,
  })
  await app.close()
})

t.test('whatever comes is answered in a form that the contract names', async (t) => {
  const token = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_.~!*/%\\"\u00e9\t ,;='), maxLength: 20 })
  const value = fc.oneof(
    token,
    fc.constantFrom('application/json', 'chunked', 'gzip', '5', '-1', '*/*', 'identity', 'close'),
  )
  const names = [
    'Accept',
    'Accept-Language',
    'Content-Type',
    'Content-Encoding',
    'Host',
    'Authorization',
    'Expect',
    'Range',
  ]
  const field = fc.tuple(fc.constantFrom(...names, 'If-None-Match', 'Idempotency-Key', 'X-Request-Id', 'Origin'), value)
  const request = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'OPTIONS', 'TRACE', 'QUERY', 'get', 'X'),
    path: fc.oneof(token, fc.constantFrom('/v1/notes', '/v1/notes?limit=', `/v1/notes/${id}`, '/docs/', '/problems')),
    query: token,
    fields: fc.array(field, { maxLength: 4 }),
    body: fc.oneof(token, fc.constantFrom('{}', '[1', '{"subject":"\\ud800"}')),
  })
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, fields, body }) => {
      const lines = fields.map(([name, given]) => `${name}: ${given}\r\n`).join('')
      const head = `${method} ${path}${query} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lines}`
      const { statusCode, headers } = await raw(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
      t.ok(statusCode >= 200 && statusCode < 500, `${statusCode}`)
      if (statusCode >= 400) t.match(headers['content-type'], /^application\/problem\+json/)
      t.equal(headers['x-content-type-options'], 'nosniff')
    }),
    { numRuns: 300 },
  )
})

t.test('each of these answers was one that the contract names', async (t) => {
  t.strictSame(violations, [])
})
