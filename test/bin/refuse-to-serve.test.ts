import { pino } from 'pino'
import t, { type Test } from 'tap'
import { refuseToServe } from '../../src/bin/refuse-to-serve.ts'
import { startService } from '../../src/bin/start-service.ts'
import { readConfig } from '../../src/config.ts'
import { adviseOnServer } from '../../src/database/server-advisories.ts'
import { createDatabase } from '../support/database.ts'
import { runWaspada } from '../support/run-waspada.ts'
import { makeLogin } from '../support/serving-login.ts'
import { testNow } from '../support/start-api.ts'

const start = (t: Test, url: string) =>
  startService(readConfig({ WASPADA_DATA_DIR: t.testdir() }), url, {
    logger: pino({ level: 'silent' }),
    clock: () => testNow,
  })

t.test('the service does not start as the superuser who owns the tables', async (t) => {
  const { adminUrl } = await createDatabase(t)
  await t.rejects(start(t, adminUrl), { name: 'Error', message: /does not start:\n.*is a superuser/ })
})

t.test('the service does not start on a schema that is not its own', async (t) => {
  const changes: [string, RegExp][] = [
    [
      'DELETE FROM drizzle.__drizzle_migrations WHERE id = (SELECT max(id) FROM drizzle.__drizzle_migrations)',
      /Migrations are missing: \d{4}_\w+\. Run waspada migrate/,
    ],
    [
      `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('later', 9999999999999)`,
      /migrated by a newer Waspada/,
    ],
    [`UPDATE drizzle.__drizzle_migrations SET hash = 'edited' WHERE id = 2`, /another text of 0002/],
    ['DROP SCHEMA drizzle CASCADE', /Migrations are missing: 0001/],
    ['REVOKE ALL ON SCHEMA drizzle FROM waspada_service', /may not read which migrations are applied/],
  ]
  for (const [sql, message] of changes) {
    const { admin, serviceUrl } = await createDatabase(t)
    await admin.query(sql)
    await t.rejects(start(t, serviceUrl), { message }, sql)
  }
})

t.test('a client that is granted what its tier may not hold is named, unless it is disabled', async (t) => {
  const { admin, serviceUrl } = await createDatabase(t)
  // The schema refuses such rows; a database may have been restored without its constraints.
  await admin.query('ALTER TABLE clients DROP CONSTRAINT clients_scopes_of_tier')
  await admin.query(`INSERT INTO clients (client_id, office_code, agency, scopes, clearance, created_at, disabled_at) VALUES
    ('office', '74.71', NULL, '{reports:read,clients:manage}', 1, now(), NULL),
    ('agency', NULL, 'bssn', '{reports:read,releases:read}', 1, now(), NULL),
    ('typo', '74', NULL, '{report:read}', 1, now(), NULL),
    ('gone', '74', NULL, '{clients:manage}', 1, now(), now()),
    ('nation', '00', NULL, '{clients:manage,reports:read}', 1, now(), NULL)`)
  const refusal = await start(t, serviceUrl).catch((error: Error) => error.message)
  t.match(
    refusal,
    /agency is granted reports:read, [\s\S]*office is granted clients:manage, [\s\S]*typo is granted report:read,/,
  )
  t.notMatch(refusal, /gone|nation/)
})

t.test('every fault is named at once, with exit code 1, before anything listens', async (t) => {
  const database = await createDatabase(t)
  const { name, url } = await makeLogin(t, database, 'ALTER ROLE $login BYPASSRLS')
  await database.admin.query(`ALTER TABLE reports NO FORCE ROW LEVEL SECURITY;
    UPDATE drizzle.__drizzle_migrations SET hash = 'edited' WHERE id = 1`)
  const ran = await runWaspada(['serve'], { WASPADA_DATA_DIR: t.testdir(), DATABASE_URL: url, PORT: '0' })
  t.equal(ran.code, 1)
  t.equal(ran.stdout, '', 'it never said that it serves')
  for (const said of [`${name} bypasses row-level security`, 'public.reports', 'another text of 0001'])
    t.match(ran.stderr, said)
})

t.test('what should be mended soon is told, and does not stand in the way', async (t) => {
  const { pool } = await makeLogin(t, await createDatabase(t))
  const { rows } = await pool.query(`SELECT current_setting('server_version_num')::int AS number`)
  const warnings: string[] = []
  await refuseToServe(pool, (warning) => warnings.push(warning))
  t.same(warnings, adviseOnServer(rows[0].number).warnings)
})
