import { decodeJwt } from 'jose'
import t from 'tap'
import { addressKey } from '../../src/http/address-key.ts'
import { RateLimiter } from '../../src/http/rate-limiter.ts'
import { callers } from '../support/callers.ts'
import { startApi, testNow } from '../support/start-api.ts'

const later = (seconds: number) => new Date(testNow.getTime() + seconds * 1000)
const limits = (client: number | null, unauthenticated: number | null) => ({ rateQuotas: { client, unauthenticated } })

const jtiOf = (bearer: string) => decodeJwt(bearer.slice('Bearer '.length)).jti

t.test('a client has its requests of a minute at once, and then as they come back', async (t) => {
  const { as, time } = await startApi(t, limits(6, null))
  const get = () => as('kendari').get('/v1/me')
  for (const [remaining, resetsIn] of [
    [5, 10],
    [4, 20],
    [3, 30],
    [2, 40],
    [1, 50],
    [0, 60],
  ]) {
    const { statusCode, headers } = await get()
    t.equal(statusCode, 200)
    t.match(headers, { 'ratelimit-policy': '"client";q=6;w=60', ratelimit: `"client";r=${remaining};t=${resetsIn}` })
  }
  const refused = await get()
  t.equal(refused.statusCode, 429)
  t.match(refused.json(), { code: 'rate_limited', status: 429, type: '/problems/rate_limited' })
  t.match(refused.headers, {
    'content-type': /^application\/problem\+json/,
    'retry-after': '10',
    'ratelimit-policy': '"client";q=6;w=60',
    ratelimit: '"client";r=0;t=60',
  })
  time.now = later(9)
  t.match((await get()).headers, { 'retry-after': '1' })
  time.now = later(10)
  t.equal((await get()).statusCode, 200, 'what was refused was not counted')
  t.equal((await get()).statusCode, 429)
  t.equal((await as('bali').get('/v1/me')).headers.ratelimit, '"client";r=5;t=10', 'another client has its own')
  time.now = later(-3600)
  t.match((await get()).headers, { 'retry-after': '10' }, 'a clock set back keeps nobody waiting for longer')
})

t.test('each answer to a client says what is left, whatever it is', async (t) => {
  const { as } = await startApi(t, limits(100, null))
  const report = await as('kendari').post('/v1/reports', { subject: 'x' })
  t.match(report, { statusCode: 422, headers: { ratelimit: '"client";r=99;t=1' } })
  t.match(await as('kendari').get('/v1/reports/x'), { statusCode: 404, headers: { ratelimit: '"client";r=98;t=2' } })
  const scopeless = await as('kendariReader').post('/v1/reports', {})
  t.match(scopeless, { statusCode: 403, headers: { ratelimit: '"client";r=99;t=1' } })
})

t.test('bad tokens are counted by address, and shut out nobody with a good one', async (t) => {
  const { as, call, time } = await startApi(t, limits(null, 3))
  const guess = (remoteAddress: string, authorization?: string) =>
    call({ url: '/v1/me', remoteAddress, headers: authorization === undefined ? {} : { authorization } })
  const statuses = []
  for (const authorization of ['Bearer x', undefined, 'Basic eA==', 'Bearer y', undefined])
    statuses.push((await guess('192.0.2.7', authorization)).statusCode)
  t.same(statuses, [401, 401, 401, 429, 429])
  const refused = await guess('192.0.2.7')
  t.match(refused.headers, {
    'retry-after': '20',
    ratelimit: '"address";r=0;t=60',
    'ratelimit-policy': '"address";q=3;w=60',
  })
  t.equal((await guess('192.0.2.8')).statusCode, 401, 'another address')
  t.equal(
    (await call({ url: '/problems', remoteAddress: '192.0.2.7' })).statusCode,
    200,
    'what is public has its own count',
  )
  for (let index = 0; index < 5; index += 1) await guess('127.0.0.1')
  t.equal((await guess('127.0.0.1')).statusCode, 429)
  t.equal((await as('kendari').get('/v1/me')).statusCode, 200, 'from the same address')
  time.now = later(20)
  t.equal((await guess('192.0.2.7')).statusCode, 401)
})

t.test('public pages are counted by address, health never', async (t) => {
  const { call } = await startApi(t, limits(1, 2))
  const statuses = async (url: string) => {
    const answers = []
    for (let index = 0; index < 4; index += 1) answers.push((await call({ url })).statusCode)
    return answers
  }
  t.same(await statuses('/openapi.json'), [200, 200, 429, 429])
  for (const url of ['/livez', '/readyz']) t.same(await statuses(url), [200, 200, 200, 200], url)
  t.notOk((await call({ url: '/livez' })).headers.ratelimit)
})

t.test('a limit of 0 is none', async (t) => {
  const { as, call } = await startApi(t, limits(null, null))
  const { statusCode, headers } = await as('kendari').get('/v1/me')
  t.equal(statusCode, 200)
  t.notOk(headers.ratelimit ?? headers['ratelimit-policy'])
  t.equal((await call({ url: '/v1/me' })).statusCode, 401)
})

t.test('a forwarded address counts where a proxy of ours says so', async (t) => {
  const { call } = await startApi(t, { ...limits(null, 1), trustedProxies: ['10.0.0.0/8', '2001:db8::1'] })
  const ask = async (remoteAddress: string, forwarded: string) =>
    (await call({ url: '/v1/me', remoteAddress, headers: { 'x-forwarded-for': forwarded } })).statusCode
  t.equal(await ask('10.1.2.3', '192.0.2.1'), 401)
  t.equal(await ask('10.1.2.3', '192.0.2.2'), 401, 'another caller behind the proxy')
  t.equal(await ask('::ffff:10.9.9.9', '192.0.2.2'), 429, 'the same behind another proxy')
  t.equal(await ask('10.1.2.3', '198.51.100.9, 192.0.2.2'), 429, 'what the caller made up in front of it')
  t.equal(await ask('2001:db8::1', '192.0.2.2, 10.4.4.4'), 429, 'through two proxies')
  t.equal(await ask('203.0.113.5', '192.0.2.50'), 401)
  t.equal(await ask('203.0.113.5', '192.0.2.51'), 429, 'nobody else is believed')
  t.equal(await ask('10.1.2.3', 'nonsense'), 401)
  t.equal(await ask('10.1.2.3', 'other nonsense'), 429, 'what is no address is one')
})

t.test('no forwarded address is believed unless a proxy is named', async (t) => {
  const { call } = await startApi(t, limits(null, 1))
  const ask = async (forwarded: string) =>
    (await call({ url: '/v1/me', headers: { 'x-forwarded-for': forwarded, forwarded: `for=${forwarded}` } })).statusCode
  t.equal(await ask('192.0.2.1'), 401)
  t.equal(await ask('192.0.2.2'), 429)
})

t.test('an IPv6 network is one address', async (t) => {
  const keys: Record<string, string> = {
    '192.0.2.1': '192.0.2.1',
    '::ffff:192.0.2.1': '192.0.2.1',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
    '2001:0DB8:0001:0002::ffff': '2001:db8:1:2::/64',
    '2001:db8::1': '2001:db8:0:0::/64',
    '::1': '0:0:0:0::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
    '64:ff9b::192.0.2.1': '64:ff9b:0:0::/64',
    '': 'unknown',
    'unix:': 'unknown',
  }
  for (const [address, key] of Object.entries(keys)) t.equal(addressKey(address), key, address)
})

t.test('a limiter remembers so many and no more', async (t) => {
  const limiter = new RateLimiter('address', 1)
  for (let index = 0; index < 60_000; index += 1) limiter.take(String(index), testNow)
  t.equal(limiter.take('59999', testNow).allowed, false)
  t.equal(limiter.take('0', testNow).allowed, true, 'the oldest is forgotten')
})

t.test('over any stretch of time no more than the limit and what came back pass', async (t) => {
  for (const quota of [1, 7, 120, 3000]) {
    const limiter = new RateLimiter('client', quota)
    let passed = 0
    for (let tick = 0; tick < 6000; tick += 1) if (limiter.take('a', later(tick / 50)).allowed) passed += 1
    const most = Math.min(quota * 3, 6000)
    t.ok(passed <= most && passed >= most - Math.ceil(quota / 60), `${passed} of ${most}`)
  }
})

t.test('a token that was withdrawn takes nothing from its client, and counts against the address', async (t) => {
  const { as, call, admin, tokenOf } = await startApi(t, { rateQuotas: { client: 3, unauthenticated: 5 } })
  const stolen = `Bearer ${await tokenOf(callers.kendari)}`
  await admin.query(`INSERT INTO revoked_tokens VALUES ('urn:waspada:built-in', $1, now(), now())`, [jtiOf(stolen)])
  const ask = async () => (await call({ method: 'GET', url: '/v1/me', headers: { authorization: stolen } })).statusCode
  for (let time = 0; time < 5; time += 1) t.equal(await ask(), 401)
  t.equal((await as('kendari').get('/v1/me')).statusCode, 200)
})

t.test('what is public has a count for each address of its own', async (t) => {
  const { call } = await startApi(t, { rateQuotas: { client: null, unauthenticated: 2 } })
  const read = async (url: string) => (await call({ method: 'GET', url })).statusCode
  for (const expected of [200, 200, 429]) t.equal(await read('/oauth/jwks'), expected)
  t.equal(await read('/.well-known/oauth-authorization-server'), 200)
})

t.test('a token of a client out of the table is counted too', async (t) => {
  const { call, tokenOf, admin } = await startApi(t, limits(100, 2))
  await admin.query('UPDATE clients SET disabled_at = now() WHERE client_id = $1', [callers.kendari.clientId])
  const statuses = []
  const authorization = `Bearer ${await tokenOf(callers.kendari)}`
  const ask = () => call({ method: 'GET', url: '/v1/me', headers: { authorization } })
  for (let index = 0; index < 3; index += 1) statuses.push((await ask()).statusCode)
  t.same(statuses, [401, 401, 429])
})
