import { sql } from 'drizzle-orm'
import t from 'tap'
import { callerOf } from '../../src/access/caller.ts'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { statement } from '../../src/database/statement.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { aReportIn } from '../support/a-report.ts'
import { type CallerName, callers, type TestCaller } from '../support/callers.ts'
import { startApi, testNow } from '../support/start-api.ts'

const caller = (name: CallerName) => {
  const { clientId, place, clearance, scopes } = callers[name] as TestCaller
  const token = { iss: 'urn:waspada:issuer', jti: 'a', iat: testNow.getTime() / 1000 }
  return callerOf({ ...token, sub: clientId, client_id: clientId, scope: scopes.join(' '), clearance, ...place })
}

const who = statement(
  'test_flight_who',
  sql`SELECT current_user AS "user", current_setting('waspada.region', true) AS region, count(*)::int AS reports,
  pg_backend_pid() AS pid FROM reports`,
)
const fail = statement('test_flight_fail', sql`SELECT 1 / (count(*) - count(*)) FROM reports`)

/** A door with one connection: what has been read through it once is prepared, and flies from then on. */
async function openDoor(t: Parameters<typeof startApi>[0]) {
  const api = await startApi(t)
  await api.as('kendari').post('/v1/reports', aReportIn('74.71'))
  await api.as('denpasar').post('/v1/reports', aReportIn('51.71'))
  const pool = createPool(api.serviceUrl, 1, () => {})
  t.teardown(() => pool.end())
  const db = new Database(pool, await ReferenceStore.open(pool))
  const read = async (name: CallerName) => (await db.read(caller(name), who, {}))[0]
  return { api, pool, db, read }
}

t.test('a read whose statements are prepared is one query, and leaves nothing on its connection', async (t) => {
  const { pool, read } = await openDoor(t)
  const first = await read('kendari')
  let sent = 0
  const client = await pool.connect()
  const query = client.query.bind(client) as (...given: unknown[]) => unknown
  const counting = (...given: unknown[]) => {
    sent += 1
    return query(...given)
  }
  Object.assign(client, { query: counting })
  client.release()
  t.same(await read('kendari'), first, 'the same as in steps')
  t.equal(sent, 1)
  const { rows } = await pool.query(
    `SELECT current_user AS "user", current_setting('waspada.region', true) AS region, pg_backend_pid() AS pid`,
  )
  t.match(rows[0], { user: 'waspada_service', region: '', pid: first?.pid })
  t.match(await read('denpasar'), { region: '51.71', reports: 1, pid: first?.pid })
  t.match(await read('nation'), { user: 'waspada_national', region: '00', reports: 2 })
})

t.test('a client that is disabled between two reads is refused the second', async (t) => {
  const { api, read } = await openDoor(t)
  const first = await read('kendari')
  await api.admin.query(`UPDATE clients SET disabled_at = now() WHERE client_id = 'kendari'`)
  await t.rejects(read('kendari'), { code: 'token_invalid' })
  t.match(await read('denpasar'), { reports: 1, pid: first?.pid }, 'and the connection is as good as before')
})

t.test('reference data that changed between two reads is read again', async (t) => {
  const { api, db, read } = await openDoor(t)
  await read('kendari')
  await api.admin.query('UPDATE reference_state SET revision = revision + 1')
  t.match(await read('kendari'), { reports: 1 })
  const { rows } = await api.admin.query('SELECT revision FROM reference_state')
  t.equal(db.held.revision, rows[0].revision)
})

t.test('a statement that fails in flight says why, and the next read is not touched by it', async (t) => {
  const { db, read } = await openDoor(t)
  await read('kendari')
  for (let time = 0; time < 3; time += 1) await t.rejects(db.read(caller('kendari'), fail, {}), { code: '22012' })
  t.match(await read('denpasar'), { region: '51.71', reports: 1 })
})
