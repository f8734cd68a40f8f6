import { once } from 'node:events'
import { createServer } from 'node:net'
import * as oauth from 'oauth4webapi'
import t from 'tap'
import { startApi } from '../../support/start-api.ts'
import { addKey, addSecret } from '../../support/token-clients.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** The service as a client on the network meets it, at the present time: a client library believes its own clock. */
async function listening(t: Parameters<typeof startApi>[0]) {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const api = await startApi(t, { publicUrl })
  api.time.now = new Date()
  await api.app.listen({ port, host: '127.0.0.1' })
  return { ...api, publicUrl }
}

const open = { [oauth.allowInsecureRequests]: true }

t.test('a standard client finds its way from a refusal to a token and back', async (t) => {
  const { publicUrl, admin } = await listening(t)
  const refused = await fetch(`${publicUrl}/v1/me`)
  t.equal(refused.status, 401)
  const metadata = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '')?.[1]
  t.equal(metadata, `${publicUrl}/.well-known/oauth-protected-resource`)

  const resource = await oauth.processResourceDiscoveryResponse(
    new URL(publicUrl),
    await oauth.resourceDiscoveryRequest(new URL(publicUrl), open),
  )
  const [issuer = ''] = resource.authorization_servers ?? []
  const server = await oauth.processDiscoveryResponse(
    new URL(issuer),
    await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...open }),
  )
  const secret = await addSecret(admin, 'kendari')
  const { privateKey, kid } = await addKey(admin, 'kendari')
  const ways = {
    client_secret_basic: oauth.ClientSecretBasic(secret),
    client_secret_post: oauth.ClientSecretPost(secret),
    private_key_jwt: oauth.PrivateKeyJwt({ key: privateKey as oauth.CryptoKey, kid }),
  }
  t.same(server.token_endpoint_auth_methods_supported?.toSorted(), Object.keys(ways).toSorted())
  for (const [way, authentication] of Object.entries(ways)) {
    const client = { client_id: 'kendari' }
    const parameters = new URLSearchParams({ scope: 'reports:read' })
    const answer = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, open)
    const { access_token: token } = await oauth.processClientCredentialsResponse(server, client, answer)
    const me = await oauth.protectedResourceRequest(
      token,
      'GET',
      new URL(`${publicUrl}/v1/me`),
      undefined,
      undefined,
      open,
    )
    t.match(await me.json(), { clientId: 'kendari', scopes: ['reports:read'] }, way)
    const request = new Request(publicUrl, { headers: { authorization: `Bearer ${token}` } })
    const claims = await oauth.validateJwtAccessToken(server, request, 'urn:waspada:api', open)
    t.equal(claims.client_id, 'kendari', 'the library verifies it by the published keys')
  }
  const wrong = await oauth.clientCredentialsGrantRequest(
    server,
    { client_id: 'kendari' },
    oauth.ClientSecretPost('x'),
    {},
    open,
  )
  await t.rejects(oauth.processClientCredentialsResponse(server, { client_id: 'kendari' }, wrong))
})

t.test('metadata says what is so, may be kept for a while, and shows no secret', async (t) => {
  const api = await startApi(t, {
    publicUrl: 'https://waspada.example.go.id',
    trustedIssuers: [
      { issuer: 'https://sso.example.go.id', jwksUri: 'http://127.0.0.1:9/jwks', algorithms: ['RS256'] },
      { issuer: 'urn:another', jwksUri: 'http://127.0.0.1:9/jwks', algorithms: ['RS256'] },
    ],
  })
  const get = (url: string) => api.call({ method: 'GET', url })
  const resource = await get('/.well-known/oauth-protected-resource')
  t.match(resource.json(), {
    resource: 'https://waspada.example.go.id',
    resource_name: 'Waspada',
    authorization_servers: ['https://waspada.example.go.id', 'https://sso.example.go.id'],
    bearer_methods_supported: ['header'],
    resource_documentation: 'https://waspada.example.go.id/docs',
  })
  t.match((await get('/.well-known/oauth-authorization-server')).json(), {
    issuer: 'https://waspada.example.go.id',
    token_endpoint: 'https://waspada.example.go.id/oauth/token',
    jwks_uri: 'https://waspada.example.go.id/oauth/jwks',
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
  })
  const keys = await get('/oauth/jwks')
  t.equal(keys.json().keys.length, 2, 'the key that signs and the one to come')
  for (const key of keys.json().keys) {
    t.same(Object.keys(key).toSorted(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'], 'public halves alone')
  }
  for (const answer of [resource, keys]) t.equal(answer.headers['cache-control'], 'public, max-age=300')
  t.match((await get('/v1/me')).headers['www-authenticate'], 'resource_metadata="https://waspada.example.go.id/')
})

t.test('with the built-in issuer off, it is not there', async (t) => {
  const outside = { issuer: 'https://sso.example', jwksUri: 'http://127.0.0.1:9/jwks', algorithms: ['ES256' as const] }
  const api = await startApi(t, { builtInIssuer: false, trustedIssuers: [outside] })
  for (const url of ['/oauth/jwks', '/.well-known/oauth-authorization-server']) {
    t.equal((await api.call({ method: 'GET', url })).statusCode, 404, url)
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  t.equal((await api.call({ method: 'POST', url: '/oauth/token', headers: form, payload: '' })).statusCode, 404)
  t.equal((await api.as('kendari').get('/v1/me')).statusCode, 401, 'its tokens are not believed')
  const resource = await api.call({ method: 'GET', url: '/.well-known/oauth-protected-resource' })
  t.same(resource.json().authorization_servers, ['https://sso.example'])
})

t.test('the contract shows the form, and both forms of a refusal', async (t) => {
  const { call } = await startApi(t)
  const document = (await call({ method: 'GET', url: '/openapi.json' })).json()
  const { requestBody, responses } = document.paths['/oauth/token'].post
  t.same(Object.keys(requestBody.content), ['application/x-www-form-urlencoded'])
  t.same(Object.keys(responses['400'].content), ['application/json', 'application/problem+json'])
  t.same(Object.keys(responses['401'].content), ['application/json'])
  t.notOk('422' in responses)
})
