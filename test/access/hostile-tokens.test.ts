import { generateKeyPairSync } from 'node:crypto'
import type { JWK } from 'jose'
import t from 'tap'
import { keyFileOf, openKeyFile } from '../../src/access/key-file.ts'
import { voidKeys } from '../../src/access/rotate-keys.ts'
import { callers } from '../support/callers.ts'
import { serveKeySet } from '../support/key-set-server.ts'
import { startApi, testNow } from '../support/start-api.ts'
import { forge, goodClaims, hostileHeaders, hostileTokens } from './hostile-tokens.ts'

const now = Math.floor(testNow.getTime() / 1000)
const metadata = 'resource_metadata="http://localhost:3000/.well-known/oauth-protected-resource"'
const expected = `Bearer realm="waspada", ${metadata}, error="invalid_token"`

/** An API that trusts an outside issuer besides its own, whose first keys were thrown away. */
async function startWorkshop(t: Parameters<typeof startApi>[0]) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const outside = { jwk: privateKey.export({ format: 'jwk' }) as JWK, kid: 'outside', issuer: 'https://sso.example' }
  const published = { ...publicKey.export({ format: 'jwk' }), kid: outside.kid, alg: 'ES256', use: 'sig' }
  const { uri } = await serveKeySet(t, () => ({ keys: [published] }))
  const trusted = { issuer: outside.issuer, jwksUri: uri, algorithms: ['ES256' as const] }
  const api = await startApi(t, { trustedIssuers: [{ ...trusted, audience: 'urn:outside:audience' }] })
  const file = keyFileOf(api.config.dataDir)
  const { current: deleted } = await openKeyFile(file)
  const { current: ours } = await voidKeys(file)
  const me = (authorization: string) => api.call({ method: 'GET', url: '/v1/me', headers: { authorization } })
  return { ...api, me, workshop: { ours, outside, deleted, now } }
}

type Answer = Awaited<ReturnType<Awaited<ReturnType<typeof startWorkshop>>['me']>>

/** All that a caller can see of a refusal, but for the id of the request. */
function seen({ statusCode, headers, body, json }: Answer): string {
  const { date: _date, 'x-request-id': id, ...rest } = headers
  return JSON.stringify([statusCode, rest, body.replace(String(id), 'ID'), Object.keys(json())])
}

t.test('no hostile token is believed, and no cause can be told from another', async (t) => {
  const { me, workshop } = await startWorkshop(t)
  const good = forge({ alg: 'ES256', typ: 'at+jwt', kid: workshop.ours.kid }, goodClaims(now), workshop.ours)
  t.equal((await me(`Bearer ${good}`)).statusCode, 200, 'the token that all others differ from')
  const tokens = Object.entries(hostileTokens(workshop)).map(([name, token]) => [name, `Bearer ${token}`] as const)
  const hostile = [...tokens, ...Object.entries(hostileHeaders(good))]
  t.ok(hostile.length > 150, `${hostile.length} vectors`)
  const answers = new Set<string>()
  for (const [name, authorization] of hostile) {
    const answer = await me(authorization)
    t.equal(answer.statusCode, 401, name)
    t.equal(answer.headers['www-authenticate'], expected, name)
    answers.add(seen(answer))
  }
  t.equal(answers.size, 1, 'status, headers and body are the same to the byte')
  t.equal((await me(`Bearer ${good}`)).statusCode, 200, 'and the good token is good after all of them')
})

t.test('a client or token that was withdrawn looks as a forgery does', async (t) => {
  const { me, workshop, admin } = await startWorkshop(t)
  const sign = (changes = {}) =>
    `Bearer ${forge({ alg: 'ES256', typ: 'at+jwt', kid: workshop.ours.kid }, goodClaims(now, changes), workshop.ours)}`
  const forged = seen(await me('Bearer abc'))
  const withdrawn = async (name: string, authorization: string, sql: string, back: string) => {
    t.equal((await me(authorization)).statusCode, 200, `before: ${name}`)
    await admin.query(sql)
    t.equal(seen(await me(authorization)), forged, name)
    await admin.query(back)
    t.equal((await me(authorization)).statusCode, 200, `after: ${name}`)
  }
  await withdrawn(
    'the token is revoked',
    sign({ jti: 'stolen' }),
    `INSERT INTO revoked_tokens VALUES ('urn:waspada:built-in', 'stolen', now(), now())`,
    'DELETE FROM revoked_tokens',
  )
  const change = (set: string) => `UPDATE clients SET ${set} WHERE client_id = 'kendari'`
  const token = sign()
  await withdrawn('the client is disabled', token, change('disabled_at = now()'), change('disabled_at = NULL'))
  await withdrawn('the client is cleared for less', token, change('clearance = 0'), change('clearance = 1'))
  await withdrawn('it moved', token, change(`office_code = '74.01'`), change(`office_code = '74.71'`))
  await withdrawn(
    'its tokens count from a later moment',
    token,
    change(`tokens_valid_from = '2024-11-26T00:00:01Z'`),
    change(`tokens_valid_from = '2024-11-26T00:00:00Z'`),
  )
  await admin.query(`DELETE FROM clients WHERE client_id = 'kendari'`)
  t.equal(seen(await me(token)), forged, 'the client is gone')
})

t.test('a revoked id is that of one issuer, and other tokens stay good', async (t) => {
  const { me, workshop, admin } = await startWorkshop(t)
  const sign = (changes = {}) =>
    `Bearer ${forge({ alg: 'ES256', typ: 'at+jwt', kid: workshop.ours.kid }, goodClaims(now, changes), workshop.ours)}`
  await admin.query(`INSERT INTO revoked_tokens VALUES ('https://sso.example', 'a', now(), now())`)
  t.equal((await me(sign())).statusCode, 200)
  await admin.query(`INSERT INTO revoked_tokens VALUES ('urn:waspada:built-in', 'a', now(), now())`)
  t.equal((await me(sign())).statusCode, 401)
  t.equal((await me(sign({ jti: 'b' }))).statusCode, 200)
})

t.test('what the standards allow is allowed', async (t) => {
  const { me, workshop } = await startWorkshop(t)
  const { ours, outside } = workshop
  const header = { alg: 'ES256', typ: 'at+jwt', kid: ours.kid }
  const sign = (changes = {}, headers = {}) => forge({ ...header, ...headers }, goodClaims(now, changes), ours)
  const allowed: Record<string, string> = {
    'bearer in small letters': `bearer ${sign()}`,
    'two blanks behind the scheme': `Bearer  ${sign()}`,
    'typ as a whole media type': `Bearer ${sign({}, { typ: 'application/at+jwt' })}`,
    'a thumbprint in the header': `Bearer ${sign({}, { x5t: 'abc' })}`,
    'expired within the tolerance of clocks': `Bearer ${sign({ iat: now - 600, exp: now - 4 })}`,
    'issued within the tolerance of clocks': `Bearer ${sign({ iat: now + 4 })}`,
    'an official of any name': `Bearer ${sign({ sub: 'Bpk. Andi, NIP 1987' })}`,
    'the name of the service as issuer': `Bearer ${sign({ iss: 'http://localhost:3000' })}`,
    'JSON with blanks': `Bearer ${forge(header, JSON.stringify(goodClaims(now), null, 2), ours)}`,
    'colons and quotes in a claim': `Bearer ${sign({ sub: 'a:"b":\\"c' })}`,
    'the outside issuer, for its own audience': `Bearer ${forge(
      { ...header, kid: outside.kid },
      goodClaims(now, { iss: outside.issuer, aud: 'urn:outside:audience' }),
      outside.jwk,
    )}`,
  }
  for (const [name, authorization] of Object.entries(allowed)) t.equal((await me(authorization)).statusCode, 200, name)
})

t.test('a refusal is never remembered, and a token is remembered no longer than it lives', async (t) => {
  const { me, tokenOf, time } = await startWorkshop(t)
  time.now = new Date(testNow.getTime() + 60_000)
  const early = `Bearer ${await tokenOf(callers.kendari)}`
  time.now = testNow
  t.equal((await me(early)).statusCode, 401, 'issued in the future')
  time.now = new Date(testNow.getTime() + 60_000)
  t.equal((await me(early)).statusCode, 200, 'the same token in its time')
  time.now = new Date(testNow.getTime() + 3_700_000)
  t.equal((await me(early)).statusCode, 401)
})
