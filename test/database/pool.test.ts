import t from 'tap'
import { createPool } from '../../src/database/pool.ts'
import { aReport } from '../support/a-report.ts'
import { startApi } from '../support/start-api.ts'

t.test('where every connection is in use, a request is told to come again, and is not kept', async (t) => {
  const api = await startApi(t, { poolSize: 1 })
  const { as, admin } = api
  await as('kendari').post('/v1/reports', aReport())
  const holder = await admin.connect()
  await holder.query('BEGIN')
  await holder.query('LOCK TABLE reports IN ACCESS EXCLUSIVE MODE')
  const held = as('kendari').post('/v1/reports', aReport())
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  while ((await admin.query(waiting)).rowCount === 0) await new Promise((resolve) => setImmediate(resolve))
  const answers = await Promise.all([
    as('kendari').get('/v1/me'),
    as('bali').get('/v1/reports'),
    api.call({ url: '/readyz' }),
  ])
  for (const answer of answers) {
    t.equal(answer.statusCode, 503)
    t.match(answer.json(), { code: 'service_unavailable' })
    t.equal(answer.headers['retry-after'], '1')
  }
  t.equal((await api.call({ url: '/livez' })).statusCode, 200)
  await holder.query('ROLLBACK')
  holder.release()
  t.equal((await held).statusCode, 201, 'the one that held it was not disturbed')
  t.equal((await as('kendari').get('/v1/me')).statusCode, 200, 'whoever gave up has taken nothing along')
})

t.test('a burst at the start waits for connections that are being made', async (t) => {
  const { serviceUrl } = await startApi(t)
  const pool = createPool(serviceUrl, 3, () => {})
  t.teardown(() => pool.end())
  const answers = await Promise.all(
    Array.from({ length: 60 }, async () => {
      const client = await pool.take()
      try {
        return (await client.query('SELECT 1 AS one')).rows[0].one
      } finally {
        client.release()
      }
    }),
  )
  t.ok(answers.every((one) => one === 1))
  t.ok(pool.totalCount <= 3)
})

t.test('a connection given back in the middle of a transaction reaches nobody else', async (t) => {
  const { serviceUrl } = await startApi(t)
  const pool = createPool(serviceUrl, 1, () => {})
  t.teardown(() => pool.end())
  const left = await pool.take()
  const pid = async (client: typeof left) => (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid
  const before = await pid(left)
  await left.query('BEGIN')
  left.release()
  const next = await pool.take()
  t.not(await pid(next), before)
  t.equal(next.getTransactionStatus(), 'I')
  next.release()
})

t.test('a server that is not there is said at once', async (t) => {
  const pool = createPool('postgresql://nobody@127.0.0.1:1/none', 1, () => {})
  t.teardown(() => pool.end())
  await t.rejects(pool.take(), { code: 'service_unavailable' })
})
