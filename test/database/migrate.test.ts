import { mkdirSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { listMigrations, migrate } from '../../src/database/migrate.ts'
import { createDatabase, createEmptyDatabase } from '../support/database.ts'

t.test('every migration file is in the journal, in order', async (t) => {
  const files = (await readdir(new URL('../../migrations', import.meta.url))).filter((name) => name.endsWith('.sql'))
  t.same(
    listMigrations().map(({ tag }) => `${tag}.sql`),
    files.sort(),
  )
})

t.test('a migration dated before another is refused: it would be skipped', async (t) => {
  const folder = t.testdir()
  mkdirSync(join(folder, 'meta'))
  const entries = [
    { when: 2, tag: '0001_a' },
    { when: 1, tag: '0002_b' },
  ]
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ entries }))
  t.throws(() => listMigrations(folder), {
    message: '0002_b is dated before 0001_a'.replace('0002_b', 'Migration 0002_b'),
  })
})

t.test('processes that migrate one database at once take turns', async (t) => {
  const url = await createEmptyDatabase()
  const applied = await Promise.all([migrate(url), migrate(url), migrate(url)])
  t.equal(applied.filter((tags) => tags.length > 0).length, 1)
  t.same(await migrate(url), [])
})

t.test('a database of a newer Waspada, or migrated by another text, is left alone', async (t) => {
  const { adminUrl, admin } = await createDatabase(t)
  await admin.query(`INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('later', 9999999999999)`)
  await t.rejects(migrate(adminUrl), { message: /newer Waspada/ })
  await admin.query(`DELETE FROM drizzle.__drizzle_migrations WHERE hash = 'later'`)
  await admin.query(`UPDATE drizzle.__drizzle_migrations SET hash = 'edited' WHERE id = 1`)
  await t.rejects(migrate(adminUrl), { message: /another text of 0001/ })
})

t.test('the database itself refuses what no report may be', async (t) => {
  const { admin, adminUrl } = await createDatabase(t)
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  t.teardown(() => client.end())
  await admin.query(
    `INSERT INTO clients (client_id, office_code, scopes, clearance, created_at) VALUES ('a', '74.71', '{}', 1, now())`,
  )
  const refused = [
    `INSERT INTO clients (client_id, office_code, agency, scopes, clearance, created_at) VALUES ('b', '74.71', 'bssn', '{}', 1, now())`,
    `INSERT INTO clients (client_id, scopes, clearance, created_at) VALUES ('b', '{}', 1, now())`,
    `INSERT INTO clients (client_id, office_code, scopes, clearance, created_at) VALUES ('b', '74.71', '{}', 4, now())`,
    `INSERT INTO offices (code, level, name) VALUES ('74.71.01', 'regency', 'a district has no office')`,
    `UPDATE offices SET level = 'national' WHERE code = '74'`,
    `INSERT INTO reference_state (single, revision) VALUES (true, 9)`,
    `DELETE FROM regions WHERE code = '74'`,
  ]
  for (const sql of refused) await t.rejects(client.query(sql), { code: /^23/ }, sql)
})
