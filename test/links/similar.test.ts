import pg from 'pg'
import t from 'tap'
import { scopeValues } from '../../src/access/scope.ts'
import { valuesOf } from '../../src/database/statement.ts'
import { similarStatement } from '../../src/links/similar-sql.ts'
import { aReportIn } from '../support/a-report.ts'
import type { CallerName } from '../support/callers.ts'
import { type Api, startApi } from '../support/start-api.ts'

const facts =
  'Pada Senin malam sekitar pukul 22.30 WITA warga menemukan sepuluh baliho pasangan calon wali kota dirusak di Jalan Abdullah Silondae.'
const alike =
  'Sepuluh baliho pasangan calon wali kota di Jalan Abdullah Silondae ditemukan rusak oleh warga, Senin malam pukul 22.30 WITA.'
const other =
  'Distribusi logistik pemungutan suara menuju dua pulau terluar tertunda karena gelombang tinggi dan kapal belum diizinkan berlayar.'

async function post(api: Api, by: CallerName, region: string, changes: Record<string, unknown>) {
  const posted = await api.as(by).post('/v1/reports', aReportIn(region, changes))
  if (posted.statusCode !== 201) throw new Error(posted.payload)
  return posted.json().id as string
}
const baliho = { subject: 'Perusakan baliho calon wali kota di Mandonga', facts }
const again = { subject: 'Baliho calon wali kota dirusak di Mandonga', facts: alike }
const logistics = { subject: 'Logistik pemilihan tertunda gelombang tinggi', facts: other }
const similar = async (api: Api, by: CallerName, id: string, query = '') =>
  (await api.as(by).get(`/v1/reports/${id}/similar${query}`)).json()
const idsOf = ({ items }: { items: { report: { id: string } }[] }) => items.map(({ report }) => report.id)

t.test('near-duplicates of the region and its neighbours, the likeliest first, within sight', async (t) => {
  const api = await startApi(t)
  const report = await post(api, 'kendari', '74.71', baliho)
  const same = await post(api, 'kendari', '74.71.01', baliho)
  const reworded = await post(api, 'sultra', '74.71', again)
  const neighbour = await post(api, 'kolaka', '74.01', again)
  const secret = await post(api, 'kendariSecret', '74.71', { ...again, handling: 'secret' })
  const old = await post(api, 'kendari', '74.71', { ...baliho, occurredAt: '2024-11-20T22:30:00+08:00' })
  await post(api, 'kendari', '74.71', logistics)
  await post(api, 'kendari', '74.71', { ...baliho, exercise: true })
  await post(api, 'bali', '51.71', baliho)

  const found = await similar(api, 'sultra', report)
  t.same(idsOf(found)[0], same)
  t.same(
    new Set(idsOf(found)),
    new Set([same, reworded, neighbour]),
    'neither what is far, nor exercises, nor another matter',
  )
  t.match(found.items[0], { score: 1, subjectScore: 1, factsScore: 1, sameRegion: true, linked: false })
  t.match(found.items[0].report, { id: same, office: '74.71', subject: baliho.subject, status: 'submitted' })
  const beside = found.items.find((item: { report: { id: string } }) => item.report.id === neighbour)
  t.equal(beside.sameRegion, false)
  t.ok(beside.score > 0.4 && beside.score < 1, `${beside.score}`)

  t.same(new Set(idsOf(await similar(api, 'kendari', report))), new Set([same, reworded]), 'a regency sees itself')
  t.same(new Set(idsOf(await similar(api, 'sultra', report, '?days=7'))), new Set([same, reworded, neighbour, old]))
  const late = (await similar(api, 'sultra', report, '?days=7')).items.find(
    (item: { report: { id: string } }) => item.report.id === old,
  )
  t.ok(late.subjectScore === 1 && late.score < 0.75, 'five days apart cost a good quarter')
  t.equal(idsOf(await similar(api, 'sultra', report, '?limit=1')).length, 1)

  t.ok(idsOf(await similar(api, 'kendariSecret', report, '?limit=20')).includes(secret))
  const { rows } = await api.admin.query(
    "SELECT resource_id, actor FROM audit_entries WHERE action = 'report.read' AND operation = 'listSimilar'",
  )
  t.same(rows, [{ resource_id: secret, actor: 'official-of-kendari-secret' }], 'a secret report that was shown is told')
  await similar(api, 'kendariSecret', report, '?limit=1')

  await api.as('kendari').change(`/v1/reports/${report}/links`, { type: 'follows', target: same }, '*')
  const linked = (await similar(api, 'kendari', report)).items
  t.same(
    linked.map((item: { report: { id: string }; linked: boolean }) => item.linked),
    linked.map((item: { report: { id: string } }) => item.report.id === same),
  )
})

t.test('a province, the nation and exercises have theirs; what is out of sight has none', async (t) => {
  const api = await startApi(t)
  const [province, regency] = [await post(api, 'sultra', '74', baliho), await post(api, 'kolaka', '74.01', again)]
  const [nation, second] = [await post(api, 'nation', '00', baliho), await post(api, 'nation', '00', again)]
  const [drill, same] = [
    await post(api, 'kendari', '74.71', { ...baliho, exercise: true }),
    await post(api, 'kendari', '74.71', { ...again, exercise: true }),
  ]
  t.same(idsOf(await similar(api, 'sultra', province)), [regency])
  t.same(idsOf(await similar(api, 'nation', nation)), [second])
  t.same(idsOf(await similar(api, 'kendari', drill)), [same])
  t.match(await similar(api, 'bali', drill), { status: 404, code: 'report_not_found' })
  for (const query of ['?days=31', '?days=0', '?limit=21', '?limit=0', '?q=x'])
    t.match(await similar(api, 'kendari', drill, query), { status: 400, code: 'parameter_invalid' }, query)
})

t.test('only the nearest in time are compared, each found by an index', async (t) => {
  const api = await startApi(t)
  const id = await post(api, 'kendari', '74.71', baliho)
  await api.admin.query(`ALTER TABLE reports DISABLE TRIGGER USER`)
  const { rows: columns } = await api.admin.query(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS names FROM pg_attribute
    WHERE attrelid = 'reports'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
      AND attname NOT IN ('id', 'register_number', 'occurred_at', 'region_code', 'regency_code')`,
  )
  const { names } = columns[0]
  await api.admin.query(
    `INSERT INTO reports (id, register_number, occurred_at, region_code, regency_code, ${names})
    SELECT gen_random_uuid(), 1000 + n, occurred_at + (n - 2500) * interval '20 minutes', code, code, ${names}
    FROM reports, generate_series(1, 5000) n, LATERAL (SELECT '74.' || (ARRAY['71', '01', '02', '03'])[1 + n % 4] AS code) p`,
  )
  await api.admin.query('ANALYZE reports')

  const client = new pg.Client({ connectionString: api.serviceUrl })
  await client.connect()
  t.teardown(() => client.end())
  const at = new Date('2024-11-25T14:30:00Z')
  const day = 86_400_000
  for (const [tier, region, near, places] of [
    ['regency', '74.71', 'regency', ['74.71']],
    ['province', '74', 'regency', ['74.71', '74.01', '74.02']],
    ['province', '74', 'province', ['74']],
    ['national', '00', 'regency', ['74.71', '74.01', '74.02']],
    ['national', '00', 'nation', ['00']],
  ] as const) {
    const query = similarStatement(tier, 'untold', near)
    await client.query('BEGIN')
    await client.query(
      `SELECT set_config('waspada.region', $1, true), set_config('waspada.clearance', '3', true), set_config('role', $2, true)`,
      [region, `waspada_${tier}`],
    )
    const values = valuesOf(query, {
      ...scopeValues({ tier, region, clearance: 3 }),
      ...{ id, subject: baliho.subject, facts, exercise: false, at, places, sameAs: places[0] },
      from: new Date(at.getTime() - 30 * day),
      to: new Date(at.getTime() + 30 * day),
    })
    const { rows } = await client.query(`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) ${query.text}`, values)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    await client.query('ROLLBACK')
    t.notMatch(plan, /Seq Scan on reports/, `${tier} ${near}`)
    t.match(plan, /Index Scan( Backward)? using reports_/)
    const compared = /CTE compared[\s\S]*?rows=(\d+)/.exec(plan)?.[1]
    t.ok(Number(compared) <= 300, `${compared} compared`)
    t.comment(`${tier} ${near}: ${/Execution Time.*/.exec(plan)?.[0]}`)
  }
  t.equal(idsOf(await similar(api, 'sultra', id, '?limit=20')).length, 20)
})
