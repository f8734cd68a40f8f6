import pg from 'pg'
import t from 'tap'
import { aReportIn } from '../support/a-report.ts'
import { startApi } from '../support/start-api.ts'

const tiers = ['regency', 'province', 'national', 'agency']
const work = ['issuer', 'administrator', 'auditor']

async function connect(t: { teardown(end: () => Promise<void>): unknown }, url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  return client
}

t.test('a partition, a view or a function of the owner is no way round', async (t) => {
  const { admin, serviceUrl, as } = await startApi(t)
  await as('denpasar').post('/v1/reports', aReportIn('51.71'))
  await admin.query(`
    CREATE VIEW all_reports AS SELECT * FROM reports;
    CREATE MATERIALIZED VIEW kept_reports AS SELECT * FROM reports;
    CREATE FUNCTION reports_of_all() RETURNS SETOF reports SECURITY DEFINER LANGUAGE sql AS 'SELECT * FROM reports';
    CREATE TABLE parted (province_code text, handling smallint) PARTITION BY LIST (province_code);
    CREATE TABLE parted_51 PARTITION OF parted FOR VALUES IN ('51');
    ALTER TABLE parted ENABLE ROW LEVEL SECURITY;
    ALTER TABLE parted FORCE ROW LEVEL SECURITY;
    CREATE POLICY own ON parted FOR SELECT TO waspada_province USING (province_code = nullif(current_setting('waspada.region', true), ''));
    GRANT SELECT ON parted TO waspada_province;
    INSERT INTO parted VALUES ('51', 0)`)
  const client = await connect(t, serviceUrl)
  for (const role of [...tiers, ...work, 'service']) {
    await client.query(`SET ROLE waspada_${role}`)
    const ways = [
      'SELECT FROM all_reports',
      'SELECT FROM kept_reports',
      'SELECT FROM reports_of_all()',
      'SELECT FROM parted_51',
    ]
    for (const way of ways) await t.rejects(client.query(way), { code: '42501' }, `${role}: ${way}`)
  }
  await client.query(`SET ROLE waspada_province; SELECT set_config('waspada.region', '74', false)`)
  t.equal(
    (await client.query('SELECT FROM parted')).rowCount,
    0,
    'through its parent a partition is under its policies',
  )
})

t.test(
  'every table with the place or the handling of something is under row-level security, its owner too',
  async (t) => {
    const { admin } = await startApi(t)
    const { rows } = await admin.query(`SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced,
      EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND EXISTS (SELECT FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attname IN ('handling', 'regency_code', 'office_code') AND NOT a.attisdropped)
      AND c.relname NOT IN ('regions', 'offices', 'clients')`)
    t.ok(rows.length >= 6)
    for (const { relname, forced, policies } of rows) t.ok(forced && policies, relname)
  },
)

t.test('what runs with the rights of its owner has an owner who is nobody else', async (t) => {
  const { admin } = await startApi(t)
  const { rows } = await admin.query(`
    SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'f')
    UNION ALL SELECT proname FROM pg_proc p JOIN pg_roles o ON o.oid = p.proowner WHERE pronamespace = 'public'::regnamespace AND prosecdef
      AND (o.rolcanlogin OR o.rolsuper OR o.rolbypassrls OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = o.oid)
        OR NOT coalesce(array_to_string(proconfig, ' ') ~ 'search_path=pg_catalog, public, pg_temp', false))`)
  t.same(rows, [])
})

t.test('what a session calls by the name of a table, no search reads in its place', async (t) => {
  const { serviceUrl } = await startApi(t)
  const client = await connect(t, serviceUrl)
  await client.query(`SET ROLE waspada_regency;
    SELECT set_config('waspada.region', '74.71', false), set_config('waspada.clearance', '0', false);
    CREATE FUNCTION pg_temp.stolen() RETURNS uuid LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION '% reads %', current_user, (SELECT array_agg(search) FROM public.reports);
    END $$;
    CREATE TEMP VIEW reports AS SELECT pg_temp.stolen() AS id, '74.71' AS regency_code, 0 AS handling;
    GRANT EXECUTE ON FUNCTION pg_temp.stolen() TO PUBLIC;
    GRANT SELECT ON pg_temp.reports TO PUBLIC`)
  t.same((await client.query(`SELECT FROM search_reports(NULL, '{}')`)).rowCount, 0)
})

t.test('no tier settles or rebuilds counts, or writes them', async (t) => {
  const { admin } = await startApi(t)
  const { rows } = await admin.query(`SELECT r.rolname, c.relname FROM pg_roles r, pg_class c
    WHERE r.rolname ~ '^waspada_' AND r.rolname <> 'waspada_counter' AND c.relname ~ '^report_count' AND c.relkind = 'r'
      AND has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE')
    UNION ALL SELECT r.rolname, p.proname FROM pg_roles r, pg_proc p
    WHERE r.rolname IN ('waspada_service', 'waspada_regency', 'waspada_province', 'waspada_national', 'waspada_agency')
      AND p.proname ~ 'report_counts$' AND has_function_privilege(r.oid, p.oid, 'EXECUTE')`)
  t.same(rows, [])
})

t.test('a policy names one role and compares without OR, so that an index serves it', async (t) => {
  const { admin } = await startApi(t)
  const { rows } = await admin.query(`SELECT polname, pg_get_expr(polqual, polrelid) AS condition FROM pg_policy
    WHERE polrelid = 'reports'::regclass AND polcmd = 'r'`)
  t.ok(rows.length >= 3)
  for (const { polname, condition } of rows) t.notMatch(condition ?? '', /\bOR\b|ANY|EXISTS|LIKE/, polname)
})

t.test('a child cannot hang on the report of another office, nor pretend to a lower handling', async (t) => {
  const { admin, as } = await startApi(t)
  const id = (await as('kendariSecret').post('/v1/reports', aReportIn('74.71', { handling: 'secret' }))).json().id
  const grant = (
    await as('analyst').post('/v1/access/break-glass', { reason: 'Untuk uji kunci asing gabungan.' })
  ).json().id
  const child = (region: string, handling: number) =>
    admin.query(
      `INSERT INTO break_glass_reads (grant_id, client_id, actor, report_id, region_code, handling, first_read_at)
      VALUES ($1, 'analyst', 'official-of-analyst', $2, $3, $4, now())`,
      [grant, id, region, handling],
    )
  await t.rejects(child('74.01', 2), { code: '23503' }, 'in another regency, whoever writes it')
  await t.rejects(child('74.71', 0), { code: '23503' }, 'below its handling')
  await child('74.71', 2)
  const raised = await as('sultraTopSecret').patch(`/v1/reports/${id}`, { handling: 'top_secret' }, '*')
  t.equal(raised.statusCode, 200)
  const { rows } = await admin.query('SELECT regency_code, province_code, handling FROM break_glass_reads')
  t.same(rows, [{ regency_code: '74.71', province_code: '74', handling: 3 }], 'and it follows the report')
  t.same(
    (await as('kendariSecret').get('/v1/access/break-glass')).json().items,
    [],
    'who may no longer see one sees neither',
  )
})

t.test('what the life of a report forbids, nobody writes', async (t) => {
  const { admin, as } = await startApi(t)
  const { id } = (await as('kendari').post('/v1/reports', aReportIn('74.71'))).json()
  const write = (set: string) => admin.query(`UPDATE reports SET ${set} WHERE id = $1`, [id])
  await t.rejects(write(`severity = 'low'`), { code: '23000' }, 'no change without a new version')
  await t.rejects(write(`version = 2, severity = 'low'`), { code: '23000' }, 'no version without its revision')
  await t.rejects(
    write(`version = 2, status = 'closed', due_at = NULL`),
    { code: '23000' },
    'no step that there is not',
  )
  await t.rejects(write(`version = 2, level = 'national'`), { code: '23000' }, 'no level without an escalation')
  await t.rejects(write(`version = 2, submitted_by = 'x'`), { code: '23000' }, 'no other author')
  await as('sultra').change(`/v1/reports/${id}/verify`, undefined, '*')
  await t.rejects(write(`version = 3, verified_at = now()`), { code: '23000' }, 'no other verification')
  await t.rejects(write(`version = 3, status = 'submitted', verified_at = NULL`), { code: '23000' })
  await t.rejects(admin.query(`UPDATE report_revisions SET actor = 'x'`), { code: '23001' })
  await t.rejects(admin.query(`DELETE FROM report_revisions`), { code: '23001' })
  await t.rejects(admin.query(`DELETE FROM report_revision_contents`), { code: '23001' })
})

t.test('nobody rewrites the past', async (t) => {
  const { admin, serviceUrl, workerUrl, as } = await startApi(t)
  await as('kendari').post('/v1/reports', aReportIn('74.71'))
  const service = await connect(t, serviceUrl)
  for (const role of [...tiers, ...work]) {
    await service.query(`SET ROLE waspada_${role}`)
    for (const table of ['audit_entries', 'events']) {
      await t.rejects(service.query(`UPDATE ${table} SET actor = 'x'`), { code: '42501' }, `${role} changes ${table}`)
      await t.rejects(service.query(`DELETE FROM ${table}`), { code: '42501' }, `${role} deletes ${table}`)
    }
  }
  const worker = await connect(t, workerUrl)
  await t.rejects(worker.query(`UPDATE audit_entries SET actor = 'x'`), { code: '42501' })
  await t.rejects(worker.query(`DELETE FROM audit_entries`), { code: '42501' })
  await t.rejects(worker.query(`UPDATE reports SET severity = 'low'`), { code: '42501' })
  for (const table of ['audit_entries', 'events']) {
    await t.rejects(admin.query(`DELETE FROM ${table}`), { code: '23001' }, 'not even the owner, by accident')
    await t.rejects(admin.query(`TRUNCATE ${table}`), { code: '23001' })
  }
  await service.query(`SET ROLE waspada_regency`)
  await service.query(`SELECT set_config('waspada.client', 'kendari', false), set_config('waspada.actor', 'a', false)`)
  const forge = `INSERT INTO audit_entries (id, occurred_at, action, operation, client_id, actor, request_id, resource_type, handling)
    VALUES (gen_random_uuid(), now(), 'report.read', 'x', 'kolaka', 'a', 'r', 'report', 0)`
  await t.rejects(service.query(forge), { code: '42501' }, 'nobody acts in the name of another client')
})
