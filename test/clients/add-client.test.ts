import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import t from 'tap'
import { aClient, administer, anAdministrator } from '../support/administer.ts'
import { callers } from '../support/callers.ts'
import { startApi, testNow } from '../support/start-api.ts'

async function aKeyPair(algorithm = 'ES256', options = {}): Promise<{ shared: JWK; whole: JWK }> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true, ...options })
  return { shared: await exportJWK(publicKey), whole: await exportJWK(privateKey) }
}

const withKey = (jwk: unknown, changes = {}) => aClient({ credential: { kind: 'public_key', jwk }, ...changes })

t.test('a client is added with a secret that is shown once and kept as its digest', async (t) => {
  const api = await startApi(t)
  const { add, read } = administer(api)
  const added = await add(aClient({ name: 'SIMPEG Kendari', scopes: ['reports:read', 'reports:submit'] }))
  t.equal(added.statusCode, 201)
  t.equal(added.headers.location, '/v1/clients/simpeg-kendari')
  t.equal(added.headers.etag, '"simpeg-kendari.1"')
  t.equal(added.headers['cache-control'], 'no-store')
  const { secret, ...client } = added.json()
  t.match(client, {
    tier: 'regency',
    office: '74.71',
    agency: null,
    name: 'SIMPEG Kendari',
    scopes: ['reports:submit', 'reports:read'],
    clearance: 'restricted',
    disabled: false,
    version: 1,
    createdAt: testNow.toISOString(),
    credentials: [{ kind: 'secret', kid: null, expiresAt: null }],
  })
  t.match(secret, /^wsp_[A-Za-z0-9_-]{43}$/)

  const { rows } = await api.admin.query('SELECT * FROM client_credentials')
  t.equal(rows.length, 1)
  t.same(rows[0].secret_sha256, createHash('sha256').update(secret).digest())
  const again = await read('simpeg-kendari')
  t.same(again.json(), client, 'read again it is the same without the secret')
  t.notMatch(again.body, rows[0].secret_sha256.toString('hex').slice(0, 16))
  const dump = await api.admin.query('SELECT json_agg(a)::text AS audit FROM audit_entries a')
  t.notMatch(dump.rows[0].audit, secret)

  const token = await api.tokenOf({ ...callers.kendari, clientId: 'simpeg-kendari', scopes: ['reports:read'] })
  const me = await api.call({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${token}` } })
  t.match(me.json(), { clientId: 'simpeg-kendari', scopes: ['reports:read'] }, 'it is on board')
})

t.test('a client is added with a public key, whose private half the office keeps', async (t) => {
  const api = await startApi(t)
  const { add } = administer(api)
  const kinds: [string, object][] = [
    ['ES256', {}],
    ['ES384', {}],
    ['EdDSA', { crv: 'Ed25519' }],
    ['PS256', { modulusLength: 2048 }],
  ]
  for (const [algorithm, options] of kinds) {
    const { shared } = await aKeyPair(algorithm, options)
    const kid = await calculateJwkThumbprint(shared)
    const clientId = `with-${algorithm.toLowerCase()}`
    const added = await add(withKey({ ...shared, kid, use: 'sig', ext: true, key_ops: ['verify'] }, { clientId }))
    t.equal(added.statusCode, 201, algorithm)
    t.match(added.json(), { secret: null, credentials: [{ kind: 'public_key', kid }] })
    const { rows } = await api.admin.query('SELECT public_jwk FROM client_credentials WHERE client_id = $1', [clientId])
    t.same(rows[0].public_jwk, { ...shared, kid, use: 'sig' })
  }
})

t.test('keys that are private, weak, broken, misnamed or taken are refused', async (t) => {
  const api = await startApi(t)
  const { add } = administer(api)
  const { shared, whole } = await aKeyPair()
  const small = {
    kty: 'RSA',
    e: 'AQAB',
    n: Buffer.concat([Buffer.from([0x80]), Buffer.alloc(255, 1)])
      .toString('base64url')
      .slice(0, 342),
  }
  const faultsOf = async (jwk: unknown) => {
    const answer = await add(withKey(jwk, { clientId: 'refused' }))
    t.equal(answer.statusCode, 422)
    return answer.json().errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)
  }
  t.same(await faultsOf(whole), ['/credential/jwk/d unknown_member'])
  t.same(await faultsOf({ ...shared, y: shared.x }), ['/credential/jwk key_invalid'], 'a point beside the curve')
  t.same(await faultsOf({ ...shared, alg: 'ES384' }), ['/credential/jwk key_invalid'])
  t.same(await faultsOf({ ...shared, kid: 'mine' }), ['/credential/jwk/kid not_allowed'])
  t.same(await faultsOf({ ...small, n: small.n.slice(0, 300) }), ['/credential/jwk/n format_invalid'])
  t.same(await faultsOf({ kty: 'oct', k: 'c2VjcmV0' }), ['/credential/jwk/kty not_allowed'])
  t.same(await faultsOf(undefined), ['/credential/jwk required'])

  t.equal((await add(withKey(shared))).statusCode, 201)
  t.same(await faultsOf(shared), ['/credential/jwk key_in_use'])
  t.equal((await api.admin.query(`SELECT FROM clients WHERE client_id = 'refused'`)).rowCount, 0)
})

t.test('every fault of a new client is named at once', async (t) => {
  const api = await startApi(t)
  const local = await anAdministrator(api.admin, 'local', ['clients:manage', 'reports:read'], 'restricted')
  const faultsOf = async (body: Record<string, unknown>) => {
    const answer = await administer(api, local).add(body)
    t.match({ status: answer.statusCode, ...answer.json() }, { status: 422, code: 'body_invalid' })
    return answer
      .json()
      .errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)
      .sort()
  }
  t.same(
    await faultsOf({
      clientId: 'has:colon',
      office: '99.99',
      agency: 'bssn',
      scopes: ['reports:rule'],
      clearance: 'secret',
      credential: {},
      more: 1,
    }),
    [
      '/agency not_allowed',
      '/clearance handling_above_clearance',
      '/clientId format_invalid',
      '/credential/kind required',
      '/more unknown_member',
      '/office office_unknown',
      '/scopes/0 not_allowed',
    ],
  )
  t.same(await faultsOf(aClient({ office: undefined })), ['/office required'])
  t.same(await faultsOf(aClient({ office: '74.71.01' })), ['/office format_invalid'])
  t.same(await faultsOf(aClient({ scopes: [] })), ['/scopes too_few'])
  t.same(await faultsOf(aClient({ scopes: ['reports:read', 'reports:read', 'audit:read', 'releases:read'] })), [
    '/scopes/1 repeated_item',
    '/scopes/2 not_allowed',
    '/scopes/3 not_allowed',
  ])
  t.same(
    await faultsOf(aClient({ office: undefined, agency: 'bssn', scopes: ['releases:read', 'reports:read'] })),
    ['/scopes/1 not_allowed'],
    'an agency never reads reports',
  )
  t.same(
    await faultsOf(
      aClient({
        office: '00',
        scopes: ['clients:manage', 'audit:read', 'access:break-glass', 'reference:manage', 'reports:read'],
      }),
    ),
    ['/scopes/1 scope_not_held', '/scopes/2 scope_not_held', '/scopes/3 scope_not_held'],
    'what they hold themselves they may grant, and no other administrative scope',
  )
  const taken = await administer(api, local).add(aClient({ clientId: 'kendari' }))
  t.match({ status: taken.statusCode, ...taken.json() }, { status: 409, code: 'client_exists' })
})

t.test('a scope that only the token names, or only the row, is not held', async (t) => {
  const api = await startApi(t)
  const row = await anAdministrator(api.admin, 'row', ['clients:manage', 'audit:read'])
  const wanted = aClient({ office: '00', scopes: ['audit:read'] })
  const narrowToken = { ...row, scopes: ['clients:manage'] }
  t.match((await administer(api, narrowToken).add(wanted)).json(), { errors: [{ code: 'scope_not_held' }] })
  const boldToken = { ...(await anAdministrator(api.admin, 'bold')), scopes: ['clients:manage', 'audit:read'] }
  t.match((await administer(api, boldToken).add(wanted)).json(), { errors: [{ code: 'scope_not_held' }] })
  t.equal((await administer(api, row).add(wanted)).statusCode, 201)
})

t.test('one of two clients of one name is added', async (t) => {
  const api = await startApi(t)
  const { add } = administer(api)
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => add(aClient())))
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [201, 409, 409, 409, 409])
  t.equal((await api.admin.query('SELECT FROM client_credentials')).rowCount, 1)
  t.equal((await api.admin.query(`SELECT FROM audit_entries WHERE action = 'client.added'`)).rowCount, 1)
})

t.test('nobody but the nation administers clients', async (t) => {
  const api = await startApi(t)
  for (const name of ['kendari', 'sultraTopSecret', 'bssn'] as const) {
    const { add, list, read, change, rotate } = administer(api, { ...callers[name], scopes: ['clients:manage'] })
    const answers = await Promise.all([
      add(aClient()),
      list(),
      read('kendari'),
      change('kendari', { disabled: true }),
      rotate('kendari', { credential: { kind: 'secret' } }),
    ])
    for (const answer of answers) {
      t.match({ status: answer.statusCode, ...answer.json() }, { status: 403, code: 'scope_missing' }, name)
    }
  }
  await api.admin.query(`UPDATE clients SET scopes = array_remove(scopes, 'clients:manage') WHERE client_id = 'nation'`)
  t.equal(
    (await administer(api).list()).json().code,
    'scope_missing',
    'nor the nation, where its row does not grant it',
  )
  t.equal((await api.admin.query(`SELECT FROM clients WHERE client_id = 'simpeg-kendari'`)).rowCount, 0)
})
