import t from 'tap'
import { administer, anAdministrator } from '../support/administer.ts'
import { callers, type TestCaller } from '../support/callers.ts'
import { startApi } from '../support/start-api.ts'

type Api = Awaited<ReturnType<typeof startApi>>

async function idsOf(api: Api, query: string): Promise<string[]> {
  const answer = await administer(api).list(query)
  t.equal(answer.statusCode, 200, query)
  return answer.json().items.map(({ clientId }: { clientId: string }) => clientId)
}

t.test('clients are listed by place, scope and standing', async (t) => {
  const api = await startApi(t)
  await administer(api).change('kolaka', { disabled: true })
  t.equal((await idsOf(api, '')).length, Object.keys(callers).length)
  t.same(await idsOf(api, '?region=74'), [
    'kendari',
    'kendari-ordinary',
    'kendari-reader',
    'kendari-secret',
    'kolaka',
    'sultra',
    'sultra-top-secret',
  ])
  t.same(await idsOf(api, '?region=51.71'), ['denpasar'])
  t.equal((await idsOf(api, '?region=00')).length, Object.keys(callers).length - 1, 'all but the agency')
  t.same(await idsOf(api, '?agency=bssn'), ['bssn'])
  t.same(await idsOf(api, '?disabled=true'), ['kolaka'])
  t.same(await idsOf(api, '?disabled=false&region=74.01'), [])
  const national = Object.values<TestCaller>(callers).filter(({ scopes }) => scopes.includes('clients:manage'))
  t.same(await idsOf(api, '?scope=clients:manage'), national.map(({ clientId }) => clientId).sort())
  const { rows } = await api.admin.query(
    `SELECT details FROM audit_entries WHERE action = 'client.listed' ORDER BY id DESC LIMIT 1`,
  )
  t.match(rows[0].details, { scope: 'clients:manage', shown: national.length })
})

t.test('a walk in pages meets each client once, and its cursor serves nobody else', async (t) => {
  const api = await startApi(t)
  const seen: string[] = []
  let url: string | undefined = '?limit=5'
  let cursor = ''
  while (url !== undefined) {
    const page = await administer(api).list(url)
    seen.push(...page.json().items.map(({ clientId }: { clientId: string }) => clientId))
    url = /^<\/v1\/clients([^>]+)>/.exec(String(page.headers.link ?? ''))?.[1]
    cursor = page.json().next ?? cursor
  }
  t.same(seen, [...new Set(seen)].sort())
  t.equal(seen.length, Object.keys(callers).length)
  const other = await anAdministrator(api.admin, 'other')
  t.equal((await administer(api, other).list(`?limit=5&cursor=${cursor}`)).json().code, 'cursor_invalid')
  t.equal((await administer(api).list(`?region=74&cursor=${cursor}`)).json().code, 'cursor_invalid')
})

t.test('filters that name nothing are refused', async (t) => {
  const api = await startApi(t)
  const { list } = administer(api)
  t.match((await list('?region=74.99')).json(), { errors: [{ parameter: 'region', code: 'office_unknown' }] })
  t.match((await list('?region=74.71.01')).json(), { errors: [{ parameter: 'region', code: 'format_invalid' }] })
  t.match((await list('?scope=reports:rule&disabled=yes&tier=agency')).json().errors.length, 3)
})
