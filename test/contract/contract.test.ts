import { readFile } from 'node:fs/promises'
import t from 'tap'
import { invalidExamples } from '../http/invalid-examples.ts'
import { startApi } from '../support/start-api.ts'

const committed = await readFile(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')

interface Operation {
  operationId: string
  security: unknown[]
  responses: Record<string, unknown>
}

t.test('the committed contract is served byte for byte, and its examples hold', async (t) => {
  const api = await startApi(t)
  const served = await api.call({ method: 'GET', url: '/openapi.json' })
  t.equal(served.statusCode, 200)
  t.ok(served.body === committed, 'openapi/openapi.json is what is served; run npm run contract otherwise')
  t.same(invalidExamples(JSON.parse(committed)), [])
  const page = await api.call({ method: 'GET', url: '/docs/' })
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-type'], 'text/html')
})

t.test('without a token, only health and where tokens come from is answered', async (t) => {
  const api = await startApi(t)
  const { paths } = JSON.parse(committed) as { paths: Record<string, Record<string, Operation>> }
  const open: string[] = []
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { operationId }] of Object.entries(methods)) {
      const url = path.replaceAll(/\{[^}]+\}/g, 'x')
      const answer = await api.call({
        method: method.toUpperCase() as 'GET',
        url,
        headers: { 'content-type': 'application/json' },
        payload: '{',
      })
      if (answer.statusCode !== 401) open.push(operationId)
      else t.match(answer.json(), { code: 'token_missing' }, `${operationId} reads nothing before it knows who asks`)
    }
  }
  const tokens = ['getIssuerMetadata', 'getResourceMetadata', 'grantToken', 'listSigningKeys']
  t.same(open.sort(), ['getApiCatalog', 'getLiveness', 'getReadiness', ...tokens].sort())
})

t.test('health says whether the service can work', async (t) => {
  const api = await startApi(t)
  t.equal((await api.call({ method: 'GET', url: '/livez' })).statusCode, 200)
  t.equal((await api.call({ method: 'GET', url: '/readyz' })).statusCode, 200)
  await api.admin.query(
    'DELETE FROM drizzle.__drizzle_migrations WHERE id = (SELECT max(id) FROM drizzle.__drizzle_migrations)',
  )
  const stale = await api.call({ method: 'GET', url: '/readyz' })
  t.equal(stale.statusCode, 503)
  t.match(stale.json(), { code: 'service_unavailable' })
  t.notMatch(stale.body, /migration|drizzle/i, 'what is wrong is for the log')
})

t.test('reference data answers those who hold a token', async (t) => {
  const { as } = await startApi(t)
  const elections = (await as('kendari').get('/v1/elections')).json()
  t.equal(elections.items.length, 16)
  const pilkada = (await as('bssn').get('/v1/elections/pilkada-2024')).json()
  t.equal(pilkada.stages.length, 26)
  t.ok(
    pilkada.stages.every(({ source }: { source: string }) => source.length > 0),
    'every stage names its source',
  )
  t.equal((await as('kendari').get('/v1/elections/pilkada-2023')).json().code, 'election_not_found')
  t.equal((await as('kendari').get('/v1/incident-types')).json().items.length, 24)
  const offices = (await as('kendari').get('/v1/offices')).json().items
  t.equal(offices.length, 553)
  t.equal((await as('kendari').get('/v1/offices?level=regency')).json().items.length, 514)
  t.equal((await as('kendari').get('/v1/offices?province=74')).json().items.length, 18)
  const search = async (q: string, more = '') =>
    (await as('kendari').get(`/v1/regions?q=${encodeURIComponent(q)}${more}`))
      .json()
      .items.map(({ name }: { name: string }) => name)
  t.equal((await search('Kab. Kolaka Timur'))[0], 'Kabupaten Kolaka Timur')
  t.equal((await search('kota kendari'))[0], 'Kota Kendari')
  t.equal((await search('sultra'))[0], 'Sulawesi Tenggara')
  t.same((await search('bandung', '&level=regency')).slice(0, 2).sort(), ['Kabupaten Bandung', 'Kota Bandung'])
  t.same((await search('serang', '&level=regency')).slice(0, 2).sort(), ['Kabupaten Serang', 'Kota Serang'])
  t.equal((await as('kendari').get('/v1/regions/74.71.01')).json().name, 'Mandonga')
  t.equal((await as('kendari').get('/v1/regions/74.99')).statusCode, 404)
  let url: string | undefined = '/v1/regions?level=district&limit=200'
  let districts = 0
  while (url !== undefined) {
    const page = await as('kendari').get(url)
    districts += page.json().items.length
    url = /^<([^>]+)>/.exec(String(page.headers.link ?? ''))?.[1]
  }
  t.equal(districts, 7285)
})

t.test('what stages a region is in, today there unless a day is given', async (t) => {
  const { as, time } = await startApi(t)
  time.now = new Date('2024-11-26T16:00:00Z')
  const papua = (await as('jayapura').get('/v1/stages?region=91.71')).json()
  t.match(papua, {
    on: '2024-11-27',
    timeZone: 'Asia/Jayapura',
    items: [{ stage: 'pemungutan_suara', nameId: 'Pelaksanaan pemungutan suara', primary: true }],
  })
  t.equal((await as('jayapura').get('/v1/stages?region=31.71')).json().on, '2024-11-26')
  const on = async (region: string, day: string) =>
    (await as('nation').get(`/v1/stages?region=${region}&on=${day}`)).json().items
  t.same(await on('74.71', '2025-01-15'), [])
  t.match(await on('63.72', '2025-04-19'), [{ election: 'psu-pilkada-2025-04-19', contests: ['mayor'] }])
  t.match((await as('nation').get('/v1/stages?region=99.99&on=2025-02-29')).json(), {
    errors: [{ parameter: 'on', code: 'date_invalid' }],
  })
  t.match((await as('nation').get('/v1/stages')).json(), { errors: [{ parameter: 'region', code: 'required' }] })
})
