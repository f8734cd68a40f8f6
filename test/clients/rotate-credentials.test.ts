import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import t from 'tap'
import { aClient, administer } from '../support/administer.ts'
import { startApi } from '../support/start-api.ts'

const hour = 3600 * 1000
const secret = { credential: { kind: 'secret' } }

t.test('a new secret ends the old one at once, or after the overlap that was asked for', async (t) => {
  const api = await startApi(t)
  const { add, read, rotate } = administer(api)
  const inForce = async (value: string) => {
    const { rows } = await api.admin.query(
      'SELECT FROM client_credentials WHERE secret_sha256 = $1 AND (expires_at IS NULL OR expires_at > $2)',
      [createHash('sha256').update(value).digest(), api.time.now],
    )
    return rows.length === 1
  }
  const first = (await add(aClient())).json().secret
  const rotated = await rotate('simpeg-kendari', secret, '"simpeg-kendari.1"')
  t.equal(rotated.statusCode, 200)
  t.equal(rotated.headers.etag, '"simpeg-kendari.2"')
  t.equal(rotated.headers['cache-control'], 'no-store')
  const second = rotated.json().secret
  t.not(second, first)
  t.same([await inForce(first), await inForce(second)], [false, true])
  t.equal(rotated.json().tokensValidFrom, null, 'tokens live on unless they are revoked')

  const third = (await rotate('simpeg-kendari', { ...secret, overlapHours: 24 })).json()
  t.match(third.credentials, [
    { kind: 'secret', expiresAt: null },
    { kind: 'secret', expiresAt: new Date(api.time.now.getTime() + 24 * hour).toISOString() },
  ])
  t.same([await inForce(second), await inForce(third.secret)], [true, true])
  const later = (await rotate('simpeg-kendari', { ...secret, overlapHours: 72 })).json()
  t.equal(later.credentials.length, 3)
  t.equal(later.credentials[2].expiresAt, third.credentials[1].expiresAt, 'an end that was set is not put off')
  api.time.now = new Date(api.time.now.getTime() + 24 * hour)
  t.equal((await read('simpeg-kendari')).json().credentials.length, 2, 'what has ended is not shown')

  const { rows } = await api.admin.query(
    `SELECT details FROM audit_entries WHERE action = 'client.rotated' ORDER BY id LIMIT 2`,
  )
  t.match(rows, [
    { details: { credential: 'secret', overlapHours: 0, revokeTokens: false } },
    { details: { overlapHours: 24 } },
  ])
})

t.test('a client goes over from a secret to a key of its own', async (t) => {
  const api = await startApi(t)
  const { add, rotate } = administer(api)
  await add(aClient())
  const { publicKey } = await generateKeyPair('ES256')
  const body = { credential: { kind: 'public_key', jwk: await exportJWK(publicKey) } }
  const rotated = (await rotate('simpeg-kendari', body)).json()
  t.match(rotated, { secret: null, credentials: [{ kind: 'public_key' }] })
  t.equal(rotated.credentials.length, 1)
  t.match((await rotate('simpeg-kendari', body)).json(), { errors: [{ code: 'key_in_use' }] })
})

t.test('ten credentials at most are in force, and a client without any gets its first', async (t) => {
  const api = await startApi(t)
  const { rotate } = administer(api)
  for (let count = 1; count <= 12; count += 1) {
    const { credentials } = (await rotate('kolaka', { ...secret, overlapHours: 72 })).json()
    t.equal(credentials.length, Math.min(count, 10))
    t.equal(credentials[0].expiresAt, null)
  }
})

t.test('what a rotation may not say is refused', async (t) => {
  const api = await startApi(t)
  const { rotate } = administer(api)
  const faultsOf = async (body: unknown) =>
    (await rotate('kendari', body))
      .json()
      .errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)
  t.same(await faultsOf({}), ['/credential required'])
  t.same(await faultsOf({ ...secret, overlapHours: 73, revokeTokens: 'yes' }), [
    '/overlapHours too_large',
    '/revokeTokens wrong_type',
  ])
  t.equal((await rotate('nobody', secret)).json().code, 'client_not_found')
})
