import { pino } from 'pino'
import t from 'tap'
import { startService } from '../../src/bin/start-service.ts'
import { aReportIn } from '../support/a-report.ts'
import { aClient, administer, anAdministrator } from '../support/administer.ts'
import { callers } from '../support/callers.ts'
import { startApi } from '../support/start-api.ts'

t.test('a client that is disabled, narrowed or revoked is refused on its next request, on every process', async (t) => {
  const api = await startApi(t)
  const other = await startService(api.config, api.serviceUrl, {
    logger: pino({ level: 'silent' }),
    clock: () => api.time.now,
  })
  t.teardown(() => other.app.close())
  const { change, rotate } = administer(api)
  const token = await api.tokenOf(callers.kendari)
  const ask = async (url: string) => {
    const asked = { method: 'GET', url, headers: { authorization: `Bearer ${token}` } } as const
    const answers = await Promise.all([api.app.inject(asked), other.app.inject(asked)])
    t.equal(answers[0].statusCode, answers[1].statusCode, 'both processes say the same')
    return { status: answers[0].statusCode, code: answers[0].json().code }
  }
  t.equal((await ask('/v1/reports')).status, 200)
  t.equal((await change('kendari', { scopes: ['reports:submit'] })).statusCode, 200)
  t.same(await ask('/v1/reports'), { status: 403, code: 'scope_missing' })
  t.equal((await change('kendari', { scopes: ['reports:read'] })).statusCode, 200)
  t.equal((await ask('/v1/reports')).status, 200)
  t.equal((await change('kendari', { clearance: 'ordinary' })).statusCode, 200)
  t.same(await ask('/v1/reports'), { status: 401, code: 'token_invalid' }, 'the token claims more than is granted')
  t.equal((await change('kendari', { clearance: 'restricted' })).statusCode, 200)
  t.equal((await ask('/v1/me')).status, 200)
  t.equal((await change('kendari', { disabled: true })).statusCode, 200)
  t.same(await ask('/v1/me'), { status: 401, code: 'token_invalid' })
  t.equal((await change('kendari', { disabled: false })).statusCode, 200)
  t.same(await ask('/v1/me'), { status: 401, code: 'token_invalid' }, 'enabled again it does not get back its tokens')
  api.time.now = new Date(api.time.now.getTime() + 1000)
  t.equal((await api.as('kendari').get('/v1/me')).statusCode, 200, 'new ones hold')

  const sultra = await api.tokenOf(callers.sultra)
  const answerOf = async () =>
    (await other.app.inject({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${sultra}` } }))
      .statusCode
  t.equal((await rotate('sultra', { credential: { kind: 'secret' } })).statusCode, 200)
  t.equal(await answerOf(), 200)
  const revoked = await rotate('sultra', { credential: { kind: 'secret' }, revokeTokens: true })
  t.equal(revoked.json().tokensValidFrom, '2024-11-26T00:00:02.000Z')
  t.equal(await answerOf(), 401)
})

t.test('a patch changes what it names, and says what it changed to the audit', async (t) => {
  const api = await startApi(t)
  const { add, read, change } = administer(api)
  await add(aClient({ name: 'Lama' }))
  const changed = await change(
    'simpeg-kendari',
    { scopes: ['statistics:read', 'reports:read'], clearance: 'ordinary', name: null },
    '"simpeg-kendari.1"',
  )
  t.equal(changed.headers.etag, '"simpeg-kendari.2"')
  t.match(changed.json(), {
    scopes: ['reports:read', 'statistics:read'],
    clearance: 'ordinary',
    name: null,
    version: 2,
  })
  const same = await change('simpeg-kendari', { clearance: 'ordinary' }, '"simpeg-kendari.2"')
  t.equal(same.headers.etag, '"simpeg-kendari.2"', 'what changes nothing is no new version')
  t.match((await change('simpeg-kendari', { disabled: true, name: 'Baru' })).json(), { disabled: true, name: 'Baru' })
  t.equal((await change('simpeg-kendari', { disabled: false })).json().disabledAt, null)
  t.equal((await read('simpeg-kendari', { 'if-none-match': '"simpeg-kendari.4"' })).statusCode, 304)

  const { rows } = await api.admin.query(
    `SELECT action, operation, client_id, actor, office_code, resource_version AS version, details FROM audit_entries
     WHERE resource_type = 'client' AND resource_id = 'simpeg-kendari' ORDER BY id`,
  )
  const by = { client_id: 'nation', actor: 'official-of-nation', office_code: '00' }
  t.match(rows, [
    {
      ...by,
      action: 'client.added',
      operation: 'addClient',
      version: 1,
      details: { office: '74.71', credential: 'secret' },
    },
    {
      ...by,
      action: 'client.changed',
      version: 2,
      details: {
        name: 'changed',
        scopesAdded: ['statistics:read'],
        scopesRemoved: ['reports:submit'],
        clearance: 'ordinary',
        clearanceBefore: 'restricted',
      },
    },
    { action: 'client.read', operation: 'changeClient', version: 2 },
    { action: 'client.changed', version: 3, details: { name: 'changed' } },
    { action: 'client.disabled', version: 3 },
    { action: 'client.enabled', version: 4 },
    { action: 'client.read', operation: 'findClient', version: 4 },
  ])
  t.equal(rows.length, 7)
})

t.test('what a patch may not say is refused', async (t) => {
  const api = await startApi(t)
  const { change } = administer(api)
  const faultsOf = async (id: string, patch: unknown) => {
    const answer = await change(id, patch)
    t.equal(answer.statusCode, 422)
    return answer.json().errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)
  }
  t.same(await faultsOf('kendari', { office: '74.01' }), ['/office unknown_member'], 'a client never moves')
  t.same(await faultsOf('kendari', { scopes: null }), ['/scopes wrong_type'])
  t.same(await faultsOf('kendari', { scopes: ['reports:read', 'releases:read'] }), ['/scopes/1 not_allowed'])
  t.same(await faultsOf('bssn', { scopes: ['reports:read'] }), ['/scopes/0 not_allowed'])
  t.equal((await change('nobody', { disabled: true })).json().code, 'client_not_found')
  t.equal((await change('no such:id', { disabled: true })).json().code, 'client_not_found')
  const { rows } = await api.admin.query(
    `SELECT resource_id FROM audit_entries WHERE action = 'client.not_found' ORDER BY id`,
  )
  t.same(rows, [{ resource_id: 'nobody' }, { resource_id: 'no such:id' }], 'what was asked for is told')
})

t.test('a change names the version that it changes', async (t) => {
  const api = await startApi(t)
  const { add, change, rotate, send } = administer(api)
  await add(aClient())
  const id = 'simpeg-kendari'
  const bare = await send('PATCH', `/${id}`, { disabled: true })
  t.match({ status: bare.statusCode, ...bare.json() }, { status: 428, code: 'precondition_required' })
  const bareRotation = await send('POST', `/${id}/rotate`, { credential: { kind: 'secret' } })
  t.equal(bareRotation.statusCode, 428)
  for (const stale of ['"simpeg-kendari.2"', 'W/"simpeg-kendari.1"', '"kendari.1"', 'simpeg-kendari.1']) {
    const answer = await change(id, { disabled: true }, stale)
    t.match({ status: answer.statusCode, ...answer.json() }, { status: 412, code: 'version_stale' }, stale)
    t.equal((await rotate(id, { credential: { kind: 'secret' } }, stale)).statusCode, 412)
  }
  const writers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => change(id, { name: `Nama ${index}` }, '"x.1", "simpeg-kendari.1"')),
  )
  t.same(writers.map(({ statusCode }) => statusCode).sort(), [200, ...Array(9).fill(412)], 'one of ten wins')
  t.equal((await api.admin.query(`SELECT version FROM clients WHERE client_id = $1`, [id])).rows[0].version, 2)
})

t.test('whoever reaches further can be disabled, and nothing else', async (t) => {
  const api = await startApi(t)
  const local = await anAdministrator(api.admin, 'local', ['clients:manage'], 'restricted')
  const auditor = await anAdministrator(api.admin, 'auditor', ['audit:read', 'reports:read'], 'ordinary')
  const { change, rotate } = administer(api, local)
  for (const [id, code] of [
    ['kendari-secret', 'client_above_clearance'],
    [auditor.clientId, 'client_above_scopes'],
  ] as const) {
    for (const patch of [
      { name: 'Baru' },
      { scopes: ['reports:read'] },
      { disabled: false },
      { disabled: true, name: 'x' },
    ]) {
      const answer = await change(id, patch)
      t.match({ status: answer.statusCode, ...answer.json() }, { status: 409, code }, JSON.stringify(patch))
    }
    t.equal((await rotate(id, { credential: { kind: 'secret' } })).json().code, code)
    t.equal((await change(id, { disabled: true })).json().disabled, true)
    t.equal((await change(id, { disabled: false })).json().code, code, 'not even enabled again')
  }
  t.match((await change('kendari', { clearance: 'secret' })).json(), {
    errors: [{ pointer: '/clearance', code: 'handling_above_clearance' }],
  })
})

t.test('nobody locks themselves out, and two who lock out each other do not both succeed', async (t) => {
  const api = await startApi(t)
  const first = await anAdministrator(api.admin, 'first', ['clients:manage', 'reports:read'])
  const second = await anAdministrator(api.admin, 'second')
  const own = administer(api, first)
  for (const patch of [{ disabled: true }, { scopes: ['clients:manage'] }, { clearance: 'ordinary' }]) {
    const answer = await own.change('first', patch)
    t.match(
      { status: answer.statusCode, ...answer.json() },
      { status: 409, code: 'client_in_use' },
      JSON.stringify(patch),
    )
  }
  t.equal((await own.change('first', { name: 'Sendiri' })).statusCode, 200)
  t.equal((await own.rotate('first', { credential: { kind: 'secret' } })).statusCode, 200)

  const answers = await Promise.all([
    own.change('second', { disabled: true }),
    administer(api, second).change('first', { disabled: true }),
  ])
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, 401])
  const { rows } = await api.admin.query(
    `SELECT count(*)::int AS left FROM clients WHERE client_id IN ('first', 'second') AND disabled_at IS NULL`,
  )
  t.equal(rows[0].left, 1)
})

t.test('what an administrator lost while they waited is lost', async (t) => {
  const api = await startApi(t)
  const { admin } = api
  const holder = await admin.connect()
  await holder.query('BEGIN')
  await holder.query(`SELECT FROM clients WHERE client_id IN ('nation', 'kolaka') FOR UPDATE`)
  const headers = { 'if-match': '*', 'content-type': 'application/merge-patch+json' }
  const patch = JSON.stringify({ clearance: 'top_secret' })
  const waiting = api.as('nation').send('PATCH', '/v1/clients/kolaka', patch, { headers })
  for (let waits = 0; waits === 0; ) {
    const { rows } = await admin.query(
      `SELECT count(*)::int AS waits FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    )
    waits = rows[0].waits
  }
  await holder.query(`UPDATE clients SET clearance = 0 WHERE client_id = 'nation'`)
  await holder.query('COMMIT')
  holder.release()
  t.equal((await waiting).statusCode, 401)
  const { rows } = await admin.query(`SELECT clearance, version FROM clients WHERE client_id = 'kolaka'`)
  t.same(rows, [{ clearance: 1, version: 1 }])
})

t.test('a client that waspada token made is administered from its first change on', async (t) => {
  const api = await startApi(t)
  await api.admin.query(`UPDATE clients SET issued_by_command = true WHERE client_id = 'kolaka'`)
  t.equal((await administer(api).change('kolaka', { scopes: ['reports:submit'] })).statusCode, 200)
  const { rows } = await api.admin.query(`SELECT issued_by_command FROM clients WHERE client_id = 'kolaka'`)
  t.equal(rows[0].issued_by_command, false)
  t.equal((await api.as('kolaka').post('/v1/reports', aReportIn('74.01'))).statusCode, 201)
})
