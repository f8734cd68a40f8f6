import t from 'tap'
import { aReport } from '../support/a-report.ts'
import { startApi } from '../support/start-api.ts'

t.test('connections that break under load cost an answer, never the service or a report', async (t) => {
  const { as, admin } = await startApi(t)
  const acknowledged: string[] = []
  const statuses = new Set<number>()
  let posting = true
  const office = async (name: 'kendari' | 'sultra') => {
    while (posting) {
      const answer = await as(name).post('/v1/reports', aReport())
      statuses.add(answer.statusCode)
      if (answer.statusCode === 201) acknowledged.push(answer.json().id)
    }
  }
  const offices = [office('kendari'), office('kendari'), office('sultra'), office('sultra')]
  const reached = async (count: number) => {
    while (acknowledged.length < count) await new Promise((resolve) => setImmediate(resolve))
  }
  for (const count of [10, 20, 30, 40]) {
    await reached(count)
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'waspada'`,
    )
  }
  await reached(60)
  posting = false
  await Promise.all(offices)
  t.same(
    [...statuses].filter((status) => status !== 201 && status !== 503),
    [],
    'it is said to be unavailable, no more',
  )
  const { rows } = await admin.query('SELECT id FROM reports')
  const stored = new Set(rows.map(({ id }) => id))
  t.same(
    acknowledged.filter((id) => !stored.has(id)),
    [],
    'what was acknowledged is there',
  )
  const numbers = await admin.query('SELECT office_code, count(*)::int, max(register_number) FROM reports GROUP BY 1')
  for (const { count, max } of numbers.rows) t.equal(count, max, 'numbers have no gaps')
})

t.test('a refused client costs no more than another', async (t) => {
  const { as, admin } = await startApi(t)
  await as('kendari').get('/v1/me')
  await admin.query(`UPDATE clients SET disabled_at = now() WHERE client_id = 'kendari'`)
  // A backend hands in its counts when it ends, at the latest.
  const endConnections = () =>
    admin.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'waspada'`)
  const scans = async () => {
    await endConnections()
    await admin.query('SELECT pg_stat_clear_snapshot()')
    const { rows } = await admin.query(`SELECT seq_scan + coalesce(idx_scan, 0) AS scans FROM pg_stat_user_tables
      WHERE relname = 'election_calendars'`)
    return Number(rows[0].scans)
  }
  const before = await scans()
  t.ok(before > 0, 'they were read at the start')
  for (let index = 0; index < 5; index += 1) t.equal((await as('kendari').get('/v1/me')).statusCode, 401)
  t.equal(await scans(), before, 'the reference data is not read again')
})
