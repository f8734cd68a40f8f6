import pg from 'pg'
import t from 'tap'
import { seedReports } from '../../bench/seed.ts'
import { handlingRank, officeLevelOf } from '../../src/access/vocabulary.ts'
import type { CallerName } from '../support/callers.ts'
import { callers } from '../support/callers.ts'
import { type Api, startApi } from '../support/start-api.ts'

const rows = 200_000
const tiers = ['kendari', 'kendariSecret', 'sultra', 'analyst', 'nation'] as const
const box = 'bbox=122.4,-4.1,122.6,-3.9'
const lists: Record<string, string> = {
  plain: '',
  oldest: 'sort=occurredAt',
  received: 'sort=-receivedAt',
  severity: 'sort=-severity',
  'least severe': 'sort=severity',
  kind: 'athg=threat',
  kinds: 'athg=threat,obstacle&domain=politics&phase=actual',
  type: 'incidentType=politik_uang',
  'a rare type': 'incidentType=ekonomi_harga',
  severe: 'severity=critical',
  'severe ones': 'severity=high,critical',
  status: 'status=submitted',
  stage: 'stage=masa_tenang',
  'outside every stage': 'stage=none',
  election: 'election=pemilu-2024',
  'stage of an election': 'election=pemilu-2024&stage=masa_tenang',
  'any stage': 'anyStage=true&election=pilkada-2024&stage=masa_tenang',
  'stage and regency': 'region=74.71&stage=masa_tenang',
  'stage and province': 'region=74&stage=masa_tenang',
  'stage and kind': 'stage=kampanye&athg=threat&severity=high,critical',
  'a year': 'occurredFrom=2024-01-01T00:00:00Z&occurredTo=2025-01-01T00:00:00Z',
  box,
  'a large box': 'bbox=95,-11,141,6',
  'box and stage': `${box}&stage=masa_tenang`,
  'with coordinates': 'hasCoordinates=true',
  'rare word': 'q=kelangkaan',
  'rare word, newest first': 'q=kelangkaan&sort=-occurredAt',
  'common word': 'q=lokasi',
  'common word, newest first': 'q=lokasi&sort=-occurredAt',
  'common word, most severe first': 'q=lokasi&sort=-severity',
  'common word and a stage': 'q=lokasi&stage=masa_tenang',
  'function words': 'q=yang',
}

interface Sent {
  name?: string
  text: string
  values: unknown[]
}

/** What the service sends that reads reports, by the statement. */
function capture(): { sent: Sent[] } {
  const captured: { sent: Sent[] } = { sent: [] }
  const query = pg.Client.prototype.query as (...given: unknown[]) => unknown
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [config] = given as [Sent | string]
    if (typeof config === 'object' && config.text?.includes('"reports"')) captured.sent.push(config)
    return query.apply(this, given)
  } as typeof pg.Client.prototype.query
  t.teardown(() => {
    pg.Client.prototype.query = query as typeof pg.Client.prototype.query
  })
  return captured
}

/** Filled without its indexes, which are then made as the migrations have them. */
async function fill({ admin, adminUrl }: Api): Promise<void> {
  const indexes = await admin.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE tablename = 'reports'
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)`,
  )
  for (const { name } of indexes.rows) await admin.query(`DROP INDEX ${name}`)
  const regencies = await admin.query<{ code: string }>(`SELECT code FROM regions WHERE length(code) = 5 ORDER BY code`)
  await seedReports(
    adminUrl,
    rows,
    regencies.rows.map(({ code }) => code),
  )
  const client = await admin.connect()
  await client.query(`SET session_replication_role = replica`)
  await client.query(
    `UPDATE reports SET subject = 'Kelangkaan minyak goreng' WHERE register_number = 100 AND regency_code < '80'`,
  )
  for (const { definition } of indexes.rows) await client.query(definition)
  await client.query('RESET session_replication_role')
  await client.query('VACUUM (ANALYZE) reports')
  client.release()
}

const literal = (value: unknown): string => {
  if (value === null) return 'NULL'
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.join(',')}}`)
  return pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value))
}

/** Sequential scans of reports in the plans of a statement, and those that running it made, in functions too. */
async function sequentialScans(
  client: pg.PoolClient,
  name: CallerName,
  { name: prepared, text, values }: Sent,
): Promise<string[]> {
  const { clientId, place, clearance } = callers[name]
  const region = 'region' in place ? place.region : ''
  const scope = {
    region,
    agency: '',
    clearance: handlingRank(clearance),
    client: clientId,
    actor: `official-of-${clientId}`,
  }
  const scans: string[] = []
  for (const mode of prepared === undefined ? ['force_custom_plan'] : ['force_custom_plan', 'force_generic_plan']) {
    await client.query('BEGIN')
    for (const [key, value] of Object.entries(scope))
      await client.query('SELECT set_config($1, $2, true)', [`waspada.${key}`, String(value)])
    await client.query(`SET LOCAL ROLE waspada_${officeLevelOf(region)}`)
    await client.query(`SET LOCAL plan_cache_mode = ${mode}`)
    await client.query(`PREPARE asked AS ${text}`)
    const execution = `EXECUTE asked${values.length > 0 ? `(${values.map(literal).join()})` : ''}`
    const { rows: plan } = await client.query(`EXPLAIN ${execution}`)
    const lines = plan.map((row) => row['QUERY PLAN'])
    if (lines.some((line) => /Seq Scan on reports/.test(line))) scans.push(`${mode}: ${lines.join('\n')}`)
    await client.query(execution)
    const { rows: counted } = await client.query(
      `SELECT seq_scan::int AS scans FROM pg_stat_xact_user_tables WHERE relname = 'reports'`,
    )
    if (counted[0]?.scans > 0) scans.push(`${mode}: ${counted[0].scans} when it ran`)
    await client.query('ROLLBACK')
    await client.query('DEALLOCATE asked')
  }
  return scans
}

t.test('no caller makes the database read all reports', async (t) => {
  const api = await startApi(t)
  await fill(api)
  const captured = capture()
  const client = await api.admin.connect()
  t.teardown(() => client.release(true))
  const check = async (name: CallerName, url: string, what: string) => {
    captured.sent = []
    const answer = await api.as(name).get(url)
    t.equal(answer.statusCode, 200, `${name} ${what} ${answer.statusCode === 200 ? '' : answer.body}`)
    const [sent] = captured.sent
    if (sent) t.same(await sequentialScans(client, name, sent), [], `${name}: ${what}`)
    else t.fail(`${name}: ${what} sent nothing`)
    return answer.json()
  }
  for (const name of tiers) {
    for (const [what, query] of Object.entries(lists)) await check(name, `/v1/reports?limit=50&${query}`, what)
    for (const query of ['', 'stage=none&', 'q=lokasi&', 'q=lokasi&sort=-severity&', 'sort=-severity&']) {
      const { next } = (await api.as(name).get(`/v1/reports?limit=2&${query}`)).json()
      if (next) await check(name, `/v1/reports?limit=2&${query}cursor=${next}`, `next of ${query}`)
    }
    const { items } = (await api.as(name).get('/v1/reports?limit=1')).json()
    await check(name, `/v1/reports/${items[0].id}`, 'by id')
  }
  t.same((await check('nation', '/v1/reports?q=kelangkaan&limit=1', 'rare')).items.length, 1)
})
