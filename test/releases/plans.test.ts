import pg from 'pg'
import t from 'tap'
import { type Api, startApi } from '../support/start-api.ts'

const many = Number(process.env.WASPADA_RELEASES ?? 50_000)
const lists: Record<string, { query: string; index: RegExp }> = {
  newest: { query: '', index: /releases_newest/ },
  oldest: { query: 'sort=releasedAt', index: /releases_newest/ },
  'of a kind': { query: 'athg=threat', index: /releases_newest/ },
  'latest, what is not dated last': { query: 'sort=-occurredAt', index: /releases_latest/ },
  earliest: { query: 'sort=occurredAt', index: /releases_earliest/ },
  'most severe': { query: 'sort=-severity', index: /releases_severest/ },
  'of a province': { query: 'region=32', index: /releases_(province|newest)/ },
  'of a regency': { query: 'region=32.73', index: /releases_(regency|newest)/ },
}
/** Of which there are few, or none, among very many. */
const rare: Record<string, { query: string; index: RegExp }> = {
  'of another province': { query: 'region=51', index: /releases_province/ },
  'of another regency': { query: 'region=51.71', index: /releases_regency/ },
  'of a district': { query: 'region=51.71.01', index: /releases_(regency|region)/ },
  'of a rare kind': { query: 'incidentType=unjuk_rasa', index: /releases_incident_type/ },
  'in a rare stage': { query: 'election=pilkada-2024&stage=masa_tenang', index: /releases_stage/ },
  'of an hour': {
    query: 'occurredFrom=2024-11-20T01:00:00Z&occurredTo=2024-11-20T02:00:00Z',
    index: /releases_occurred/,
  },
  'of a day': { query: 'dateFrom=2024-11-19&dateTo=2024-11-19', index: /releases_day/ },
  'in a small box': { query: 'bbox=115.1,-8.7,115.3,-8.5', index: /releases_position/ },
  'released in an hour': {
    query: 'releasedFrom=2024-11-20T01:00:00Z&releasedTo=2024-11-20T02:00:00Z',
    index: /releases_newest/,
  },
}

interface Sent {
  text: string
  values: unknown[]
}

/** Put in force without the trigger, a row for each as it would write it: a half without a day, a hundredth for one agency alone. */
async function fill({ admin }: Api): Promise<void> {
  await admin.query(
    `INSERT INTO releases (id, version, agencies, handling, released_at, first_released_at, content, exercise, athg, severity, occurred_at,
      local_date, incident_type, region_code, longitude, latitude, primary_election, primary_stage, stages)
    SELECT gen_random_uuid(), 1, CASE WHEN n % 100 = 0 THEN ARRAY['bssn'] WHEN n % 3 = 0 THEN ARRAY['polri'] END, n % 4, at, at,
      jsonb_build_object('exercise', false, 'subject', 'Laporan lokasi ' || n,
        'facts', repeat('Keterangan tentang lokasi kejadian di desa, menurut saksi. ', 8) || CASE WHEN n % 5000 = 0 THEN 'kelangkaan' ELSE '' END),
      false, (ARRAY['threat', 'challenge'])[1 + n % 2], (ARRAY['low', 'high', NULL])[1 + n % 3], CASE WHEN n % 2 = 0 THEN at END,
      CASE WHEN n % 2 = 0 THEN at::date END, CASE WHEN n % 5000 = 1 THEN 'unjuk_rasa' ELSE 'perusakan' END,
      CASE WHEN n % 5000 = 1 THEN '51.71.01' ELSE '32.' || 70 + n % 10 END, CASE WHEN n % 5000 = 1 THEN 115.2 ELSE 107 + n % 100 * 0.01 END,
      CASE WHEN n % 5000 = 1 THEN -8.6 ELSE -7 + n % 77 * 0.01 END, 'pilkada-2024',
      CASE WHEN n % 5000 = 1 THEN 'masa_tenang' ELSE 'kampanye' END, '[]'
    FROM (SELECT n, timestamptz '2024-11-25T00:00:00Z' - n * interval '1 minute' AS at FROM generate_series(1, $1::int) n) told`,
    [many],
  )
  await admin.query('VACUUM (ANALYZE) releases')
}

function capture(): { sent: Sent[] } {
  const captured: { sent: Sent[] } = { sent: [] }
  const query = pg.Client.prototype.query as (...given: unknown[]) => unknown
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [config] = given as [Sent | string]
    if (typeof config === 'object' && config.text?.includes('"releases"')) captured.sent.push(config)
    return query.apply(this, given)
  } as typeof pg.Client.prototype.query
  t.teardown(() => {
    pg.Client.prototype.query = query as typeof pg.Client.prototype.query
  })
  return captured
}

const literal = (value: unknown) =>
  value === null ? 'NULL' : pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value))

/** The plan for an agency, with the values and for any. */
async function plansOf(client: pg.PoolClient, { text, values }: Sent): Promise<string[]> {
  const plans: string[] = []
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    await client.query(`BEGIN; SELECT set_config('waspada.agency', 'bssn', true), set_config('waspada.clearance', '2', true),
      set_config('waspada.client', 'bssn', true), set_config('waspada.actor', 'a', true), set_config('waspada.region', '', true);
      SET LOCAL ROLE waspada_agency; SET LOCAL plan_cache_mode = ${mode}`)
    await client.query(`PREPARE asked AS ${text}`)
    const { rows } = await client.query(`EXPLAIN EXECUTE asked(${values.map(literal).join()})`)
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
    await client.query('ROLLBACK; DEALLOCATE asked')
  }
  return plans
}

t.test(`no page is made by sorting all of ${many} releases`, async (t) => {
  const api = await startApi(t)
  await fill(api)
  const captured = capture()
  const client = await api.admin.connect()
  t.teardown(() => client.release(true))
  const check = async (what: string, url: string, index: RegExp) => {
    captured.sent = []
    const begun = performance.now()
    const answer = await api.as('bssn').get(url)
    t.equal(answer.statusCode, 200, what)
    t.comment(`${what}: ${Math.round(performance.now() - begun)} ms`)
    for (const plan of await plansOf(client, captured.sent[0] as Sent)) {
      t.match(plan, index, what)
      t.notMatch(plan, /Seq Scan on releases/, what)
    }
    return answer.json()
  }
  for (const [what, { query, index }] of Object.entries(lists)) {
    const { items, next } = await check(what, `/v1/releases?limit=50&${query}`, index)
    t.equal(items.length, 50)
    await check(`${what}, next page`, `/v1/releases?limit=50&${query}&cursor=${next}`, index)
  }
  for (const [what, { query, index }] of Object.entries(rare)) await check(what, `/v1/releases?${query}`, index)
  for (const query of ['q=kelangkaan', 'q=kelangkaan&sort=-releasedAt'])
    await check(query, `/v1/releases?${query}`, /Function Scan on search_releases/)
  const { rows } = await client.query(
    `EXPLAIN SELECT id FROM releases WHERE search @@ websearch_to_tsquery('waspada_indonesian', 'kelangkaan')`,
  )
  t.match(rows.map((row) => row['QUERY PLAN']).join('\n'), /releases_search/)
  for (const query of ['q=lokasi', 'q=lokasi&sort=-releasedAt', 'anyStage=true&stage=masa_tenang']) {
    const begun = performance.now()
    t.equal((await api.as('bssn').get(`/v1/releases?${query}`)).statusCode, 200, query)
    t.comment(`${query}: ${Math.round(performance.now() - begun)} ms`)
  }
  const begun = performance.now()
  t.equal((await api.as('bssn').get('/v1/statistics/counts?groupBy=athg,severity')).statusCode, 200)
  t.comment(`counts: ${Math.round(performance.now() - begun)} ms`)
})
