import { createHmac, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, SignJWT } from 'jose'
import t from 'tap'
import { issueToken } from '../../src/access/issue-token.ts'
import { publicKeys } from '../../src/access/signing-keys.ts'
import { aReport } from '../support/a-report.ts'
import { callers } from '../support/callers.ts'
import { startApi, testNow } from '../support/start-api.ts'

const seconds = Math.floor(testNow.getTime() / 1000)

type Api = Awaited<ReturnType<typeof startApi>>

const me = (api: Api, authorization: string | undefined) =>
  api.call({ method: 'GET', url: '/v1/me', headers: authorization === undefined ? {} : { authorization } })

function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    iss: 'urn:waspada:issuer',
    aud: 'urn:waspada:api',
    iat: seconds,
    exp: seconds + 600,
    sub: 'official',
    jti: 'a',
    client_id: 'kendari',
    scope: 'reports:read',
    clearance: 'restricted',
    region: '74.71',
    ...changes,
  }
}

t.test('who one is and may do', async (t) => {
  const { as } = await startApi(t)
  t.same((await as('kendariReader').get('/v1/me')).json(), {
    clientId: 'kendari-reader',
    subject: 'official-of-kendari-reader',
    system: false,
    tier: 'regency',
    office: { code: '74.71', name: 'Kesbangpol Kota Kendari' },
    agency: null,
    clearance: 'restricted',
    scopes: ['reports:read'],
  })
  t.match((await as('bssn').get('/v1/me')).json(), {
    tier: 'agency',
    office: null,
    agency: 'bssn',
    clearance: 'secret',
  })
})

t.test('a token is believed only as it must be, and every refusal looks the same', async (t) => {
  const api = await startApi(t)
  const { keys } = api
  const { importJWK } = await import('jose')
  const key = await importJWK(keys.signing, 'ES256')
  const sign = (payload: Record<string, unknown>, header: Record<string, unknown> = {}) =>
    new SignJWT(payload)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: keys.signing.kid, ...header } as never)
      .sign(key)
  const without = (name: string) => Object.fromEntries(Object.entries(claims()).filter(([claim]) => claim !== name))
  t.equal((await me(api, `Bearer ${await sign(claims())}`)).statusCode, 200, 'the token that all others differ from')
  const named = await me(api, `Bearer ${await sign(claims({ sub: 'Bpk. Andi, NIP 1987' }))}`)
  t.equal(named.json().subject, 'Bpk. Andi, NIP 1987', 'an official goes by any name')

  const [header = '', payload = '', signature = ''] = (await sign(claims())).split('.')
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const hmac = (secret: string) => {
    const text = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: keys.signing.kid })}.${payload}`
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
  }
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const hostile: Record<string, string> = {
    unsigned: `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
    'signature cut off': `${header}.${payload}.`,
    'signed with the public key as a secret': hmac(JSON.stringify(publicKeys(keys).keys[0])),
    'signed by a stranger': await new SignJWT(claims())
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: keys.signing.kid })
      .sign(stranger),
    'other claims under the signature': `${header}.${encode(claims({ region: '00' }))}.${signature}`,
    'typ JWT': await sign(claims(), { typ: 'JWT' }),
    'no typ': await sign(claims(), { typ: undefined }),
    'unknown kid': await sign(claims(), { kid: 'other' }),
    'other issuer': await sign(claims({ iss: 'urn:other' })),
    'other audience': await sign(claims({ aud: 'urn:other' })),
    'several audiences': await sign(claims({ aud: ['urn:waspada:api', 'urn:other'] })),
    expired: await sign(claims({ exp: seconds - 60, iat: seconds - 600 })),
    'not yet valid': await sign(claims({ nbf: seconds + 600 })),
    'issued in the future': await sign(claims({ iat: seconds + 600, exp: seconds + 1200 })),
    'lives too long': await sign(claims({ exp: seconds + 90_000 })),
    'numeric subject': await sign(claims({ sub: 7 })),
    'subject of two lines': await sign(claims({ sub: 'a\nb' })),
    'unknown claim': await sign(claims({ admin: true })),
    'region and agency': await sign(claims({ agency: 'bssn' })),
    'a district': await sign(claims({ region: '74.71.01' })),
    'clearance that does not exist': await sign(claims({ clearance: 'cosmic' })),
    'ten kilobytes': await sign(claims({ jti: 'x'.repeat(10_000) })),
    'not a token': 'abc',
  }
  for (const name of ['iss', 'aud', 'exp', 'iat', 'sub', 'jti', 'client_id', 'scope', 'clearance', 'region']) {
    hostile[`without ${name}`] = await sign(without(name))
  }
  const bodies = new Set<string>()
  for (const [name, token] of Object.entries(hostile)) {
    const answer = await me(api, `Bearer ${token}`)
    t.equal(answer.statusCode, 401, name)
    t.equal(answer.headers['www-authenticate'], 'Bearer realm="waspada", error="invalid_token"', name)
    bodies.add(JSON.stringify({ ...answer.json(), instance: '' }))
  }
  t.equal(bodies.size, 1, 'no cause can be told from another')
  const missing = await me(api, undefined)
  t.equal(missing.statusCode, 401)
  t.equal(missing.headers['www-authenticate'], 'Bearer realm="waspada"')
  t.equal((await me(api, `Basic ${payload}`)).statusCode, 401)
})

t.test('a remembered token expires all the same', async (t) => {
  const api = await startApi(t)
  const token = `Bearer ${await api.tokenOf(callers.kendari)}`
  t.equal((await me(api, token)).statusCode, 200)
  api.time.now = new Date(testNow.getTime() + 3_700_000)
  t.equal((await me(api, token)).statusCode, 401)
})

t.test('the clients table is the authority at every request', async (t) => {
  const api = await startApi(t)
  const { admin } = api
  const token = `Bearer ${await api.tokenOf(callers.kendari)}`
  const ask = (url: string) => api.call({ method: 'GET', url, headers: { authorization: token } })
  const change = (set: string) => admin.query(`UPDATE clients SET ${set} WHERE client_id = 'kendari'`)
  t.equal((await ask('/v1/reports')).statusCode, 200)

  await change(`scopes = '{reports:submit}'`)
  t.match((await ask('/v1/reports')).json(), { status: 403, code: 'scope_missing' })
  t.same((await ask('/v1/me')).json().scopes, ['reports:submit'])
  await change(`scopes = '{reports:submit,reports:read}', clearance = 0`)
  t.match(
    (await ask('/v1/reports')).json(),
    { status: 401, code: 'client_refused' },
    'cleared for less than the token says',
  )
  await change(`clearance = 3, office_code = '74.01'`)
  t.equal((await ask('/v1/reports')).statusCode, 401, 'moved to another office')
  await change(`office_code = '74.71'`)
  t.equal((await ask('/v1/reports')).statusCode, 200)
  await change(`disabled_at = '2024-11-26Z'`)
  for (const url of [
    '/v1/reports',
    '/v1/me',
    '/v1/regions',
    '/v1/offices',
    '/v1/elections',
    '/v1/incident-types',
    '/v1/stages?region=74',
  ]) {
    t.equal((await ask(url)).statusCode, 401, url)
  }
  const posted = await api.call({
    method: 'POST',
    url: '/v1/reports',
    headers: { authorization: token, 'content-type': 'application/json' },
    payload: JSON.stringify(aReport()),
  })
  t.equal(posted.statusCode, 401)
  await admin.query(`DELETE FROM clients WHERE client_id = 'kendari'`)
  t.equal((await ask('/v1/reports')).statusCode, 401, 'unknown')
  t.equal((await admin.query('SELECT FROM reports')).rowCount, 0)
})

t.test('a scope that the token lacks is refused by name', async (t) => {
  const { as } = await startApi(t)
  const posted = await as('kendariReader').post('/v1/reports', aReport())
  t.equal(posted.statusCode, 403)
  t.equal(
    posted.headers['www-authenticate'],
    'Bearer realm="waspada", error="insufficient_scope", scope="reports:submit"',
  )
  const agency = await as('bssn').post('/v1/reports', aReport())
  t.equal(agency.statusCode, 403)
})

t.test('an outside issuer is believed through its key set, and its absence is our trouble', async (t) => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'outside', alg: 'ES256', use: 'sig' }
  const server = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const jwksUrl = `http://127.0.0.1:${port}/jwks`
  const outside = { jwksUrl, issuer: 'https://sso.example.go.id', audience: 'urn:waspada:api' }
  const api = await startApi(t, outside)
  const sign = (payload: Record<string, unknown>) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'outside' }).sign(pair.privateKey)
  t.equal((await me(api, `Bearer ${await sign(claims({ iss: outside.issuer }))}`)).statusCode, 200)
  const own = await issueToken(api.keys, outside, { ...callers.kendari, subject: 'x', lifetime: 60, now: testNow })
  t.equal((await me(api, `Bearer ${own}`)).statusCode, 401, 'the built-in key is not believed beside it')
  const away = await startApi(t, { ...outside, jwksUrl: 'http://127.0.0.1:9/jwks' })
  const answer = await me(away, `Bearer ${await sign(claims({ iss: outside.issuer }))}`)
  t.equal(answer.statusCode, 503)
  t.ok(answer.headers['retry-after'])
  server.close()
})
