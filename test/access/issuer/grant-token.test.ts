import { createHmac, randomUUID } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import t from 'tap'
import { aReport } from '../../support/a-report.ts'
import { administer } from '../../support/administer.ts'
import { startApi, testNow } from '../../support/start-api.ts'
import { addKey, addSecret } from '../../support/token-clients.ts'

type Api = Awaited<ReturnType<typeof startApi>>
type Parameters = Record<string, string> | string

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const grant = { grant_type: 'client_credentials' }
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})
const withSecret = (id: string, secret: string) => ({ ...grant, client_id: id, client_secret: secret })
const withAssertion = (assertion: string) => ({
  ...grant,
  client_assertion_type: assertionType,
  client_assertion: assertion,
})

const ask = (api: Api, parameters: Parameters, headers: Record<string, string> = {}) =>
  api.call({
    method: 'POST',
    url: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: typeof parameters === 'string' ? parameters : new URLSearchParams(parameters).toString(),
  })

type Answer = Awaited<ReturnType<typeof ask>>

function seen({ statusCode, headers, body }: Answer): string {
  const { date: _date, 'x-request-id': _id, ...rest } = headers
  return JSON.stringify([statusCode, rest, body])
}

t.test('a client gets a short token by each of the three ways, and it is believed', async (t) => {
  const api = await startApi(t)
  const secret = await addSecret(api.admin, 'kendari')
  const { assertion } = await addKey(api.admin, 'kendari')
  const ways: Record<string, Promise<Answer>> = {
    client_secret_basic: ask(api, grant, basic('kendari', secret)),
    client_secret_post: ask(api, withSecret('kendari', secret)),
    private_key_jwt: ask(api, withAssertion(await assertion(testNow))),
  }
  for (const [way, answer] of Object.entries(ways)) {
    const { statusCode, headers, json } = await answer
    t.equal(statusCode, 200, way)
    t.match(headers, { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' })
    const { access_token: token, ...rest } = json()
    const scope =
      'reports:submit reports:read reports:verify reports:release statistics:read signals:read signals:assess events:read webhooks:manage'
    t.same(rest, { token_type: 'Bearer', expires_in: 900, scope }, 'all that the client holds')
    t.match(decodeProtectedHeader(token), { alg: 'ES256', typ: 'at+jwt', kid: /^[\w-]{43}$/ })
    const seconds = testNow.getTime() / 1000
    t.match(decodeJwt(token), {
      iss: 'http://localhost:3000',
      aud: 'urn:waspada:api',
      iat: seconds,
      exp: seconds + 900,
      sub: 'kendari',
      client_id: 'kendari',
      clearance: 'restricted',
      region: '74.71',
      scope,
      jti: /^[\w-]{36}$/,
    })
    const me = await api.call({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${token}` } })
    t.match(me.json(), { clientId: 'kendari', subject: 'kendari', system: true }, 'it is a system, and no official')
  }
})

t.test('an agency gets a token of its own, and lifetimes are as configured', async (t) => {
  const api = await startApi(t, { tokenLifetime: 60 })
  const answer = await ask(api, grant, basic('bssn', await addSecret(api.admin, 'bssn')))
  t.equal(answer.json().expires_in, 60)
  t.match(decodeJwt(answer.json().access_token), { agency: 'bssn', clearance: 'secret', region: undefined })
  const headers = { authorization: `Bearer ${answer.json().access_token}` }
  t.equal((await api.call({ method: 'GET', url: '/v1/me', headers })).statusCode, 200)
  api.time.now = new Date(testNow.getTime() + 66_000)
  t.equal((await api.call({ method: 'GET', url: '/v1/me', headers })).statusCode, 401)
})

t.test('a client may ask for less, and never gets more', async (t) => {
  const api = await startApi(t)
  const secret = await addSecret(api.admin, 'kendari-secret')
  const asking = (more: Record<string, string>) => ask(api, { ...withSecret('kendari-secret', secret), ...more })
  const less = (await asking({ scope: 'reports:read', clearance: 'ordinary' })).json()
  t.equal(less.scope, 'reports:read')
  t.match(decodeJwt(less.access_token), { scope: 'reports:read', clearance: 'ordinary' })
  const post = await api.call({
    method: 'POST',
    url: '/v1/reports',
    headers: { authorization: `Bearer ${less.access_token}`, 'content-type': 'application/json' },
    payload: JSON.stringify(aReport()),
  })
  t.equal(post.statusCode, 403, 'the token bounds it')
  t.match(decodeJwt((await asking({})).json().access_token), { clearance: 'secret' })
  for (const scope of [
    'clients:manage',
    'reports:read clients:manage',
    'releases:read',
    'nothing',
    'reports:read  reports:submit',
    ' reports:read',
  ]) {
    t.match(
      await asking({ scope }).then((answer) => [answer.statusCode, answer.json().error]),
      [400, 'invalid_scope'],
      scope,
    )
  }
  for (const clearance of ['top_secret', 'cosmic', 'SECRET']) {
    t.match(await asking({ clearance }).then((answer) => answer.json().error), 'invalid_request', clearance)
  }
  t.equal((await asking({ resource: 'http://localhost:3000' })).statusCode, 200)
  t.equal((await asking({ resource: 'https://elsewhere.example' })).json().error, 'invalid_target')
  await api.admin.query(`UPDATE clients SET scopes = '{}' WHERE client_id = 'kendari-secret'`)
  t.equal((await asking({})).json().error, 'invalid_scope', 'a client without a scope gets no token')
})

t.test('whoever fails to prove itself learns nothing of why', async (t) => {
  const api = await startApi(t)
  const { admin, call } = api
  const secret = await addSecret(admin, 'kendari')
  const ended = await addSecret(admin, 'kendari', '2024-11-25T23:59:59Z')
  const locked = await addSecret(admin, 'kolaka')
  await admin.query(`UPDATE clients SET disabled_at = now() WHERE client_id = 'kolaka'`)
  const key = await addKey(admin, 'sultra')
  const other = await addKey(admin, 'denpasar')
  const lockedKey = await addKey(admin, 'kolaka')
  const unknown = await addKey(admin, 'bali')
  await admin.query(`DELETE FROM client_credentials WHERE client_id = 'bali'`)
  const by = async (claims = {}, header = {}, signer = key) =>
    withAssertion(await signer.assertion(testNow, claims, header))
  const seconds = testNow.getTime() / 1000
  const used = await by()
  t.equal((await ask(api, used)).statusCode, 200, 'the assertion that all others differ from')
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', key.publicKey as never))
  const [, payload = ''] = used.client_assertion.split('.')
  const confused = `${Buffer.from(JSON.stringify({ alg: 'HS256', kid: key.kid })).toString('base64url')}.${payload}`
  const refused: Record<string, Promise<Answer>> = {
    'a wrong secret': ask(api, withSecret('kendari', `${secret.slice(0, -1)}!`)),
    'a wrong secret in the header': ask(api, grant, basic('kendari', 'wrong')),
    'a secret that has ended': ask(api, withSecret('kendari', ended)),
    'the secret of another client': ask(api, withSecret('denpasar', secret)),
    'the digest in place of the secret': ask(api, withSecret('kendari', 'x'.repeat(64))),
    'a client that is unknown': ask(api, withSecret('nobody', secret)),
    'a client that is SQL': ask(api, withSecret("kendari' --", secret)),
    'a client with NUL': ask(api, `grant_type=client_credentials&client_id=kendari%00&client_secret=${secret}`),
    'a client that is disabled': ask(api, withSecret('kolaka', locked)),
    'a client without a secret': ask(api, withSecret('jayapura', secret)),
    'a client with a key alone': ask(api, withSecret('sultra', secret)),
    'no proof at all': ask(api, grant),
    'a name without a secret': ask(api, { ...grant, client_id: 'kendari' }),
    'an empty secret': ask(api, withSecret('kendari', '')),
    'another scheme': ask(api, grant, { authorization: `Bearer ${secret}` }),
    'a header that is no base64': ask(api, grant, { authorization: 'Basic ???' }),
    'a header without a colon': ask(api, grant, {
      authorization: `Basic ${Buffer.from('kendari').toString('base64')}`,
    }),
    'a header with a broken percent': ask(api, grant, basic('kendari', '%zz')),
    'client_id differs from the header': ask(api, { ...grant, client_id: 'sultra' }, basic('kendari', secret)),
    'client_id differs from the assertion': by().then((form) => ask(api, { ...form, client_id: 'kendari' })),
    'an assertion used before': ask(api, used),
    'an assertion by the key of another client': by({ iss: 'sultra', sub: 'sultra' }, { kid: key.kid }, other).then(
      (form) => ask(api, form),
    ),
    'an assertion under an unknown kid': by({}, { kid: 'other' }).then((form) => ask(api, form)),
    'an assertion of a disabled client': by({}, {}, lockedKey).then((form) => ask(api, form)),
    'an assertion of a client without a key': by({}, {}, unknown).then((form) => ask(api, form)),
    'an assertion for nobody': by({ iss: 'nobody', sub: 'nobody' }).then((form) => ask(api, form)),
    'iss of another': by({ iss: 'kendari' }).then((form) => ask(api, form)),
    'iss missing': by({ iss: undefined }).then((form) => ask(api, form)),
    'sub missing': by({ sub: undefined }).then((form) => ask(api, form)),
    'jti missing': by({ jti: undefined }).then((form) => ask(api, form)),
    'jti too long': by({ jti: 'x'.repeat(129) }).then((form) => ask(api, form)),
    'jti with NUL': by({ jti: 'a\u0000' }).then((form) => ask(api, form)),
    'exp missing': by({ exp: undefined }).then((form) => ask(api, form)),
    'exp long past': by({ exp: seconds - 60 }).then((form) => ask(api, form)),
    'exp far ahead': by({ exp: seconds + 3600 }).then((form) => ask(api, form)),
    'exp a fraction': by({ exp: seconds + 60.5 }).then((form) => ask(api, form)),
    'not valid yet': by({ nbf: seconds + 300 }).then((form) => ask(api, form)),
    'aud of another server': by({ aud: 'https://other.example' }).then((form) => ask(api, form)),
    'aud missing': by({ aud: undefined }).then((form) => ask(api, form)),
    'aud ours among others': by({ aud: ['http://localhost:3000', 'https://other.example'] }).then((form) =>
      ask(api, form),
    ),
    'aud of the tokens': by({ aud: 'urn:waspada:api' }).then((form) => ask(api, form)),
    'typ of an access token': by({}, { typ: 'at+jwt' }).then((form) => ask(api, form)),
    'a key brought along': by({}, { jwk: { kty: 'EC' } }).then((form) => ask(api, form)),
    'a critical header': by({}, { b64: true, crit: ['b64'] }).then((form) => ask(api, form)),
    'HS256 with the public key': ask(
      api,
      withAssertion(`${confused}.${createHmac('sha256', spki).update(confused).digest('base64url')}`),
    ),
    'alg none': ask(api, withAssertion(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`)),
    'no JWT': ask(api, withAssertion('abc')),
    'an access token': api
      .tokenOf(
        { clientId: 'sultra', place: { region: '74' }, clearance: 'ordinary', scopes: ['reports:read'] },
        { subject: 'sultra' },
      )
      .then((token) => ask(api, withAssertion(token))),
  }
  const answers = new Set<string>()
  for (const [name, asked] of Object.entries(refused)) {
    const answer = await asked
    t.equal(answer.statusCode, 401, name)
    answers.add(seen(answer))
  }
  t.equal(answers.size, 1, 'status, headers and body are the same to the byte')
  const answer = await ask(api, grant)
  t.same(answer.json(), { error: 'invalid_client', error_description: 'The client is not authenticated.' })
  t.match(answer.headers, { 'www-authenticate': 'Basic realm="waspada"', 'cache-control': 'no-store' })
  t.equal(
    (await ask(api, grant, basic('kendari', secret))).statusCode,
    200,
    'and the right secret is right after all of them',
  )
  t.equal((await call({ method: 'GET', url: '/livez' })).statusCode, 200)
})

t.test('several secrets and keys are in force until each ends', async (t) => {
  const api = await startApi(t)
  const [first, second] = [
    await addSecret(api.admin, 'kendari', '2024-11-26T00:10:00Z'),
    await addSecret(api.admin, 'kendari'),
  ]
  const keys = [
    await addKey(api.admin, 'kendari'),
    await addKey(api.admin, 'kendari'),
    await addKey(api.admin, 'kendari', 'RS256'),
  ]
  for (const secret of [first, second]) t.equal((await ask(api, withSecret('kendari', secret))).statusCode, 200)
  for (const key of [
    ...keys,
    await addKey(api.admin, 'kendari', 'EdDSA'),
    await addKey(api.admin, 'kendari', 'PS256'),
  ]) {
    t.equal((await ask(api, withAssertion(await key.assertion(testNow)))).statusCode, 200)
  }
  const anonymous = await (keys[1] as (typeof keys)[0]).assertion(
    testNow,
    { aud: 'http://localhost:3000/oauth/token' },
    { kid: undefined },
  )
  t.equal((await ask(api, withAssertion(anonymous))).statusCode, 200, 'the key need not be named')
  api.time.now = new Date('2024-11-26T00:10:00Z')
  t.equal((await ask(api, withSecret('kendari', first))).statusCode, 401, 'the first secret has ended')
  t.equal((await ask(api, withSecret('kendari', second))).statusCode, 200)
})

t.test('an assertion is taken once, however many processes it reaches at once', async (t) => {
  const api = await startApi(t)
  const { assertion } = await addKey(api.admin, 'kendari')
  const form = withAssertion(await assertion(testNow))
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(api, form)))
  t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1)
  t.equal(answers.filter(({ statusCode }) => statusCode === 401).length, 9)
  const jti = randomUUID()
  const other = await addKey(api.admin, 'denpasar')
  t.equal((await ask(api, withAssertion(await assertion(testNow, { jti })))).statusCode, 200)
  t.equal(
    (await ask(api, withAssertion(await other.assertion(testNow, { jti })))).statusCode,
    200,
    'ids belong to a client',
  )
})

t.test('a client that is disabled gets no token, and those it has end at once', async (t) => {
  const api = await startApi(t)
  const secret = await addSecret(api.admin, 'kendari')
  const { access_token: token } = (await ask(api, withSecret('kendari', secret))).json()
  const me = () => api.call({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${token}` } })
  t.equal((await me()).statusCode, 200)
  await api.admin.query(`UPDATE clients SET disabled_at = now() WHERE client_id = 'kendari'`)
  t.equal((await me()).statusCode, 401)
  t.equal((await ask(api, withSecret('kendari', secret))).statusCode, 401)
})

t.test('requests that are none are refused as RFC 6749 says', async (t) => {
  const api = await startApi(t)
  const secret = await addSecret(api.admin, 'kendari')
  const good = new URLSearchParams(withSecret('kendari', secret)).toString()
  const { assertion } = await addKey(api.admin, 'kendari')
  const bad: [string, string, Answer][] = [
    ['nothing', 'invalid_request', await ask(api, '')],
    ['no grant_type', 'invalid_request', await ask(api, { client_id: 'kendari', client_secret: secret })],
    ['an empty grant_type', 'invalid_request', await ask(api, good.replace('client_credentials', ''))],
    ['another grant', 'unsupported_grant_type', await ask(api, good.replace('client_credentials', 'password'))],
    ['the implicit grant', 'unsupported_grant_type', await ask(api, { grant_type: 'implicit' })],
    ['grant_type twice', 'invalid_request', await ask(api, `${good}&grant_type=client_credentials`)],
    ['client_secret twice', 'invalid_request', await ask(api, `${good}&client_secret=x`)],
    ['a parameter twice, once encoded', 'invalid_request', await ask(api, `${good}&client%5Fid=x`)],
    ['an unknown parameter twice', 'invalid_request', await ask(api, `${good}&a=1&a=1`)],
    ['a broken percent', 'invalid_request', await ask(api, `${good}&a=%zz`)],
    ['percents that are no UTF-8', 'invalid_request', await ask(api, `${good}&a=%ff`)],
    ['raw bytes', 'invalid_request', await ask(api, `${good}&a=é`)],
    ['header and form', 'invalid_request', await ask(api, good, basic('kendari', secret))],
    [
      'secret and assertion',
      'invalid_request',
      await ask(api, { ...withAssertion(await assertion(testNow)), client_secret: secret }),
    ],
    [
      'an assertion of another type',
      'invalid_request',
      await ask(api, { ...withAssertion(await assertion(testNow)), client_assertion_type: 'saml' }),
    ],
  ]
  for (const [name, error, answer] of bad) {
    t.match(answer.json(), { error, error_description: /^[ -~]+$/ }, name)
    t.equal(answer.statusCode, 400, name)
    t.equal(answer.headers['cache-control'], 'no-store', name)
  }
  t.equal((await ask(api, `${good}&unknown=1&scope=&=&&`)).statusCode, 200, 'unknown and empty parameters are ignored')
})

t.test('what is not a form of ours is a problem as everywhere', async (t) => {
  const api = await startApi(t)
  const secret = await addSecret(api.admin, 'kendari')
  const good = new URLSearchParams(withSecret('kendari', secret)).toString()
  const typed = (type: string) => ask(api, good, { 'content-type': type })
  for (const type of [
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded; charset=utf-16',
  ]) {
    const { statusCode, headers, json } = await typed(type)
    t.equal(statusCode, 415, type)
    t.equal(headers.accept, 'application/x-www-form-urlencoded')
    t.equal(json().code, 'media_type_unsupported')
  }
  t.equal((await typed('application/x-www-form-urlencoded; charset=UTF-8')).statusCode, 200)
  t.equal((await ask(api, `${good}&a=${'x'.repeat(9000)}`)).statusCode, 413)
  t.equal((await ask(api, good, { accept: 'text/html' })).statusCode, 406, 'there is no page')
  t.match((await api.call({ method: 'GET', url: '/oauth/token' })).headers, { allow: 'POST' })
  const inQuery = await api.call({
    method: 'POST',
    url: `/oauth/token?${good}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: good,
  })
  t.equal(inQuery.statusCode, 400, 'a secret in the address is refused')
  const form = await api.call({
    method: 'POST',
    url: '/v1/reports',
    headers: {
      authorization: `Bearer ${(await typed('application/x-www-form-urlencoded')).json().access_token}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: 'a=1',
  })
  t.equal(form.statusCode, 415, 'forms are taken nowhere else')
})

t.test(
  'a token that is got in the second in which those of before were revoked is believed, and they are not',
  async (t) => {
    const api = await startApi(t)
    api.time.now = new Date('2024-11-26T00:00:00.100Z')
    const meAs = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` }
      return (await api.call({ method: 'GET', url: '/v1/me', headers })).statusCode
    }
    const tokenBy = async (secret: string) => (await ask(api, withSecret('kendari', secret))).json().access_token
    const before = await tokenBy(await addSecret(api.admin, 'kendari'))
    t.equal(await meAs(before), 200)
    const rotated = await administer(api).rotate('kendari', { credential: { kind: 'secret' }, revokeTokens: true })
    t.equal(rotated.json().tokensValidFrom, '2024-11-26T00:00:01.000Z')
    const after = await tokenBy(rotated.json().secret)
    t.same([await meAs(before), await meAs(after)], [401, 200])
    api.time.now = new Date('2024-11-26T00:00:05.900Z')
    t.equal(decodeJwt(await tokenBy(rotated.json().secret)).iat, Date.parse('2024-11-26T00:00:05Z') / 1000)
  },
)
