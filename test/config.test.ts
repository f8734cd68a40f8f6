import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../src/config.ts'

const sso = { issuer: 'https://sso.example', jwksUri: 'https://sso.example/jwks', algorithms: ['RS256'] }
const trusting = (...list: unknown[]) => readConfig({ WASPADA_TRUSTED_ISSUERS: JSON.stringify(list) })

t.test('trusted issuers are a list in place or in a file', async (t) => {
  t.same(readConfig({}).trustedIssuers, [])
  t.same(trusting(sso).trustedIssuers, [sso])
  t.same(trusting({ issuer: 'x', jwksUri: 'http://localhost:8080/jwks' }).trustedIssuers[0]?.algorithms, ['ES256'])
  const file = join(t.testdir(), 'issuers.json')
  await writeFile(file, JSON.stringify([sso]))
  t.same(readConfig({ WASPADA_TRUSTED_ISSUERS: file }).trustedIssuers, [sso])
})

t.test('an issuer that cannot be trusted as it is written is refused by name of the fault', async (t) => {
  const wrong: [string, unknown[], RegExp][] = [
    ['alg none', [{ ...sso, algorithms: ['none'] }], /0\.algorithms\.0/],
    ['a shared secret', [{ ...sso, algorithms: ['HS256'] }], /0\.algorithms\.0/],
    ['no algorithm', [{ ...sso, algorithms: [] }], /0\.algorithms/],
    ['an open line', [{ ...sso, jwksUri: 'http://sso.example/jwks' }], /must be https/],
    ['a password in the address', [{ ...sso, jwksUri: 'https://me:secret@sso.example/jwks' }], /without a password/],
    ['no address', [{ ...sso, jwksUri: 'jwks' }], /0\.jwksUri must be a URL/],
    ['a file', [{ ...sso, jwksUri: 'file:///etc/passwd' }], /0\.jwksUri/],
    ['no issuer', [{ ...sso, issuer: '' }], /0\.issuer/],
    ['an unknown member', [{ ...sso, jwks: [] }], /jwks/],
    ['twice the same', [sso, sso], /names an issuer twice/],
    ['the built-in one', [{ ...sso, issuer: 'urn:waspada:issuer' }], /is the built-in issuer/],
    ['the built-in one by its address', [{ ...sso, issuer: 'http://localhost:3000' }], /is the built-in issuer/],
  ]
  for (const [name, list, message] of wrong) {
    t.throws(() => trusting(...list), message, name)
  }
  t.throws(() => readConfig({ WASPADA_TRUSTED_ISSUERS: '[{' }), /WASPADA_TRUSTED_ISSUERS: is not JSON/)
  t.throws(() => readConfig({ WASPADA_TRUSTED_ISSUERS: '/nowhere.json' }), /cannot be read/)
  t.throws(() => readConfig({ WASPADA_BUILT_IN_ISSUER: 'off' }), /must name another/)
})

t.test('the address of the service is an origin, and follows the port', async (t) => {
  t.equal(readConfig({ PORT: '8080' }).publicUrl, 'http://localhost:8080')
  t.equal(readConfig({ WASPADA_PUBLIC_URL: 'https://waspada.example/' }).publicUrl, 'https://waspada.example')
  for (const url of [
    'waspada.example',
    'ftp://waspada.example',
    'https://waspada.example/api',
    'https://a:b@waspada.example',
    'https://waspada.example?a',
  ]) {
    t.throws(() => readConfig({ WASPADA_PUBLIC_URL: url }), /WASPADA_PUBLIC_URL/, url)
  }
  t.equal(readConfig({}).tokenLifetime, 900)
  for (const seconds of ['59', '3601', '15m']) {
    t.throws(() => readConfig({ WASPADA_TOKEN_LIFETIME: seconds }), /WASPADA_TOKEN_LIFETIME/, seconds)
  }
})

t.test('limits, proxies and origins have defaults that hold', async (t) => {
  t.match(readConfig({}), { rateQuotas: { client: 3000, unauthenticated: 120 } })
  t.same(readConfig({}).trustedProxies, [])
  t.same(readConfig({ WASPADA_CORS_ORIGINS: '' }).corsOrigins, [])
  t.same(readConfig({ WASPADA_RATE_LIMIT: '0', WASPADA_RATE_LIMIT_UNAUTHENTICATED: '0' }).rateQuotas, {
    client: null,
    unauthenticated: null,
  })
})

t.test('proxies are addresses and networks', async (t) => {
  const read = (text: string) => readConfig({ WASPADA_TRUSTED_PROXIES: text }).trustedProxies
  t.same(read('10.0.0.0/8, 192.0.2.1,2001:db8::/32,::1'), ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::1'])
  for (const wrong of ['true', '1', 'proxy.example', '10.0.0.0/33', '0.0.0.0/0', '::/0', '10.0.0', '10.0.0.1,', '*'])
    t.throws(() => read(wrong), /WASPADA_TRUSTED_PROXIES/, wrong)
})

t.test('origins are whole and exact', async (t) => {
  const read = (text: string) => readConfig({ WASPADA_CORS_ORIGINS: text }).corsOrigins
  t.same(read('https://a.example.go.id,https://b.example.go.id:8443, http://localhost:5173'), [
    'https://a.example.go.id',
    'https://b.example.go.id:8443',
    'http://localhost:5173',
  ])
  for (const wrong of [
    '*',
    'https://*.go.id',
    'https://a.go.id/',
    'https://A.go.id',
    'http://a.go.id',
    'a.go.id',
    'null',
  ])
    t.throws(() => read(wrong), /WASPADA_CORS_ORIGINS/, wrong)
})
