import { randomUUID } from 'node:crypto'
import pg from 'pg'
import t from 'tap'
import { aReportIn } from '../support/a-report.ts'
import { type Api, startApi } from '../support/start-api.ts'
import { any, asAgency, because, change, plain, refusal, registerAgencies, release, verified } from './releases.ts'

interface Teardown {
  teardown(end: () => Promise<void>): unknown
}

/** The login of the service in a role whose scope was entered past the service. */
async function as(t: Teardown, { serviceUrl }: Api, role: string, scope: Record<string, string>) {
  const client = new pg.Client({ connectionString: serviceUrl })
  await client.connect()
  t.teardown(() => client.end())
  await client.query(`SET ROLE waspada_${role}`)
  const all = { region: '', agency: '', clearance: '', client: 'a-client', actor: 'an-official', ...scope }
  for (const [name, value] of Object.entries(all))
    await client.query(`SELECT set_config('waspada.' || $1, $2, false)`, [name, value])
  return client
}

const refused = { code: '42501' }
const ids = async (client: pg.Client, sql: string) => (await client.query(sql)).rows.map(({ id }) => id).sort()

async function start(t: Parameters<typeof startApi>[0]) {
  const api = await startApi(t)
  await registerAgencies(api)
  const report = await verified(api)
  const all = (await release(api, report, { handling: 'ordinary' })).id as string
  const named = (await release(api, report, { agencies: ['bssn'] })).id as string
  const secret = (await release(api, report, { handling: 'secret', agencies: ['bssn'] })).id as string
  await change(api, ['kendariSecret', 'b'], `/v1/releases/${secret}/approve`, undefined, any)
  const waiting = (await release(api, report, { handling: 'secret' })).id as string
  return { api, report, all, named, secret, waiting }
}

t.test('the role of agencies reads releases that reach it, and nothing else there is', async (t) => {
  const { api, all, named, secret } = await start(t)
  const agency = (scope: Record<string, string>) => as(t, api, 'agency', scope)
  const bssn = await agency({ agency: 'bssn', clearance: '2' })
  t.same(await ids(bssn, 'SELECT id FROM releases'), [all, named, secret].sort())
  t.same(await ids(await agency({ agency: 'bssn', clearance: '1' }), 'SELECT id FROM releases'), [all, named].sort())
  t.same(await ids(await agency({ agency: 'polri', clearance: '3' }), 'SELECT id FROM releases'), [all])
  t.same(
    await ids(await agency({ agency: 'polri', clearance: '3' }), 'SELECT release_id AS id FROM release_audiences'),
    [all],
  )
  for (const scope of [{ agency: '', clearance: '3' }, { agency: 'bssn', clearance: '' }, {}])
    t.same(await ids(await agency(scope), 'SELECT id FROM releases'), [], JSON.stringify(scope))
  const { rows: tables } = await api.admin.query(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'public' AND relkind IN ('r', 'p', 'v', 'm')
      AND has_any_column_privilege('waspada_agency', c.oid, 'SELECT') ORDER BY 1`,
  )
  const readable = tables.map(({ name }) => name)
  for (const table of ['reports', 'release_versions', 'released_files', 'attachments', 'report_revisions']) {
    await t.rejects(bssn.query(`SELECT FROM ${table}`), refused, table)
    t.notOk(readable.includes(table))
  }
  for (const sql of [
    'UPDATE releases SET handling = 0',
    'DELETE FROM releases',
    'INSERT INTO release_audiences SELECT * FROM release_audiences',
    `INSERT INTO releases (id, version, handling, released_at, first_released_at, exercise, stages) VALUES (gen_random_uuid(), 1, 0, now(), now(), false, '[]')`,
    'SELECT known_agencies()',
    'SELECT carry_release()',
    'SELECT handling FROM events',
    'SELECT office_code FROM events',
  ])
    await t.rejects(bssn.query(sql), refused, sql)
})

t.test('either belt alone holds what agencies read', async (t) => {
  const { api, all, named, secret, waiting } = await start(t)
  const expected: Record<string, string[]> = {
    bssn: ['200 v1', '200 v1', '200 v1'],
    bssnOrdinary: ['200 v1', '404 release_not_found', '404 release_not_found'],
    polri: ['200 v1', '404 release_not_found', '404 release_not_found'],
  }
  const check = async (what: string) => {
    for (const name of ['bssn', 'bssnOrdinary', 'polri'] as const) {
      const agency = asAgency(api, name)
      t.same(
        [await agency.read(all), await agency.read(named), await agency.read(secret)],
        expected[name],
        `${name} ${what}`,
      )
      t.equal(await agency.read(waiting), '404 release_not_found', `${name} ${what}`)
    }
  }
  await check('with both')
  await api.admin.query(`ALTER TABLE releases NO FORCE ROW LEVEL SECURITY; ALTER TABLE releases DISABLE ROW LEVEL SECURITY;
    ALTER TABLE release_audiences NO FORCE ROW LEVEL SECURITY; ALTER TABLE release_audiences DISABLE ROW LEVEL SECURITY;
    ALTER TABLE release_versions NO FORCE ROW LEVEL SECURITY; ALTER TABLE release_versions DISABLE ROW LEVEL SECURITY`)
  await check('without row-level security')
  const offices = async (by: 'kendari' | 'kendariSecret' | 'bali') =>
    (await api.as(by).get(`/v1/reports/${(await versions(api))[0]}/releases`)).json().items?.length
  t.same([await offices('kendari'), await offices('kendariSecret'), await offices('bali')], [2, 4, undefined])
  const refuse = await change(api, ['bali'], `/v1/releases/${waiting}/refuse`, because, any)
  t.equal(refusal(refuse), '404 release_not_found')
})

const versions = async ({ admin }: Api) =>
  (await admin.query('SELECT report_id FROM release_versions')).rows.map(({ report_id }) => report_id)

t.test('no office writes past the second person, in the name of another, or into the release of another', async (t) => {
  const { api, report, all, waiting } = await start(t)
  const kendari = await as(t, api, 'regency', { region: '74.71', clearance: '2' })
  const bali = await as(t, api, 'regency', { region: '51.71', clearance: '3' })
  t.same(
    await ids(kendari, 'SELECT DISTINCT release_id AS id FROM release_versions'),
    [...new Set(await allIds(api))].sort(),
  )
  t.same(await ids(bali, 'SELECT release_id AS id FROM release_versions'), [])
  const insert = (client: pg.Client, changed: Record<string, unknown> = {}) => {
    const row: Record<string, unknown> = {
      ...{
        release_id: randomUUID(),
        version: 1,
        report_id: report,
        region_code: '74.71',
        handling: 1,
        report_version: 2,
      },
      ...{ status: 'published', release_handling: 1, fields: ['subject'], content: '{"exercise":false}' },
      ...{ needs_second_person: false, proposed_at: 'now', published_at: 'now', proposed_by: 'an-official' },
      ...{ proposing_client: 'a-client', proposing_office: '74.71', ...changed },
    }
    const names = Object.keys(row)
    const places = names.map((_, index) => `$${index + 1}`)
    return client.query(
      `INSERT INTO release_versions (${names.join(', ')}) VALUES (${places.join(', ')})`,
      Object.values(row),
    )
  }
  await insert(kendari)
  await t.rejects(insert(kendari, { release_handling: 2 }), refused, 'a secret one at once')
  const proposed = { status: 'proposed', published_at: null, needs_second_person: true }
  await t.rejects(insert(kendari, proposed), refused, 'nor one that needs nobody')
  await insert(kendari, { ...proposed, release_handling: 2 })
  await t.rejects(insert(kendari, { proposed_by: 'somebody' }), refused)
  await t.rejects(insert(kendari, { release_handling: 3, ...proposed }), refused, 'above the clearance')
  await t.rejects(insert(kendari, { report_version: 1 }), refused, 'of a version of the report that no longer stands')
  await t.rejects(insert(bali, { proposing_office: '51.71' }), refused, 'of a report elsewhere')
  const other = (await api.as('denpasar').post('/v1/reports', aReportIn('51.71'))).json().id
  await t.rejects(
    insert(bali, { report_id: other, region_code: '51.71', proposing_office: '51.71', report_version: 1 }),
    refused,
    'of a report that nobody verified',
  )
  const pretended = await as(t, api, 'regency', { region: '51.71', clearance: '3' })
  await pretended.query(
    `CREATE TEMP TABLE reports AS SELECT '${other}'::uuid AS id, 1 AS version, 'verified' AS status`,
  )
  await t.rejects(
    insert(pretended, { report_id: other, region_code: '51.71', proposing_office: '51.71', report_version: 1 }),
    refused,
    'nor where a table of the session says that it was',
  )
  t.equal((await change(api, ['nation', 'another'], `/v1/reports/${other}/verify`, undefined, any)).statusCode, 200)
  const into = { ...proposed, release_id: all, release_handling: 2, version: 3 }
  await t.rejects(insert(kendari, into), { code: '23503' }, 'a version after none')
  const own = { report_id: other, region_code: '51.71', proposing_office: '51.71', version: 2 }
  await t.rejects(insert(bali, { ...into, ...own }), { code: '23503' }, 'nor after that of another report')
  const lowered = await verified(api, { handling: 'secret' })
  await api.as('kendariSecret').patch(`/v1/reports/${lowered}`, { handling: 'restricted', ...because }, '*')
  const cleared = await as(t, api, 'regency', { region: '74.71', clearance: '1' })
  const ofLowered = { report_id: lowered, report_version: 3 }
  await t.rejects(insert(cleared, ofLowered), refused, 'alone, of what was secret before')
  await insert(cleared, { ...ofLowered, ...proposed })
  const highest = async (client: pg.Client) =>
    (await client.query('SELECT highest_handling($1, NULL) AS rank', [lowered])).rows[0].rank
  t.same([await highest(cleared), await highest(kendari), await highest(bali)], [2, 2, null])
  const step = `UPDATE release_versions SET status = 'published', published_at = now(), approving_client = 'a-client', approving_office = '74.71',
    approved_by = $1 WHERE release_id = $2 AND status = 'proposed'`
  await t.rejects(kendari.query(step, ['somebody', waiting]), refused, 'in the name of another')
  await t.rejects(
    kendari.query(step, ['official-of-kendari-secret', waiting]),
    { code: /42501|23514/ },
    'or of the proposer',
  )
  t.equal((await kendari.query(step, ['an-official', waiting])).rowCount, 1)
  const forbidden: [string, string][] = [
    [`UPDATE release_versions SET approved_by = 'x' WHERE release_id = '${waiting}'`, '23000'],
    [`UPDATE release_versions SET status = 'proposed' WHERE release_id = '${all}'`, '23000'],
    [`UPDATE release_versions SET content = '{}'`, '42501'],
    [`UPDATE release_versions SET release_handling = 0`, '42501'],
    ['DELETE FROM release_versions', '42501'],
    ['SELECT FROM releases', '42501'],
    ['SELECT FROM release_audiences', '42501'],
    ['UPDATE releases SET content = NULL', '42501'],
  ]
  for (const [sql, code] of forbidden) await t.rejects(kendari.query(sql), { code }, sql)
})

const allIds = async ({ admin }: Api) =>
  (await admin.query('SELECT release_id AS id FROM release_versions')).rows.map(({ id }) => id)

t.test('what agencies read follows the versions, whoever writes them', async (t) => {
  const { api, all } = await start(t)
  const carried = async () =>
    (await api.admin.query('SELECT version, content, athg FROM releases WHERE id = $1', [all])).rows
  await change(api, ['kendari'], `/v1/releases/${all}/versions`, { ...plain, fields: ['athg'] }, any)
  t.same(await carried(), [{ version: 2, content: { exercise: false, athg: 'disruption' }, athg: 'disruption' }])
  await api.admin.query(
    `UPDATE release_versions SET content = '{"exercise": false}' WHERE release_id = $1 AND version = 2`,
    [all],
  )
  t.same(await carried(), [{ version: 2, content: { exercise: false }, athg: null }], 'the columns with the content')
  const audiences = `SELECT version FROM release_audiences WHERE release_id = $1 ORDER BY 1`
  t.same((await api.admin.query(audiences, [all])).rows, [{ version: 1 }, { version: 2 }])
  for (const sql of [
    'UPDATE release_audiences SET handling = 0',
    'DELETE FROM releases',
    'DELETE FROM release_versions',
  ])
    await t.rejects(api.admin.query(sql), { message: /is append-only/ }, sql)
})
