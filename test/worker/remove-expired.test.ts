import t from 'tap'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { removeExpired } from '../../src/worker/jobs/remove-expired.ts'
import { createDatabase } from '../support/database.ts'
import { testNow } from '../support/start-api.ts'

const hour = 3_600_000

t.test('what expired more than an hour ago goes, and nothing else', async (t) => {
  const { admin, workerUrl } = await createDatabase(t)
  const { db, close } = openWorkDoor(workerUrl, { size: 1, report: () => {} })
  t.teardown(close)
  const moments: [string, Date | null][] = [
    ['long-gone', new Date(testNow.getTime() - 30 * 24 * hour)],
    ['just-gone', new Date(testNow.getTime() - hour)],
    ['in-force', new Date(testNow.getTime() + hour)],
  ]
  for (const [key, expiresAt] of moments) {
    await admin.query(
      `INSERT INTO idempotency_keys VALUES ('74.71', 'submitReport:header', $1, sha256('x'), gen_random_uuid(), '2024-01-01Z', $2)`,
      [key, expiresAt],
    )
    await admin.query(`INSERT INTO revoked_tokens VALUES ('issuer', $1, '2024-01-01Z', $2)`, [key, expiresAt])
    await admin.query(`INSERT INTO used_assertions VALUES ('client', $1, $2)`, [key, expiresAt])
  }
  await admin.query(
    `INSERT INTO idempotency_keys SELECT '74.71', 'submitReport:reference', 'for-ever', sha256('x'), gen_random_uuid(), '2024-01-01Z', NULL;
    INSERT INTO used_assertions SELECT 'other', n::text, '2024-01-01Z' FROM generate_series(1, 2500) n`,
  )
  const context = { db, now: testNow, signal: new AbortController().signal }
  for (const times of ['once', 'twice']) {
    await removeExpired.run(context)
    const { rows: keys } = await admin.query('SELECT key FROM idempotency_keys ORDER BY key')
    t.same(
      keys.map(({ key }) => key),
      ['for-ever', 'in-force', 'just-gone'],
      `keys, ${times}`,
    )
    for (const table of ['revoked_tokens', 'used_assertions']) {
      const { rows } = await admin.query(`SELECT jti FROM ${table} ORDER BY jti`)
      t.same(
        rows.map(({ jti }) => jti),
        ['in-force', 'just-gone'],
        `${table}, ${times}`,
      )
    }
  }
})

t.test('it ends after the batch that it is at when the process stops', async (t) => {
  const { admin, workerUrl } = await createDatabase(t)
  const { db, close } = openWorkDoor(workerUrl, { size: 1, report: () => {} })
  t.teardown(close)
  await admin.query(
    `INSERT INTO used_assertions SELECT 'other', n::text, '2024-01-01Z' FROM generate_series(1, 2500) n`,
  )
  const stopping = new AbortController()
  const once: typeof db = {
    async workAs(...work) {
      stopping.abort()
      return db.workAs(...work)
    },
  }
  const { signal } = stopping
  await removeExpired.run({ db: once, now: testNow, signal })
  const { rowCount } = await admin.query('SELECT FROM used_assertions')
  t.equal(rowCount, 2500, 'the stop came during the first table')
  const fresh = new AbortController()
  await removeExpired.run({ db, now: testNow, signal: fresh.signal })
  t.equal((await admin.query('SELECT FROM used_assertions')).rowCount, 0)
})
