import { sql } from 'drizzle-orm'
import t from 'tap'
import { callerFor, callerOf } from '../../src/access/caller.ts'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { statement } from '../../src/database/statement.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { type CallerName, callers, type TestCaller } from '../support/callers.ts'
import { startApi, testNow } from '../support/start-api.ts'

type Api = Awaited<ReturnType<typeof startApi>>

const auditors = {
  all: { clientId: 'auditor', place: { region: '00' }, clearance: 'top_secret', scopes: ['audit:read'] },
  restricted: {
    clientId: 'auditor-restricted',
    place: { region: '00' },
    clearance: 'restricted',
    scopes: ['audit:read'],
  },
} as const satisfies Record<string, TestCaller>

async function startAudited(t: Parameters<typeof startApi>[0]) {
  const api = await startApi(t)
  for (const [clientId, clearance] of [
    ['auditor', 3],
    ['auditor-restricted', 1],
  ])
    await api.admin.query(
      `INSERT INTO clients (client_id, office_code, scopes, clearance, created_at) VALUES ($1, '00', '{audit:read}', $2, '2024-01-01Z')`,
      [clientId, clearance],
    )
  /** The audit as an auditor reads it, with all that has been committed. */
  const audit = async (query = '', auditor: TestCaller = auditors.all) => {
    await api.chain()
    const authorization = `Bearer ${await api.tokenOf(auditor)}`
    return api.call({ method: 'GET', url: `/v1/audit${query}`, headers: { authorization } })
  }
  return { ...api, audit }
}

const post = async ({ as }: Pick<Api, 'as'>, name: CallerName, changes = {}, region = '74.71') => {
  const answer = await as(name).post('/v1/reports', aReportIn(region, changes))
  return answer.json().id as string
}

t.test('a grant to read above the clearance is told with the digest of its reason', async (t) => {
  const { as, audit } = await startAudited(t)
  const given = { reason: 'Ancaman bom: isi laporan diperlukan untuk evakuasi.', minutes: 30 }
  t.equal((await as('analyst').post('/v1/access/break-glass', given)).statusCode, 201)
  const told = await audit('?action=break_glass.opened')
  t.equal(told.statusCode, 200)
  t.match(told.json().items, [{ details: { minutes: 30, reasonSha256: /^[0-9a-f]{64}$/ } }])
})

t.test(
  'what was done is told newest first, with who, where, by which request and its place in the chain',
  async (t) => {
    const { as, audit, admin } = await startAudited(t)
    const posted = await as('kendari').post('/v1/reports', aReport(), { headers: { 'x-request-id': 'my-request-1' } })
    const secret = await post({ as }, 'kendariSecret', { handling: 'secret' })
    await as('kendariSecret').get(`/v1/reports/${secret}`)

    const answer = await audit()
    t.equal(answer.statusCode, 200)
    const { items, next } = answer.json()
    t.equal(next, null)
    t.match(items, [
      {
        sequence: 3,
        action: 'report.read',
        operation: 'findReport',
        resource: { id: secret, handling: 'secret', version: 1 },
      },
      { sequence: 2, action: 'report.submitted', resource: { id: secret, handling: 'secret' } },
      {
        sequence: 1,
        occurredAt: testNow.toISOString(),
        action: 'report.submitted',
        operation: 'submitReport',
        clientId: 'kendari',
        actor: 'official-of-kendari',
        office: '74.71',
        agency: null,
        requestId: 'my-request-1',
        resource: { type: 'report', id: posted.json().id, version: 1, handling: 'restricted' },
        breakGlassId: null,
        details: null,
        exists: null,
        existsIn: null,
        hash: /^[0-9a-f]{64}$/,
      },
    ])
    const { rows } = await admin.query(
      `SELECT encode(last_hash, 'hex') AS hash FROM sequences WHERE stream = 'audit_entries'`,
    )
    t.equal(items[0].hash, rows[0].hash, 'it ends with the head of the chain')
  },
)

t.test('reading is told with the names of its filters, not their values, in its own transaction', async (t) => {
  const { audit, admin } = await startAudited(t)
  await audit('?clientId=kendari&from=2024-11-25T00:00:00Z&limit=10')
  const { rows } = await admin.query(
    'SELECT action, operation, client_id, actor, office_code, resource_type, resource_id, handling, details FROM audit_entries',
  )
  t.same(rows, [
    {
      action: 'audit.read',
      operation: 'listAudit',
      client_id: 'auditor',
      actor: 'official-of-auditor',
      office_code: '00',
      resource_type: 'audit',
      resource_id: null,
      handling: 0,
      details: { filters: ['clientId', 'from'] },
    },
  ])
  await admin.query(
    `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER fail BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION fail()`,
  )
  const answer = await audit()
  t.equal(answer.statusCode >= 500, true, 'what cannot be told is not shown')
  t.notMatch(answer.body, 'audit.read')
})

t.test('an id that was not found: whether it exists is resolved for the reader, as far as cleared', async (t) => {
  const { as, audit } = await startAudited(t)
  const known = await post({ as }, 'kendari')
  const secret = await post({ as }, 'kendariSecret', { handling: 'secret' })
  const missing = '0190c8f0-0000-7000-8000-000000000000'
  for (const id of [known.toUpperCase(), secret, missing, 'not-an-id'])
    t.equal((await as('denpasar').get(`/v1/reports/${id}`)).statusCode, 404)
  const found = async (auditor: TestCaller) => {
    const { items } = (await audit('?action=report.not_found', auditor)).json()
    return Object.fromEntries(
      items.map(({ resource, exists, existsIn }: Record<string, { id: string }>) => [resource?.id, [exists, existsIn]]),
    )
  }
  t.same(await found(auditors.all), {
    [known.toUpperCase()]: [true, '74.71'],
    [secret]: [true, '74.71'],
    [missing]: [false, null],
    'not-an-id': [false, null],
  })
  t.same(
    (await found(auditors.restricted))[secret],
    [false, null],
    'above the own clearance it does not exist here either',
  )
  t.same((await found(auditors.restricted))[known.toUpperCase()], [true, '74.71'])
})

t.test('each filter keeps what it names and nothing else', async (t) => {
  const { as, audit, time } = await startAudited(t)
  const first = await post({ as }, 'kendari')
  time.now = new Date(testNow.getTime() + 60_000)
  await post({ as }, 'denpasar', {}, '51.71')
  await as('kolaka').get(`/v1/reports/${first}`)
  const actions = async (query: string) =>
    (await audit(query)).json().items.map(({ action, clientId }: Record<string, string>) => `${clientId} ${action}`)
  const kendari = 'kendari report.submitted'
  const denpasar = 'denpasar report.submitted'
  const kolaka = 'kolaka report.not_found'
  const both = [kolaka, denpasar]
  t.same(await actions('?clientId=kendari'), [kendari])
  t.same(await actions('?actor=official-of-denpasar'), [denpasar])
  t.same(await actions('?action=report.not_found'), [kolaka])
  t.same(await actions('?resourceType=report&to=2024-11-26T00:01:00Z'), [kendari])
  t.same((await actions('?resourceType=report&from=2024-11-26T00:01:00Z')).sort(), both.sort())
  t.same(await actions(`?resourceId=${first}`), [kolaka, kendari])
  t.same(await actions('?office=51.71'), [denpasar])
  t.same(await actions('?agency=bssn'), [])
  t.same(await actions('?clientId=kendari&action=report.not_found'), [])
})

t.test('a filter that cannot be meant is refused by name', async (t) => {
  const { audit } = await startAudited(t)
  for (const [query, parameter] of <const>[
    ['?from=2024-11-26T00:00:00Z&to=2024-11-25T00:00:00Z', 'to'],
    ['?from=yesterday', 'from'],
    ['?action=DROP', 'action'],
    ['?office=7471', 'office'],
    ['?region=74', 'region'],
    ['?limit=0', 'limit'],
  ]) {
    const answer = await audit(query)
    t.equal(answer.statusCode, 400, query)
    t.match(answer.json(), { errors: [{ parameter }] })
  }
  t.match((await audit('?cursor=abc')).json(), { code: 'cursor_invalid' })
})

t.test('a walk through the pages loses and repeats nothing while rows are added', async (t) => {
  const { as, audit } = await startAudited(t)
  for (let index = 0; index < 5; index += 1) await post({ as }, 'kendari')
  const seen: number[] = []
  let next: string | null = null
  do {
    const answer = await audit(`?limit=2&clientId=kendari${next === null ? '' : `&cursor=${next}`}`)
    const page = answer.json()
    seen.push(...page.items.map(({ sequence }: { sequence: number }) => sequence))
    t.equal(answer.headers.link !== undefined, page.next !== null)
    next = page.next
    await post({ as }, 'kendari')
  } while (next !== null)
  t.same(seen, [5, 4, 3, 2, 1])
  const first = (await audit('?limit=2&clientId=kendari')).json().next
  t.match((await audit(`?limit=2&clientId=sultra&cursor=${first}`)).json(), { code: 'cursor_invalid' })
  t.match((await audit(`?limit=2&clientId=kendari&cursor=${first}`, auditors.restricted)).json(), {
    code: 'cursor_invalid',
  })
})

t.test('only the nation reads the audit, and only with its scope', async (t) => {
  const { as, audit } = await startAudited(t)
  for (const name of ['kendari', 'sultra', 'sultraTopSecret', 'bssn'] as const)
    t.match((await as(name).get('/v1/audit')).json(), { status: 403, code: 'scope_missing' }, name)
  t.equal((await as('nation').get('/v1/audit')).statusCode, 200)
  const unscoped = { ...auditors.all, scopes: ['reports:read'] }
  t.equal((await audit('', unscoped)).statusCode, 403)
  const notGranted = { ...callers.kendari, place: { region: '00' }, scopes: ['audit:read'] }
  t.equal((await audit('', notGranted)).statusCode, 401, 'the clients table decides')
})

const asAuditor = (auditor: TestCaller) => {
  const { clientId, clearance } = auditor
  const token = { iss: 'urn:waspada:issuer', jti: 'a', iat: testNow.getTime() / 1000 }
  const caller = callerOf({
    ...token,
    sub: clientId,
    client_id: clientId,
    scope: 'audit:read',
    clearance,
    region: '00',
  })
  return callerFor(caller, 'audit:read')
}

t.test(
  'without the predicate, row-level security alone hides what lies above the clearance or is not chained',
  async (t) => {
    const api = await startAudited(t)
    const restricted = await post(api, 'kendari')
    const secret = await post(api, 'kendariSecret', { handling: 'secret' })
    await api.chain()
    await post(api, 'kendari')
    const pool = createPool(api.serviceUrl, 1, () => {})
    t.teardown(() => pool.end())
    const db = new Database(pool, await ReferenceStore.open(pool))
    const entries = statement('test_all_entries', sql`SELECT resource_id AS id FROM audit_entries ORDER BY sequence`)
    const reports = statement('test_known_reports', sql`SELECT id FROM reports ORDER BY id LIMIT 2`)
    const idsOf = async (auditor: TestCaller, query: typeof entries) =>
      (await db.read<{ id: string }>(asAuditor(auditor), query, {})).map(({ id }) => id)
    t.same(await idsOf(auditors.restricted, entries), [restricted])
    t.same(await idsOf(auditors.all, entries), [restricted, secret])
    t.notOk((await idsOf(auditors.restricted, reports)).includes(secret))
    t.ok((await idsOf(auditors.all, reports)).includes(secret))
    const facts = statement('test_read_facts', sql`SELECT facts FROM reports`)
    await t.rejects(db.read(asAuditor(auditors.all), facts, {}), { code: '42501' }, 'an auditor reads no report')
    const forge = statement(
      'test_forge_entry',
      sql`INSERT INTO audit_entries (id, occurred_at, action, operation, client_id, actor, request_id, resource_type, handling)
      VALUES (gen_random_uuid(), now(), 'audit.read', 'listAudit', 'kendari', 'kendari', 'x', 'audit', 0)`,
    )
    await t.rejects(
      db.read(asAuditor(auditors.all), forge, {}),
      { code: '42501' },
      'nobody writes in the name of another',
    )
  },
)

t.test('without row-level security, the predicate alone hides it', async (t) => {
  const api = await startAudited(t)
  const restricted = await post(api, 'kendari')
  const secret = await post(api, 'kendariSecret', { handling: 'secret' })
  await api.as('denpasar').get(`/v1/reports/${secret}`)
  await api.chain()
  await post(api, 'kendari')
  for (const table of ['audit_entries', 'reports'])
    await api.admin.query(
      `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`,
    )
  const read = async (auditor: TestCaller) => {
    const authorization = `Bearer ${await api.tokenOf(auditor)}`
    const answer = await api.call({ method: 'GET', url: '/v1/audit', headers: { authorization } })
    const { items } = answer.json()
    return items.map(({ resource, exists }: { resource: { id: string }; exists: boolean | null }) => [
      resource.id,
      exists,
    ])
  }
  t.same(await read(auditors.restricted), [
    [secret, false],
    [restricted, null],
  ])
  t.same(await read(auditors.all), [
    [secret, true],
    [secret, null],
    [restricted, null],
  ])
})
