import t from 'tap'
import { markedWords, oneReportIn } from '../../bench/generate/vocabulary.ts'
import { generateReports } from '../../bench/generate.ts'
import { classifyPlace } from '../../src/classification/classify-place.ts'
import { ConnectionPool } from '../../src/database/pool.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { createDatabase } from '../support/database.ts'

const reports = 3_000

t.test('what the bench generates is what offices could have reported', async (t) => {
  const { admin, adminUrl } = await createDatabase(t)
  const indexes = async () =>
    (
      await admin.query(
        `SELECT pg_get_indexdef(indexrelid) AS definition FROM pg_index WHERE indrelid = 'reports'::regclass ORDER BY 1`,
      )
    ).rows
  const before = await indexes()
  await generateReports(adminUrl, { reports })
  const pool = new ConnectionPool({ connectionString: adminUrl, max: 1 })
  t.teardown(() => pool.end())
  const reference = (await ReferenceStore.open(pool)).current()
  const one = async (text: string) => (await admin.query(text)).rows[0]

  await t.test('each is classified as its place and its moment ask', async (t) => {
    const { rows } = await admin.query(
      `SELECT region_code, regency_code, province_code, time_zone, local_date::text, occurred_at, stages, primary_election, primary_stage FROM reports`,
    )
    t.equal(rows.length, reports)
    const wrong = rows.filter((row) => {
      const { region, stages } = classifyPlace(row.region_code, row.occurred_at, reference)
      const [primary] = stages
      const asked = [
        region.regencyCode,
        region.provinceCode,
        region.timeZone,
        region.localDate,
        stages,
        primary?.election ?? null,
        primary?.stage ?? null,
      ]
      const found = [
        row.regency_code,
        row.province_code,
        row.time_zone,
        row.local_date,
        row.stages,
        row.primary_election,
        row.primary_stage,
      ]
      return JSON.stringify(ordered(asked)) !== JSON.stringify(ordered(found))
    })
    t.same(wrong, [])
  })

  await t.test('they are spread over regions, years, stages and levels, and unevenly', async (t) => {
    const spread =
      await one(`SELECT count(DISTINCT regency_code)::int AS regencies, count(DISTINCT province_code)::int AS provinces,
      count(DISTINCT primary_stage)::int AS stages, count(DISTINCT incident_type)::int AS types, count(DISTINCT extract(year FROM local_date))::int AS years,
      count(*) FILTER (WHERE regency_code IS NULL)::int AS above, count(*) FILTER (WHERE primary_stage IS NULL)::int AS outside,
      count(*) FILTER (WHERE longitude IS NOT NULL)::float / count(*) AS located, count(*) FILTER (WHERE exercise)::float / count(*) AS exercises,
      count(*) FILTER (WHERE handling >= 2)::float / count(*) AS secret, avg(length(facts))::int AS facts FROM reports`)
    t.ok(
      spread.regencies > 450 &&
        spread.provinces === 38 &&
        spread.stages > 15 &&
        spread.types > 15 &&
        spread.years === 3,
      'spread',
    )
    t.ok(spread.above > 20 && spread.outside > 100, 'some lie above regencies, and outside every stage')
    t.ok(
      spread.located > 0.5 &&
        spread.located < 0.7 &&
        spread.exercises > 0.01 &&
        spread.exercises < 0.03 &&
        spread.secret < 0.12,
      'shares',
    )
    t.ok(spread.facts > 300 && spread.facts < 550, 'lengths')
    const day = await one(`SELECT local_date::text AS day FROM reports GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`)
    t.match(day.day, /^2024-(02-14|11-27)$/, 'most happens on a voting day')
    const marked = await one(
      `SELECT count(*)::int AS count FROM reports WHERE facts ILIKE '%${markedWords.usual}%' OR place ILIKE '%${markedWords.usual}%'`,
    )
    t.equal(marked.count, reports / oneReportIn.usual)
  })

  await t.test('registers, keys, events, audit and duplicates agree with them', async (t) => {
    const beside =
      await one(`SELECT (SELECT count(*) FROM events)::int AS events, (SELECT count(*) FROM audit_entries)::int AS audit,
      (SELECT sum(last_number) FROM report_registers)::int AS numbers,
      (SELECT count(*) FROM reports r FULL JOIN idempotency_keys k ON k.resource_id = r.id AND k.key = r.client_reference
        WHERE (r.client_reference IS NULL) <> (k.key IS NULL))::int AS keys,
      (SELECT count(*) FROM reports r FULL JOIN report_links l ON l.report_id = r.id WHERE coalesce(r.is_duplicate, false) <> (l.id IS NOT NULL))::int AS links,
      (SELECT array_agg(last_sequence::int ORDER BY stream) FROM sequences) AS heads`)
    t.same(beside, { events: reports, audit: reports, numbers: reports, keys: 0, links: 0, heads: [reports, reports] })
  })

  await t.test('they could be written again with every check, key and trigger', async (t) => {
    const { rows } = await admin.query(`SELECT quote_ident(attname) AS name FROM pg_attribute
      WHERE attrelid = 'reports'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`)
    const columns = rows.map(({ name }) => name)
    const values = columns.map((name) => (name === 'id' ? 'gen_random_uuid()' : name))
    const written = await admin.query(`INSERT INTO reports (${columns}) SELECT ${values} FROM reports`)
    t.equal(written.rowCount, reports)
  })

  t.same(await indexes(), before, 'the indexes are those of the schema')
})

/** Members of an object in one order: jsonb keeps none. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, ordered(each)]),
  )
}
