import t from 'tap'
import { aReport } from '../support/a-report.ts'
import { callers } from '../support/callers.ts'
import { startApi } from '../support/start-api.ts'

t.test('who one is and may do', async (t) => {
  const { as } = await startApi(t)
  t.same((await as('kendariReader').get('/v1/me')).json(), {
    clientId: 'kendari-reader',
    subject: 'official-of-kendari-reader',
    system: false,
    tier: 'regency',
    office: { code: '74.71', name: 'Kesbangpol Kota Kendari' },
    agency: null,
    clearance: 'restricted',
    scopes: ['reports:read'],
  })
  t.match((await as('bssn').get('/v1/me')).json(), {
    tier: 'agency',
    office: null,
    agency: 'bssn',
    clearance: 'secret',
  })
})

t.test('the clients table is the authority at every request', async (t) => {
  const api = await startApi(t)
  const { admin } = api
  const token = `Bearer ${await api.tokenOf(callers.kendari)}`
  const ask = (url: string) => api.call({ method: 'GET', url, headers: { authorization: token } })
  const change = (set: string) => admin.query(`UPDATE clients SET ${set} WHERE client_id = 'kendari'`)
  t.equal((await ask('/v1/reports')).statusCode, 200)

  await change(`scopes = '{reports:submit}'`)
  t.match((await ask('/v1/reports')).json(), { status: 403, code: 'scope_missing' })
  t.same((await ask('/v1/me')).json().scopes, ['reports:submit'])
  await change(`scopes = '{reports:submit,reports:read}', clearance = 0`)
  t.match(
    (await ask('/v1/reports')).json(),
    { status: 401, code: 'token_invalid' },
    'cleared for less than the token says',
  )
  await change(`clearance = 3, office_code = '74.01'`)
  t.equal((await ask('/v1/reports')).statusCode, 401, 'moved to another office')
  await change(`office_code = '74.71'`)
  t.equal((await ask('/v1/reports')).statusCode, 200)
  await change(`disabled_at = '2024-11-26Z'`)
  for (const url of [
    '/v1/reports',
    '/v1/me',
    '/v1/regions',
    '/v1/offices',
    '/v1/elections',
    '/v1/incident-types',
    '/v1/stages?region=74',
  ]) {
    t.equal((await ask(url)).statusCode, 401, url)
  }
  const posted = await api.call({
    method: 'POST',
    url: '/v1/reports',
    headers: { authorization: token, 'content-type': 'application/json' },
    payload: JSON.stringify(aReport()),
  })
  t.equal(posted.statusCode, 401)
  await admin.query(`DELETE FROM clients WHERE client_id = 'kendari'`)
  t.equal((await ask('/v1/reports')).statusCode, 401, 'unknown')
  t.equal((await admin.query('SELECT FROM reports')).rowCount, 0)
})

t.test('a scope that the token lacks is refused by name', async (t) => {
  const { as } = await startApi(t)
  const posted = await as('kendariReader').post('/v1/reports', aReport())
  t.equal(posted.statusCode, 403)
  t.equal(
    posted.headers['www-authenticate'],
    'Bearer realm="waspada", resource_metadata="http://localhost:3000/.well-known/oauth-protected-resource", error="insufficient_scope", scope="reports:submit"',
  )
  const agency = await as('bssn').post('/v1/reports', aReport())
  t.equal(agency.statusCode, 403)
})

t.test('a request without a token is told where tokens come from, and not that one was wrong', async (t) => {
  const { call } = await startApi(t)
  const missing = await call({ method: 'GET', url: '/v1/me' })
  t.equal(missing.statusCode, 401)
  t.match(missing.json(), { code: 'token_missing' })
  t.equal(
    missing.headers['www-authenticate'],
    'Bearer realm="waspada", resource_metadata="http://localhost:3000/.well-known/oauth-protected-resource"',
  )
})
