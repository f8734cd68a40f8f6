import pg from 'pg'
import t, { type Test } from 'tap'
import { adviseOnServer, advisories } from '../../src/database/server-advisories.ts'
import { findServingFaults } from '../../src/database/serving-checks.ts'
import { createDatabase } from '../support/database.ts'
import { makeLogin } from '../support/serving-login.ts'

async function serviceOf(t: Test) {
  const database = await createDatabase(t)
  const pool = new pg.Pool({ connectionString: database.serviceUrl, max: 1 })
  t.teardown(() => pool.end())
  return { ...database, faults: async () => (await findServingFaults(pool)).faults }
}

t.test('the login that Waspada makes, on the schema that it makes, is fit to serve', async (t) => {
  const { faults } = await serviceOf(t)
  t.same(await faults(), [])
})

t.test('so is the login of the guide', async (t) => {
  const { pool } = await makeLogin(t, await createDatabase(t))
  t.same((await findServingFaults(pool)).faults, [])
})

t.test('a login that could do more than serve is refused, whatever gives it that', async (t) => {
  const database = await createDatabase(t)
  const powers: [string, RegExp][] = [
    ['ALTER ROLE $login SUPERUSER', /is a superuser/],
    ['ALTER ROLE $login BYPASSRLS', /bypasses row-level security/],
    ['ALTER ROLE $login CREATEROLE', /may make roles/],
    ['ALTER ROLE $login CREATEDB', /may make databases/],
    ['ALTER ROLE $login REPLICATION', /may replicate/],
    ['GRANT pg_read_all_data TO $login', /may become pg_read_all_data, which is predefined/],
    ['GRANT CREATE ON SCHEMA public TO $login', /may create in schema public/],
    ['GRANT CREATE ON SCHEMA drizzle TO $login', /may create in schema drizzle/],
    [
      'ALTER ROLE $login INHERIT; REVOKE waspada_national FROM $login; GRANT waspada_national TO $login',
      /waspada_national, which is inherited/,
    ],
    ['ALTER TABLE incident_types OWNER TO $login', /owns table incident_types/],
    [
      'CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1; ALTER FUNCTION mine OWNER TO $login',
      /owns function mine/,
    ],
    [
      `DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO $login', current_database()); END $$`,
      /may create schemas/,
    ],
    [`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO $login', current_database()); END $$`, /owns database/],
  ]
  for (const [sql, said] of powers) {
    const { name, pool } = await makeLogin(t, database, sql)
    const { faults } = await findServingFaults(pool)
    t.ok(
      faults.some((fault) => fault.includes(name) && said.test(fault)),
      `${sql}: ${faults.join(' ')}`,
    )
  }
})

t.test('a power that is two memberships away counts', async (t) => {
  const database = await createDatabase(t)
  const strong = await makeLogin(t, database, 'ALTER ROLE $login BYPASSRLS CREATEDB')
  const between = await makeLogin(t, database, `GRANT ${strong.name} TO $login`)
  const { name, pool } = await makeLogin(t, database, `GRANT ${between.name} TO $login`)
  t.same((await findServingFaults(pool)).faults, [
    `The login ${name} may become ${strong.name}, which bypasses row-level security, may make databases. Serve with a login that only has the roles of Waspada`,
  ])
})

t.test('every table with office data is bound by row-level security, or nobody is served', async (t) => {
  const { admin, faults } = await serviceOf(t)
  await admin.query('ALTER TABLE reports NO FORCE ROW LEVEL SECURITY; ALTER TABLE events DISABLE ROW LEVEL SECURITY')
  await admin.query(
    'DROP POLICY own_keys ON idempotency_keys; DROP POLICY worker_removes_expired ON idempotency_keys; GRANT TRUNCATE ON report_registers TO waspada_regency',
  )
  await admin.query(`CREATE TABLE drafts (id int, handling smallint); GRANT SELECT (id) ON drafts TO waspada_province;
    CREATE TABLE unreachable (office_code text)`)
  const found = await faults()
  t.equal(found.length, 5, 'and not what no role of the service can reach')
  t.match(found, [
    /public\.drafts is not bound/,
    /public\.events is not bound/,
    /public\.idempotency_keys is not bound/,
    /TRUNCATE public\.report_registers/,
    /public\.reports is not bound/,
  ])
})

t.test('nothing hands out rows with the rights of somebody whom no policy binds', async (t) => {
  const { admin, faults } = await serviceOf(t)
  await admin.query(`
    CREATE VIEW everything AS SELECT facts FROM reports;
    CREATE VIEW invited WITH (security_invoker = true) AS SELECT facts FROM reports;
    CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM reports;
    CREATE VIEW nobodys AS SELECT facts FROM reports;
    GRANT SELECT ON everything, invited, counted TO waspada_national;
    CREATE FUNCTION tell() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN (SELECT count(*) FROM reports);
    GRANT EXECUTE ON FUNCTION tell() TO waspada_service;
    CREATE FUNCTION private() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN (SELECT count(*) FROM reports);
    REVOKE EXECUTE ON FUNCTION private() FROM PUBLIC;
    CREATE FUNCTION on_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN NEW; END'`)
  const found = await faults()
  t.equal(found.length, 3)
  t.match(found, [/function tell\(\)/, /materialized view counted/, /view everything .*security_invoker/])
})

const cves = (sentences: string[]) => sentences.flatMap((sentence) => sentence.match(/CVE-[\d-]+/g) ?? [])

t.test('a server with a known hole in row-level security is refused by the name of the hole', async (t) => {
  const refused: Record<number, string[]> = {
    150002: ['CVE-2023-2455', 'CVE-2023-39418', 'CVE-2024-10976', 'CVE-2024-10978'],
    150008: ['CVE-2024-10976', 'CVE-2024-10978'],
    150009: ['CVE-2024-10978'],
    160004: ['CVE-2024-10976', 'CVE-2024-10978'],
    170000: ['CVE-2024-10976', 'CVE-2024-10978'],
    170001: ['CVE-2024-10978'],
    170002: [],
    150018: [],
    180000: [],
    180004: [],
  }
  for (const [number, names] of Object.entries(refused)) {
    t.same(cves(adviseOnServer(Number(number)).faults), names, number)
  }
  t.match(adviseOnServer(150_003).faults, [
    /^This server is PostgreSQL 15\.3\. Update it to 15\.10 or newer; it has CVE-2023-39418 /,
  ])
  t.match(adviseOnServer(140_023).faults, [/PostgreSQL 14.23; 15 or newer is needed/])
})

t.test('a server that is only behind is warned about, and so is one that is ahead of the tests', async (t) => {
  const named = (number: number) => cves(adviseOnServer(number).warnings)
  t.same(named(150_013), ['CVE-2025-8713', 'CVE-2026-14666', 'CVE-2026-116311', 'CVE-2026-120154'])
  t.same(named(150_018), ['CVE-2026-14666', 'CVE-2026-116311', 'CVE-2026-120154'])
  t.same(named(180_006), ['CVE-2026-116311', 'CVE-2026-120154'])
  t.match(adviseOnServer(180_004).warnings, [/Update it to 18\.7 or newer/])
  for (const latest of [150_020, 160_016, 170_012, 180_007])
    t.same(adviseOnServer(latest), { faults: [], warnings: [] })
  t.match(adviseOnServer(190_000), { faults: [], warnings: [/tested up to 18/] })
  for (const { name } of advisories) t.match(name, /^CVE-\d{4}-\d{4,}$/)
})
