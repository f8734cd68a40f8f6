import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import t from 'tap'
import { serveKeySet } from '../support/key-set-server.ts'
import { startApi, testNow } from '../support/start-api.ts'
import { goodClaims } from './hostile-tokens.ts'

const minutes = (count: number) => new Date(testNow.getTime() + count * 60_000)

/** A key of an issuer by its kid; `at` is when its token is asked for. */
async function makeKey(kid: string, alg = 'ES256', issuer = 'https://sso.example') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
  const token = (at: Date, changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
    new SignJWT(goodClaims(Math.floor(at.getTime() / 1000), { iss: issuer, jti: randomUUID(), ...changes }))
      .setProtectedHeader({ alg, typ: 'at+jwt', kid, ...header } as never)
      .sign(privateKey)
  return { jwk, token }
}

/** An API that trusts one issuer, whose answers the test decides. */
async function startTrusting(
  t: Parameters<typeof startApi>[0],
  answer: (response: ServerResponse) => unknown,
  alg = 'ES256',
) {
  const { uri, asked } = await serveKeySet(t, answer)
  const trusted = { issuer: 'https://sso.example', jwksUri: uri, algorithms: [alg as 'ES256'] }
  const api = await startApi(t, { trustedIssuers: [trusted] })
  const me = (token: string) =>
    api.call({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${token}` } })
  const status = async (token: string) => (await me(token)).statusCode
  return { ...api, asked, me, status }
}

const refuse = (status: number) => (response: ServerResponse) => {
  response.statusCode = status
  return {}
}

t.test('an outside issuer is believed beside the built-in one, by its own keys', async (t) => {
  const key = await makeKey('one', 'RS256')
  const api = await startTrusting(t, () => ({ keys: [key.jwk] }), 'RS256')
  t.equal(api.asked.times, 0, 'it is asked when the first token comes')
  t.equal(await api.status(await key.token(testNow)), 200)
  t.equal(await api.status(await key.token(testNow)), 200)
  t.equal(api.asked.times, 1)
  t.equal((await api.as('kendari').get('/v1/me')).statusCode, 200)
  t.equal(await api.status(await key.token(testNow, { iss: 'urn:waspada:issuer' })), 401)
})

t.test('algorithms are those of the list, and weak keys are none', async (t) => {
  const key = await makeKey('one', 'PS256')
  const { jwk } = key
  const api = await startTrusting(t, () => ({ keys: [{ ...jwk, alg: undefined }] }), 'RS256')
  t.equal(await api.status(await key.token(testNow)), 401)
})

t.test('a key that the issuer made since is fetched, and one that it withdrew ends', async (t) => {
  const [first, second] = [await makeKey('first'), await makeKey('second')]
  const published = { keys: [first.jwk] }
  const { status, time, asked } = await startTrusting(t, () => published)
  t.equal(await status(await first.token(testNow)), 200)
  published.keys = [second.jwk]
  time.now = minutes(1)
  t.equal(await status(await second.token(time.now)), 200, 'asked again for a kid it did not know')
  t.equal(await status(await first.token(time.now)), 401)
  t.equal(asked.times, 2)
  published.keys = [first.jwk]
  time.now = minutes(12)
  t.equal(await status(await second.token(time.now)), 401, 'asked again after ten minutes, known or not')
})

t.test('a flood of tokens with unknown keys is one request in half a minute', async (t) => {
  const key = await makeKey('one')
  const { status, time, asked } = await startTrusting(t, () => ({ keys: [key.jwk] }))
  t.equal(await status(await key.token(testNow)), 200)
  const flood = async () => {
    const tokens = await Promise.all(Array.from({ length: 60 }, () => key.token(time.now, {}, { kid: randomUUID() })))
    const answers = await Promise.all(tokens.map(status))
    t.ok(answers.every((each) => each === 401))
  }
  await flood()
  t.equal(asked.times, 1)
  time.now = minutes(0.5)
  await flood()
  await flood()
  t.equal(asked.times, 2)
  t.equal(await status(await key.token(time.now)), 200, 'good tokens are good meanwhile')
})

t.test('a first crowd asks the issuer once', async (t) => {
  const key = await makeKey('one')
  const { status, asked } = await startTrusting(t, () => ({ keys: [key.jwk] }))
  const tokens = await Promise.all(Array.from({ length: 20 }, () => key.token(testNow)))
  t.ok((await Promise.all(tokens.map(status))).every((each) => each === 200))
  t.equal(asked.times, 1)
})

t.test('while the issuer is down its keys serve on for a day, and it is asked less and less', async (t) => {
  const key = await makeKey('one')
  const state = { up: true }
  const { status, me, time, asked } = await startTrusting(t, (response) =>
    state.up ? { keys: [key.jwk] } : refuse(503)(response),
  )
  t.equal(await status(await key.token(testNow)), 200)
  state.up = false
  for (let minute = 10; minute <= 70; minute += 1) {
    time.now = minutes(minute)
    t.equal(await status(await key.token(time.now)), 200, `minute ${minute}`)
  }
  t.ok(asked.times < 15, `${asked.times} requests in an hour`)
  time.now = minutes(24 * 60 + 1)
  const late = await me(await key.token(time.now))
  t.equal(late.statusCode, 503, 'not for ever')
  t.ok(Number(late.headers['retry-after']) > 0)
  state.up = true
  time.now = minutes(24 * 60 + 12)
  t.equal(await status(await key.token(time.now)), 200, 'and it recovers by itself')
})

t.test('an issuer that was never reached is our trouble, and its alone', async (t) => {
  const key = await makeKey('one')
  const state = { answer: refuse(500) as (response: ServerResponse) => unknown }
  const { me, status, as, time, asked } = await startTrusting(t, (response) => state.answer(response))
  const bad: Record<string, (response: ServerResponse) => unknown> = {
    'an error': refuse(500),
    'no JSON': (response) => {
      response.end('<html>')
    },
    'no key set': () => ({ hello: 'world' }),
    'a redirect elsewhere': (response) => {
      response.statusCode = 302
      response.setHeader('location', 'http://127.0.0.1:9/jwks')
      return {}
    },
    'a set that is too large': () => ({ keys: [key.jwk], padding: 'x'.repeat(70_000) }),
    'a connection that breaks': (response) => {
      response.destroy()
    },
  }
  let hours = 0
  for (const [name, answer] of Object.entries(bad)) {
    state.answer = answer
    hours += 1
    time.now = minutes(hours * 60)
    const refused = await me(await key.token(time.now))
    t.equal(refused.statusCode, 503, name)
    t.match(refused.json(), { code: 'service_unavailable' })
    t.match(refused.headers['retry-after'], /^\d+$/, name)
    t.equal(asked.times, hours)
    t.equal(await status(await key.token(time.now)), 503)
    t.equal(asked.times, hours, 'it is left alone for a while')
    t.equal((await as('kendari').get('/v1/me')).statusCode, 200, 'other issuers are not concerned')
    t.equal(await status(await key.token(time.now, { iss: 'https://unknown.example' })), 401)
  }
})

t.test('two outside issuers may call their keys the same', async (t) => {
  const [one, two] = [
    await makeKey('k', 'ES256', 'https://one.example'),
    await makeKey('k', 'ES256', 'https://two.example'),
  ]
  const servers = [await serveKeySet(t, () => ({ keys: [one.jwk] })), await serveKeySet(t, () => ({ keys: [two.jwk] }))]
  const trustedIssuers = ['one', 'two'].map((name, index) => {
    return { issuer: `https://${name}.example`, jwksUri: servers[index]?.uri ?? '', algorithms: ['ES256' as const] }
  })
  const api = await startApi(t, { trustedIssuers })
  const status = async (token: string) =>
    (await api.call({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${token}` } })).statusCode
  t.equal(await status(await one.token(testNow)), 200)
  t.equal(await status(await two.token(testNow)), 200)
  t.equal(await status(await one.token(testNow, { iss: 'https://two.example' })), 401)
})
