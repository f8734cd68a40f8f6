import { sql } from 'drizzle-orm'
import pg from 'pg'
import t from 'tap'
import { callerOf } from '../../src/access/caller.ts'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { statement } from '../../src/database/statement.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { findReport } from '../../src/reports/queries.ts'
import { aReportIn } from '../support/a-report.ts'
import { type CallerName, callers, type TestCaller } from '../support/callers.ts'
import { startApi, testNow } from '../support/start-api.ts'

type Api = Awaited<ReturnType<typeof startApi>>

const caller = (name: CallerName) => {
  const { clientId, place, clearance, scopes } = callers[name] as TestCaller
  const token = { iss: 'urn:waspada:issuer', jti: 'a', iat: testNow.getTime() / 1000 }
  return callerOf({ ...token, sub: clientId, client_id: clientId, scope: scopes.join(' '), clearance, ...place })
}

/** Who sees which report, whichever belt holds. */
const seen: Record<string, CallerName[]> = {
  kendari: ['kendari', 'kendariReader', 'kendariSecret', 'sultra', 'sultraTopSecret', 'nation', 'analyst'],
  secret: ['kendariSecret', 'sultraTopSecret', 'nation'],
  kolaka: ['kolaka', 'sultra', 'sultraTopSecret', 'nation', 'analyst'],
  province: ['sultra', 'sultraTopSecret', 'nation', 'analyst'],
  bali: ['denpasar', 'bali', 'nation', 'analyst'],
  nation: ['nation', 'analyst'],
}

async function seed({ as }: Api): Promise<Record<string, string>> {
  const posts: [string, CallerName, string, Record<string, unknown>?][] = [
    ['kendari', 'kendari', '74.71'],
    ['secret', 'kendariSecret', '74.71', { handling: 'secret' }],
    ['kolaka', 'sultra', '74.01'],
    ['province', 'sultra', '74'],
    ['bali', 'denpasar', '51.71'],
    ['nation', 'nation', '00'],
  ]
  const ids: Record<string, string> = {}
  for (const [name, by, region, changes] of posts)
    ids[name] = (await as(by).post('/v1/reports', aReportIn(region, changes))).json().id
  return ids
}

/** A door to the database of our own, beside that of the application. */
async function openDoor(t: { teardown(end: () => Promise<void>): unknown }, url: string, size = 1) {
  const pool = createPool(url, size, () => {})
  t.teardown(() => pool.end())
  return { pool, db: new Database(pool, await ReferenceStore.open(pool)) }
}

const ids = statement('test_all_ids', sql`SELECT id FROM reports`)

t.test('without the predicate, row-level security alone holds', async (t) => {
  const api = await startApi(t)
  const reports = await seed(api)
  const { db } = await openDoor(t, api.serviceUrl)
  for (const name of Object.keys(callers) as CallerName[]) {
    if (name === 'bssn') continue
    const found = await db.read<{ id: string }>(caller(name), ids, {})
    const expected = Object.entries(reports).filter(([report]) => seen[report]?.includes(name))
    t.same(found.map(({ id }) => id).sort(), expected.map(([, id]) => id).sort(), name)
  }
  await t.rejects(db.read(caller('bssn'), ids, {}), { code: '42501' }, 'an agency has no grant at all')
})

t.test('without row-level security, the predicate alone holds', async (t) => {
  const api = await startApi(t)
  const reports = await seed(api)
  await api.admin.query(
    'ALTER TABLE reports NO FORCE ROW LEVEL SECURITY; ALTER TABLE reports DISABLE ROW LEVEL SECURITY',
  )
  const { db } = await openDoor(t, api.serviceUrl)
  for (const name of Object.keys(callers) as CallerName[]) {
    if (name === 'bssn') continue
    const listed = (await api.as(name).get('/v1/reports?fields=id')).json().items.map(({ id }: { id: string }) => id)
    const expected = Object.entries(reports).filter(([report]) => seen[report]?.includes(name))
    t.same(listed.sort(), expected.map(([, id]) => id).sort(), `${name} lists`)
    for (const [report, id] of Object.entries(reports)) {
      const trace = { requestId: 'a', operation: 'findReport' }
      const context = { db, caller: caller(name), now: testNow, trace }
      const answer = findReport(context, context.caller.scope, id)
      if (seen[report]?.includes(name)) t.equal((await answer).id, id)
      else await t.rejects(answer, { code: 'report_not_found' }, `${name} asks for ${report}`)
    }
  }
})

t.test('what is foreign and what is missing answer alike', async (t) => {
  const api = await startApi(t, { rateQuotas: { client: null, unauthenticated: null } })
  const reports = await seed(api)
  const ask = async (id: string | undefined) => {
    const answer = await api.as('kolaka').get(`/v1/reports/${id}`, { headers: { 'x-request-id': 'same' } })
    const { date: _date, ...headers } = answer.headers
    return { status: answer.statusCode, headers, body: answer.body }
  }
  const missing = await ask('0190c8f0-0000-7000-8000-000000000000')
  t.equal(missing.status, 404)
  for (const name of ['kendari', 'secret', 'province', 'bali', 'nation'])
    t.same(await ask(reports[name]), missing, name)
  t.same(await ask('not-an-id'), missing, 'nor does the form of an id tell anything')
})

t.test('the login of the service is nobody, and no tier without a scope', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const client = new pg.Client({ connectionString: api.serviceUrl })
  await client.connect()
  t.teardown(() => client.end())
  const { rows } =
    await client.query(`SELECT current_user AS "user", r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolinherit,
    (SELECT count(*)::int FROM pg_class c WHERE c.relowner = r.oid) AS owns FROM pg_roles r WHERE rolname = session_user`)
  t.same(rows[0], {
    user: 'waspada_service',
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolinherit: false,
    owns: 0,
  })
  for (const table of ['reports', 'events', 'idempotency_keys', 'report_registers']) {
    await t.rejects(client.query(`SELECT FROM ${table}`), { code: '42501' }, table)
    const { rows: forced } = await client.query(
      'SELECT relrowsecurity AND relforcerowsecurity AS both FROM pg_class WHERE relname = $1',
      [table],
    )
    t.ok(forced[0].both, `${table} is under row-level security, its owner too`)
  }
  for (const tier of ['regency', 'province', 'national']) {
    await client.query(`SET ROLE waspada_${tier}`)
    t.equal((await client.query('SELECT FROM reports')).rowCount, 0, `${tier} without variables sees nothing`)
    await client.query(`SELECT set_config('waspada.region', '', false), set_config('waspada.clearance', '', false)`)
    t.equal((await client.query('SELECT FROM reports')).rowCount, 0, `${tier} with empty variables sees nothing`)
    const changed = await client.query('UPDATE reports SET severity = $1', ['low'])
    t.equal(changed.rowCount, 0, `${tier} with empty variables changes nothing`)
    for (const column of ['id', 'office_code', 'received_at', 'submitted_by'])
      await t.rejects(client.query(`UPDATE reports SET ${column} = ${column}`), { code: '42501' }, column)
    await t.rejects(client.query('DELETE FROM reports'), { code: '42501' })
    await t.rejects(client.query('DELETE FROM events'), { code: '42501' })
    t.equal((await client.query('SELECT FROM events')).rowCount, 0, `${tier} with empty variables reads no event`)
    await t.rejects(client.query('SELECT actor FROM events'), { code: '42501' }, 'nor does any tier read who acted')
    await t.rejects(client.query('UPDATE events SET handling = 0'), { code: '42501' })
  }
})

t.test('row-level security refuses rows that another office would have written', async (t) => {
  const api = await startApi(t)
  const { rows } = await api.admin.query('SELECT 1')
  t.equal(rows.length, 1)
  const { db } = await openDoor(t, api.serviceUrl)
  const forge = statement(
    'test_forge_event',
    sql`INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at)
      VALUES (gen_random_uuid(), 'report.submitted', gen_random_uuid(), 1, '74.01', '74', '74.01', 1, 'x', 'x', now())`,
  )
  await t.rejects(db.read(caller('kendari'), forge, {}), { code: '42501' })
  const register = statement('test_forge_register', sql`INSERT INTO report_registers VALUES ('74.01', 2024, 1)`)
  await t.rejects(db.read(caller('kendari'), register, {}), { code: '42501' })
  t.equal((await api.admin.query('SELECT FROM events')).rowCount, 0)
})

t.test('a connection carries nothing to the next borrower', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const { db, pool } = await openDoor(t, api.serviceUrl)
  const who = statement(
    'test_who',
    sql`SELECT current_user AS "user", current_setting('waspada.region', true) AS region,
    current_setting('waspada.clearance', true) AS clearance, pg_backend_pid() AS pid`,
  )
  const fail = statement('test_fail', sql`SELECT 1/0`)
  await t.rejects(db.read(caller('nation'), fail, {}), { code: '22012' })
  await t.rejects(
    db.transaction(caller('nation'), async (tx) => {
      await tx.run(ids, {})
      throw new Error('in the middle')
    }),
    { message: 'in the middle' },
  )
  const { rows } = await pool.query(who.text)
  t.match(rows[0], { user: 'waspada_service' })
  t.notMatch(rows[0], { region: '00' })
  const [row] = await db.read<{ user: string; region: string; clearance: string }>(caller('kendariOrdinary'), who, {})
  t.match(row, { user: 'waspada_regency', region: '74.71', clearance: '0' })
  const released = await pool.connect()
  await released.query('BEGIN')
  await released.query(
    `SELECT set_config('waspada.region', '00', true), set_config('waspada.clearance', '3', true), set_config('role', 'waspada_national', true)`,
  )
  released.release()
  const borrowed = await db.read<{ id: string }>(caller('kolaka'), ids, {})
  t.equal(borrowed.length, 1, 'even a connection released in the middle of a transaction by mistake')
})

t.test('a commit that the server turned into a rollback is no success', async (t) => {
  const api = await startApi(t)
  const { db } = await openDoor(t, api.serviceUrl)
  const fail = statement('test_fail_quietly', sql`SELECT 1/0`)
  await t.rejects(
    db.transaction(caller('kendari'), async (tx) => {
      tx.run(fail, {}).catch(() => {})
    }),
    { code: '22012' },
  )
})

t.test('what one office holds of reference data may be old, but nothing is decided by it', async (t) => {
  const api = await startApi(t)
  const { rows } = await api.admin.query('SELECT document FROM election_calendars')
  const document = rows[0].document
    .filter(({ election }: { election: { code: string } }) => election.code !== 'pilkada-2024')
    .filter(({ election }: { election: { parent_election?: string } }) => election.parent_election !== 'pilkada-2024')
  t.equal((await api.as('kendari').post('/v1/reports', aReportIn('74.71'))).json().classification.stages.length, 1)
  const { loadCalendar } = await import('../../src/reference/load-calendar.ts')
  const act = { operation: 'test', now: testNow }
  t.same(await loadCalendar(api.adminUrl, () => document, act), { version: 2, changed: true, run: 1 })
  const [posted, stages] = await Promise.all([
    api.as('kendari').post('/v1/reports', aReportIn('74.71')),
    api.as('kendari').get('/v1/stages?region=74.71&on=2024-11-25'),
  ])
  t.match(posted.json().classification, { stages: [], calendarVersion: 2 })
  t.match(stages.json(), { items: [], calendarVersion: 2 })
  t.same(
    await loadCalendar(api.adminUrl, () => document, act),
    { version: 2, changed: false, run: null },
    'the same calendar again is no new version',
  )
})
