import t from 'tap'
import { securityHeaders } from '../../src/http/security-headers.ts'
import { aReport } from '../support/a-report.ts'
import { startApi } from '../support/start-api.ts'

const origin = 'https://dasbor.example.go.id'
const preflight = (from: string, more: Record<string, string> = {}) => ({
  method: 'OPTIONS' as const,
  url: '/v1/reports',
  headers: { origin: from, 'access-control-request-method': 'POST', ...more },
})

t.test('no page of another origin may read an answer unless its origin is configured', async (t) => {
  const { as, call } = await startApi(t)
  const asked = await call(preflight(origin))
  t.equal(asked.statusCode, 405)
  t.notOk(asked.headers['access-control-allow-origin'])
  const answer = await as('kendari').get('/v1/me', { headers: { origin } })
  t.notOk(answer.headers['access-control-allow-origin'])
  t.notOk(answer.headers.vary)
})

t.test('a configured origin asks first, without a token, and reads the answers and their headers', async (t) => {
  const { as, call } = await startApi(t, { corsOrigins: [origin, 'https://peta.example.go.id'] })
  const asked = await call(preflight(origin, { 'access-control-request-headers': 'authorization,idempotency-key' }))
  t.equal(asked.statusCode, 204)
  t.match(asked.headers, {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': /POST.*PATCH/,
    'access-control-allow-headers': /Authorization.*If-Match/,
    'access-control-max-age': '3600',
    vary: /Origin/,
    'x-request-id': /./,
  })
  t.notOk(asked.headers['access-control-allow-credentials'], 'there are no cookies')
  const posted = await as('kendari').post('/v1/reports', aReport(), { headers: { origin } })
  t.equal(posted.statusCode, 201)
  t.equal(posted.headers['access-control-allow-origin'], origin)
  const exposed = String(posted.headers['access-control-expose-headers']).split(', ')
  for (const name of [
    'ETag',
    'Location',
    'Link',
    'Retry-After',
    'RateLimit',
    'RateLimit-Policy',
    'X-Request-Id',
    'Idempotent-Replayed',
  ])
    t.ok(exposed.includes(name), name)
  const refused = await call({ url: '/v1/me', headers: { origin } })
  t.match(refused, {
    statusCode: 401,
    headers: { 'access-control-allow-origin': origin, vary: 'Origin, Accept-Language' },
  })
})

t.test('another origin is told nothing', async (t) => {
  const { as, call } = await startApi(t, { corsOrigins: [origin] })
  for (const other of ['https://jahat.example', `${origin}.jahat.example`, 'http://dasbor.example.go.id', 'null']) {
    t.notOk((await call(preflight(other))).headers['access-control-allow-origin'], other)
    const answer = await as('kendari').get('/v1/me', { headers: { origin: other } })
    t.notOk(answer.headers['access-control-allow-origin'])
    t.equal(answer.headers.vary, 'Origin')
  }
})

t.test('with CORS on, addresses and methods are refused as before', async (t) => {
  const { call } = await startApi(t, { corsOrigins: [origin] })
  t.equal((await call({ url: '/nope' })).json().code, 'route_not_found')
  const plain = await call({ method: 'OPTIONS', url: '/v1/reports' })
  t.match(plain.json(), { code: 'method_not_allowed' })
  t.equal(plain.headers.allow, 'GET, HEAD, POST')
  t.equal((await call({ method: 'OPTIONS', url: '/nope', headers: { origin } })).json().code, 'route_not_found')
})

t.test('every answer carries the security headers, and nobody says what serves it', async (t) => {
  const { as, call } = await startApi(t)
  const posted = await as('kendari').post('/v1/reports', aReport())
  const etag = String(posted.headers.etag)
  const read = await as('kendari').get(posted.headers.location as string, { headers: { 'if-none-match': etag } })
  t.equal(read.statusCode, 304, 'no-store is for caches: a client may hold an ETag')
  const answers = [
    posted,
    read,
    await as('kendari').get('/v1/reports'),
    await call({ url: '/v1/me' }),
    await call({ url: '/nope' }),
  ]
  answers.push(
    await call({ url: '/livez' }),
    await call({ url: '/v1/%zz' }),
    await call({ method: 'HEAD', url: '/livez' }),
  )
  for (const { headers, statusCode } of answers) {
    for (const [name, value] of Object.entries(securityHeaders)) t.equal(headers[name], value, `${statusCode} ${name}`)
    t.notOk(headers.server ?? headers['x-powered-by'])
  }
})

t.test('pages have a policy that lets them work', async (t) => {
  const { call } = await startApi(t)
  const docs = await call({ url: '/docs/' })
  t.equal(docs.statusCode, 200)
  const policy = String(docs.headers['content-security-policy'])
  t.match(policy, /default-src 'self'.*frame-ancestors 'none'/)
  t.notMatch(docs.body, /<script(?![^>]*\bsrc=)[^>]*>[^<]/, 'no script is inline')
  const sources = [...docs.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, source]) => new URL(source ?? '', 'http://a/docs/'),
  )
  t.ok(sources.length > 3)
  for (const { origin, pathname } of sources) {
    t.equal(origin, 'http://a')
    const asset = await call({ url: pathname })
    t.equal(asset.statusCode, 200, pathname)
    t.equal(asset.headers['x-content-type-options'], 'nosniff')
  }
  const page = await call({ url: '/problems/rate_limited' })
  t.match(page.headers['content-security-policy'], /default-src 'none'; style-src 'unsafe-inline'/)
  t.match(page.headers, { 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' })
  t.equal((await call({ url: '/openapi.json' })).headers['cache-control'], 'no-cache')
})
