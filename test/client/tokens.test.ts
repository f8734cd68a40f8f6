import { generateKeyPairSync } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, exportJWK, exportPKCS8 } from 'jose'
import t from 'tap'
import { type Credentials, CredentialsError, createWaspada, UnreachableError } from 'waspada-client'
import { addKey, addSecret } from '../support/token-clients.ts'
import { type Asked, cut, json, problem, scriptedServer } from './scripted-server.ts'
import { serveApi } from './serve-api.ts'
import { impatient } from './surroundings.ts'

const refused = async (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

t.test('a client that knows its secret or its key finds the rest by itself', async (t) => {
  const api = await serveApi(t)
  const { baseUrl } = api
  const clock = () => api.time.now
  const clientSecret = await addSecret(api.admin, 'kendari')
  const { privateKey, kid } = await addKey(api.admin, 'sultra')
  const { privateKey: edKey } = await addKey(api.admin, 'bali', 'EdDSA')
  const { privateKey: p384 } = await addKey(api.admin, 'kolaka', 'ES384')
  const { privateKey: rsa } = await addKey(api.admin, 'denpasar', 'PS256')
  const ways: [string, Credentials][] = [
    ['kendari', { clientId: 'kendari', clientSecret }],
    ['kendari', { clientId: 'kendari', clientSecret, tokenUrl: `${baseUrl}/oauth/token`, resource: baseUrl }],
    ['sultra', { clientId: 'sultra', privateKey, keyId: kid }],
    ['sultra', { clientId: 'sultra', privateKey: { ...(await exportJWK(privateKey)), kid } }],
    ['sultra', { clientId: 'sultra', privateKey: await exportPKCS8(privateKey), algorithm: 'ES256' }],
    ['sultra', { clientId: 'sultra', privateKey, tokenUrl: `${baseUrl}/oauth/token` }],
    ['bali', { clientId: 'bali', privateKey: edKey }],
    ['kolaka', { clientId: 'kolaka', privateKey: await exportPKCS8(p384) }],
    ['denpasar', { clientId: 'denpasar', privateKey: rsa, issuer: baseUrl }],
  ]
  for (const [name, credentials] of ways) {
    const { data, error } = await createWaspada({ baseUrl, credentials, clock }).GET('/v1/me')
    t.equal(data?.clientId, name, JSON.stringify(error))
  }
  const less = { clientId: 'kendari', clientSecret, scope: ['reports:read'], clearance: 'ordinary' }
  const { data } = await createWaspada({ baseUrl, credentials: less, clock }).GET('/v1/me')
  t.match(data, { scopes: ['reports:read'], clearance: 'ordinary' })

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const wrong: [Credentials, string | undefined][] = [
    [{ clientId: 'kendari', clientSecret: 'wsp_wrong' }, 'invalid_client'],
    [{ clientId: 'kendari', privateKey: stranger }, 'invalid_client'],
    [{ clientId: 'kendari', clientSecret, scope: ['audit:read'] }, 'invalid_scope'],
    [{ clientId: 'kendari', clientSecret, resource: 'https://other.example' }, 'invalid_target'],
    [{ clientId: 'kendari', clientSecret, issuer: 'https://other.example' }, undefined],
    [{ clientId: 'kendari', privateKey: 'no key at all' }, undefined],
    [{ clientId: 'kendari', privateKey: rsa, algorithm: 'ES256' }, undefined],
  ]
  for (const [credentials, code] of wrong) {
    const error = await refused(createWaspada({ baseUrl, credentials, clock }).GET('/v1/me'))
    t.ok(error instanceof CredentialsError, String(error))
    t.equal((error as CredentialsError).code, code)
    t.notMatch(JSON.stringify([String(error), (error as Error).stack]), 'wsp_')
  }
})

t.test('a token is renewed before it ends, and a client that is shut out knows it', async (t) => {
  const api = await serveApi(t)
  const clientSecret = await addSecret(api.admin, 'kendari')
  const tokens = new Set<string>()
  const watched: typeof fetch = async (url, init) => {
    const { authorization = '' } = Object.fromEntries(new Headers(init?.headers))
    if (authorization.startsWith('Bearer')) tokens.add(authorization)
    return fetch(url, init)
  }
  const credentials = { clientId: 'kendari', clientSecret }
  const clock = () => api.time.now
  const waspada = createWaspada({ baseUrl: api.baseUrl, credentials, clock, fetch: watched })
  const later = (seconds: number) => {
    api.time.now = new Date(api.time.now.getTime() + seconds * 1000)
  }
  const me = async () => (await waspada.GET('/v1/me')).response.status
  t.equal(await me(), 200)
  later(839)
  t.equal(await me(), 200)
  t.equal(tokens.size, 1)
  later(2)
  t.same(await Promise.all(Array.from({ length: 20 }, me)), Array(20).fill(200), 'within a minute of its end')
  t.equal(tokens.size, 2, 'one renewal for all twenty')
  await api.admin.query(`UPDATE clients SET disabled_at = now() WHERE client_id = 'kendari'`)
  t.match(await refused(waspada.GET('/v1/me')), { name: 'CredentialsError', code: 'invalid_client' })
})

/** An issuer and its service in one script, by the path. */
function service(answers: Record<string, (asked: Asked) => ReturnType<typeof json>>) {
  return (asked: Asked) => answers[asked.url]?.(asked) ?? json(404, {})
}

t.test('what an issuer may do to a client', async (t) => {
  const scripted = await scriptedServer(t, [])
  const { baseUrl, asked } = scripted
  let metadata: Record<string, unknown> = {
    issuer: baseUrl,
    token_endpoint: `${baseUrl}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  }
  let resource: Record<string, unknown> = { resource: `${baseUrl}/`, authorization_servers: [baseUrl] }
  let token = json(200, { access_token: 'one', token_type: 'bearer', expires_in: 3600 })
  let me = json(200, { clientId: 'x' })
  const route = service({
    '/.well-known/oauth-protected-resource': () => json(200, resource),
    '/.well-known/openid-configuration': () => json(200, metadata),
    '/token': () => token,
    '/v1/me': () => me,
  })
  scripted.script.push((response, one) => route(one)(response, one))
  const credentials = { clientId: 'x', clientSecret: 's p:c' }
  const asking = (more: object = {}) => impatient(baseUrl, { credentials: { ...credentials, ...more } })
  const count = (url: string) => asked.filter((one) => one.url === url).length

  const { waspada } = asking()
  t.equal((await waspada.GET('/v1/me')).response.status, 200, 'by OpenID discovery, and its way of authentication')
  t.match(asked.find(({ url }) => url === '/token')?.body, /client_id=x&client_secret=s\+p%3Ac$/)

  me = problem(401, 'token_invalid')
  const before = count('/token')
  t.equal((await waspada.GET('/v1/me')).response.status, 401, 'a token renewed and refused again is refused')
  t.equal(count('/token'), before + 1)
  t.match(await refused(waspada.reports.submit({} as never)), { name: 'UnreachableError' }, 'a path that is not there')
  t.match(await refused(waspada.items('/v1/reports').next()), { name: 'UnreachableError' })

  me = json(200, {})
  token = cut
  t.equal((await waspada.GET('/v1/me')).response.status, 200, 'the token that there is still holds')
  const fresh = asking()
  t.ok((await refused(fresh.waspada.POST('/v1/reports/{id}/verify', {} as never))) instanceof UnreachableError)
  t.equal(fresh.slept.length, 4, 'without a token nothing was sent, and it may be tried again')
  token = json(429, {}, { 'retry-after': '2' })
  const limited = asking()
  t.match(await refused(limited.waspada.GET('/v1/me')), { name: 'UnreachableError', status: 429, retryAfterMs: 2000 })
  t.same(limited.slept, [2250, 2250, 2250, 2250])
  token = json(200, { access_token: 'a b', token_type: 'bearer' })
  t.ok((await refused(asking().waspada.GET('/v1/me'))) instanceof CredentialsError)

  metadata = { issuer: 'https://mixed-up.example', token_endpoint: `${baseUrl}/token` }
  t.match(await refused(asking().waspada.GET('/v1/me')), { name: 'CredentialsError', message: /tokenUrl/ })
  resource = { resource: 'https://other.example', authorization_servers: [baseUrl] }
  t.match(await refused(asking().waspada.GET('/v1/me')), { name: 'CredentialsError', message: /tokenUrl/ })
})

t.test('what a client says of itself is for one moment and one reader', async (t) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { baseUrl, asked } = await scriptedServer(t, [
    json(200, { access_token: 'one', token_type: 'Bearer', expires_in: 100 }),
    json(200, {}),
  ])
  const clock = () => new Date('2024-11-26T00:00:00Z')
  const credentials = { clientId: 'x', privateKey, keyId: 'k', tokenUrl: `${baseUrl}/t`, audience: 'https://issuer' }
  await impatient(baseUrl, { credentials, clock }).waspada.GET('/v1/me')
  const assertion = new URLSearchParams(asked[0]?.body).get('client_assertion') ?? ''
  t.same(decodeProtectedHeader(assertion), { alg: 'ES256', typ: 'JWT', kid: 'k' })
  const seconds = clock().getTime() / 1000
  t.match(decodeJwt(assertion), { iss: 'x', sub: 'x', aud: 'https://issuer', iat: seconds, exp: seconds + 300 })
})

t.test('tokens kept by somebody else are asked for, and again when one is refused', async (t) => {
  const { baseUrl } = await scriptedServer(t, [problem(401, 'token_invalid'), json(200, { clientId: 'x' })])
  const asked: (string | undefined)[] = []
  const token = async (refused?: string) => {
    asked.push(refused)
    return refused === undefined ? 'old' : 'new'
  }
  t.equal((await impatient(baseUrl, { credentials: { token } }).waspada.GET('/v1/me')).data?.clientId, 'x')
  t.same(asked, [undefined, 'old'])
})
