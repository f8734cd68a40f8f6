import t from 'tap'
import { readConfig } from '../src/config.ts'

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
