import { readFile } from 'node:fs/promises'
import t from 'tap'
import { type AccessScope, scopes } from '../../src/access/vocabulary.ts'
import { outlets } from '../../src/liaison/outlets.ts'
import { callers, type TestCaller } from '../support/callers.ts'
import { startApi } from '../support/start-api.ts'

interface Operation {
  operationId: string
  tags: string[]
  security: { bearer: string[] }[]
  responses: Record<string, { content: object }>
}
const contract = JSON.parse(await readFile(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, { get?: Operation }>
}

const publicUrl = 'https://waspada.example.go.id'
const path = '/.well-known/api-catalog'

t.test('the catalogue leads a program that knows only the address to all the rest', async (t) => {
  const { call, as } = await startApi(t, { publicUrl })
  const answer = await call({ method: 'GET', url: path })
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"')
  t.equal(answer.headers['cache-control'], 'public, max-age=300')
  const { linkset } = JSON.parse(answer.body)
  const [catalogue, api] = linkset
  t.same(catalogue, { anchor: `${publicUrl}${path}`, item: [{ href: `${publicUrl}/`, title: 'Waspada' }] })
  t.equal(api.anchor, `${publicUrl}/`)
  const links: [string, { href: string; type: string }][] = Object.entries<{ href: string; type: string }[]>(api)
    .filter(([, targets]) => Array.isArray(targets))
    .flatMap(([relation, targets]) => targets.map((target): [string, typeof target] => [relation, target]))
  t.same(
    links.map(([relation, { href }]) => [relation, href.replace(publicUrl, '')]),
    [
      ['service-desc', '/openapi.json'],
      ['service-doc', '/docs'],
      ['service-meta', '/.well-known/oauth-protected-resource'],
      ['service-meta', '/.well-known/oauth-authorization-server'],
      ['service-meta', '/v1/liaison'],
      ['status', '/readyz'],
    ],
  )
  const [{ href: front }] = catalogue.item
  const opened = await call({ method: 'GET', url: new URL(front).pathname })
  t.equal(opened.statusCode, 302, 'the address of the API answers')
  t.equal(opened.headers.location, '/docs')
  t.match(opened.headers.link, `<${path}>; rel="api-catalog"`)
  t.equal((await call({ method: 'HEAD', url: '/' })).headers.link, opened.headers.link)
  for (const [, { href, type }] of links) {
    let found = await as('bssn').get(href.replace(publicUrl, ''))
    if (found.headers.location) found = await as('bssn').get(new URL(found.headers.location, href).pathname)
    t.equal(found.statusCode, 200, href)
    t.match(found.headers['content-type'], type, `${href} is what the catalogue says`)
  }
})

t.test('HEAD says where the catalogue is, and a cache asks whether it changed', async (t) => {
  const { call } = await startApi(t, { publicUrl, builtInIssuer: false })
  const head = await call({ method: 'HEAD', url: path })
  t.equal(head.statusCode, 200)
  t.equal(head.body, '')
  t.equal(head.headers.link, `<${publicUrl}${path}>; rel="api-catalog"`)
  const etag = String(head.headers.etag)
  const same = await call({ method: 'GET', url: path, headers: { 'if-none-match': etag } })
  t.equal(same.statusCode, 304)
  t.equal(same.headers.etag, etag)
  const whole = await call({ method: 'GET', url: path })
  t.notMatch(whole.body, 'oauth-authorization-server', 'an issuer that is off is not named')
  const refused = await call({ method: 'GET', url: path, headers: { accept: 'text/html' } })
  t.equal(refused.statusCode, 406)
})

t.test('every outlet is an operation of the contract, told as the contract tells it', async (t) => {
  t.equal(new Set(outlets.map(({ id }) => id)).size, outlets.length)
  for (const { id, href, operationId, scope, mediaTypes, tag } of outlets) {
    const operation = contract.paths[href]?.get
    t.equal(operation?.operationId, operationId, id)
    t.same(operation?.security, [{ bearer: [scope] }], id)
    t.same(Object.keys(operation?.responses['200']?.content ?? {}), mediaTypes, id)
    t.same(operation?.tags, [tag], id)
  }
})

t.test(
  'whoever is told that it may do something there may, and nobody else, whatever tier, token and grant',
  async (t) => {
    const { admin, call, tokenOf } = await startApi(t)
    const missing = '0190c8f0-0000-7000-8000-000000000000'
    const sets: (readonly AccessScope[])[] = [scopes, ...scopes.map((scope) => [scope])]
    const asked: [TestCaller, granted: readonly string[]][] = [
      ...[callers.kendari, callers.sultraTopSecret, callers.nation, callers.bssn].flatMap((caller) =>
        sets.map((scopes): [TestCaller, readonly string[]] => [{ ...caller, scopes }, caller.scopes]),
      ),
      [callers.kendari, ['events:read']],
      [callers.nation, ['reports:read']],
      [callers.bssn, ['statistics:read']],
    ]
    for (const [caller, granted] of asked) {
      await admin.query('UPDATE clients SET scopes = $1 WHERE client_id = $2', [granted, caller.clientId])
      const headers = { authorization: `Bearer ${await tokenOf(caller)}` }
      const { items } = (await call({ method: 'GET', url: '/v1/liaison', headers })).json()
      for (const { id, href, rights } of items) {
        const url = href.replaceAll(/\{\w+\}/g, missing)
        const { statusCode } = await call({ method: 'GET', url, headers })
        const what = `${caller.clientId} ${caller.scopes} of ${granted}: ${id}`
        // Where parameters are missing, or nothing is by this id, the caller was let in.
        t.ok([200, 400, 403, 404].includes(statusCode), what)
        t.equal(statusCode !== 403, rights.allowed, what)
        const place =
          'region' in caller.place ? { office: caller.place.region, agency: null } : { office: null, ...caller.place }
        if (rights.allowed) t.same(rights, { allowed: true, missing: null, handling: caller.clearance, ...place }, what)
      }
    }
  },
)

t.test('each caller learns what it may do in each outlet, and why not', async (t) => {
  const { as, admin } = await startApi(t)
  const rightsOf = async (name: 'bssn' | 'kendari') => {
    const answer = await as(name).get('/v1/liaison')
    t.equal(answer.statusCode, 200)
    const items: { id: string; rights: unknown }[] = answer.json().items
    return Object.fromEntries(items.map(({ id, rights }) => [id, rights]))
  }
  const no = { allowed: false, handling: null, office: null, agency: null }
  const agency = { allowed: true, missing: null, handling: callers.bssn.clearance, office: null, agency: 'bssn' }
  t.match(await rightsOf('bssn'), { events: agency, reports: { ...no, missing: 'tier' }, counts: agency })
  const office = { allowed: true, missing: null, handling: callers.kendari.clearance, office: '74.71', agency: null }
  t.match(await rightsOf('kendari'), { events: office, reports: office, counts: office })

  await admin.query(`UPDATE clients SET scopes = '{reports:read}' WHERE office_code = '74.71'`)
  t.match(
    await rightsOf('kendari'),
    { events: { ...no, missing: 'scope' }, reports: office, counts: { ...no, missing: 'scope' } },
    'what the client is not granted any more is missing, whatever its token says',
  )
  t.match((await as('kendari').get('/v1/liaison')).json().items[0], {
    href: '/v1/events',
    templated: false,
    operationId: 'listEvents',
    documentation: '/docs#/events/listEvents',
    mediaTypes: ['application/json'],
  })
})
