import { randomUUID } from 'node:crypto'
import pg from 'pg'
import t from 'tap'
import { aReportIn } from '../support/a-report.ts'
import { type Api, startApi } from '../support/start-api.ts'

/** The service's login, as the role of a regency whose scope was entered past the service. */
async function asRegency(t: { teardown(end: () => Promise<void>): unknown }, { serviceUrl }: Api, region: string) {
  const client = new pg.Client({ connectionString: serviceUrl })
  await client.connect()
  t.teardown(() => client.end())
  await client.query('SET ROLE waspada_regency')
  for (const [name, value] of Object.entries({ region, clearance: '1', client: 'a-client', actor: 'an-official' }))
    await client.query(`SELECT set_config('waspada.' || $1, $2, false)`, [name, value])
  return client
}

const post = async ({ as }: Api) => (await as('kendari').post('/v1/reports', aReportIn('74.71'))).json().id as string
const refused = { code: '42501' }

t.test('a file cannot be hung on the report of another office, nor be removed in the name of another', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const add = `INSERT INTO attachments (id, report_id, region_code, handling, file_name, media_type, size, sha256, scanned, uploaded_at, client_id,
    actor, office_code) VALUES ($1, $2, '74.71', 1, 'x.png', 'image/png', 1, repeat('a', 64), true, now(), 'a-client', 'an-official', $3)`
  const stranger = await asRegency(t, api, '51.71')
  await t.rejects(stranger.query(add, [randomUUID(), report, '51.71']), refused)
  const own = await asRegency(t, api, '74.71')
  await own.query(add, [randomUUID(), report, '74.71'])
  const remove = `UPDATE attachments SET version = 2, file_name = NULL, removed_at = now(), removed_by = $1, removing_client = 'a-client',
    removing_office = '74.71'`
  await t.rejects(own.query(remove, ['somebody-else']), refused)
  t.equal((await own.query(remove, ['an-official'])).rowCount, 1)
})

t.test('nobody appends an event in the name of another, nor of a report that they do not see', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const append = (client: pg.Client, region: string, actor: string, of: string | null) =>
    client.query(
      `INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at,
        of_report_id) VALUES ($1, $2, $3, 1, $4, left($4, 2), $4, 0, 'a-client', $5, now(), $6)`,
      [randomUUID(), of ? 'question.asked' : 'report.verified', of ? randomUUID() : report, region, actor, of],
    )
  const own = await asRegency(t, api, '74.71')
  await t.rejects(append(own, '74.71', 'somebody-else', null), refused)
  await append(own, '74.71', 'an-official', null)
  await append(own, '74.71', 'an-official', report)
  const stranger = await asRegency(t, api, '51.71')
  await t.rejects(append(stranger, '51.71', 'an-official', null), refused)
  await t.rejects(append(stranger, '51.71', 'an-official', report), refused)
})

t.test('no revision is written ahead of its version, or under less than what it is of', async (t) => {
  const api = await startApi(t)
  const report = await post(api)
  const nihil = { kind: 'daily', period: '2024-11-26', nothingToReport: true }
  const situation = (await api.as('kendari').post('/v1/situation-reports', nihil)).json().id
  const own = await asRegency(t, api, '74.71')
  const ahead = `INSERT INTO situation_report_revisions (situation_report_id, version, office_code, handling, changed_at, client_id, actor, changed,
    changes) VALUES ($1, 2, '74.71', 1, now(), 'a-client', 'an-official', '{}', '{}')`
  await t.rejects(own.query(ahead, [situation]), { code: '23000' })
  const corrected = await api.as('kendari').patch(`/v1/situation-reports/${situation}`, { situation: 'Aman.' }, '*')
  t.equal(corrected.statusCode, 200, 'nothing is in its way')

  await own.query('BEGIN')
  await own.query('UPDATE reports SET version = 2 WHERE id = $1', [report])
  await own.query(
    `INSERT INTO report_revisions (report_id, version, region_code, handling, action, changed_at, client_id, actor, office_code, status, level, changed)
    VALUES ($1, 2, '74.71', 1, 'corrected', now(), 'a-client', 'an-official', '74.71', 'submitted', 'regency', '{}')`,
    [report],
  )
  const under = (version: number, handling: number) =>
    own.query(
      `INSERT INTO report_revision_contents (report_id, version, region_code, handling, content_handling, changes)
      VALUES ($1, $2, '74.71', 1, $3, '{}')`,
      [report, version, handling],
    )
  await own.query('SAVEPOINT before')
  await t.rejects(under(2, 0), { code: '23000' })
  await own.query('ROLLBACK TO before')
  await under(2, 1)
  await own.query('COMMIT')
})
