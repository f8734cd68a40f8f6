/**
 * The id of seeded report `n` reads like a version 7 one but is written in decimal digits, so that pgbench, which knows no
 * text, can say it by two numbers: '01', then `highBase + n * step`, then `lowBase + n`.
 */
export function seededIds(reports: number) {
  return {
    prefix: '01',
    highBase: 80_000_000_007_000,
    step: Math.floor(1_800_000_000 / reports) * 10_000,
    lowBase: 8_000_000_000_000_000,
  }
}

const list = (name: string) => `(SELECT list FROM seed WHERE name = '${name}')`
const oneOf = (words: string[], by: string) =>
  `(ARRAY[${words.map((word) => `'${word}'`).join()}])[1 + (${by}) % ${words.length}]`

/** Fills `reports` and what a post writes beside it, then puts all on disk as a server at rest has it. */
export function seedStatements(plan: { reports: number; days: number; first: number }): string[] {
  return [
    rowsSql(plan),
    'CREATE INDEX ON row (n)',
    'ANALYZE row',
    reportsSql(),
    `INSERT INTO report_registers SELECT office_code, register_year, max(register_number) FROM reports GROUP BY 1, 2`,
    `INSERT INTO idempotency_keys SELECT office_code, 'submitReport:reference', client_reference, sha256(client_reference::bytea), id, received_at
      FROM reports ORDER BY received_at`,
    `INSERT INTO events SELECT gen_random_uuid(), row_number() OVER (ORDER BY received_at), 'report.submitted', id, 1, office_code, province_code,
      regency_code, handling, client_id, submitted_by, received_at FROM reports`,
    `UPDATE sequences SET last_sequence = (SELECT coalesce(max(sequence), 0) FROM events) WHERE stream = 'events'`,
    'VACUUM (ANALYZE) reports, report_registers, idempotency_keys, events, clients',
    'CHECKPOINT',
  ]
}

/** What differs from report to report: its place, its moment, and a number `h` to choose the words by. */
function rowsSql({ reports, days, first }: { reports: number; days: number; first: number }): string {
  const { prefix, highBase, step, lowBase } = seededIds(reports)
  return `CREATE TEMP TABLE row AS
    WITH regency AS (SELECT code, ord - 1 AS number FROM unnest(${list('regencies')}) WITH ORDINALITY AS t (code, ord)),
      numbered AS (SELECT n, n::bigint * ${days} * 86400000 / ${reports} AS since FROM generate_series(0, ${reports - 1}) n)
    SELECT n, r.code, r.time_zone, abs(hashint4(n)::bigint) AS h, n / (SELECT count(*) FROM regency) + 1 AS number,
      ('${prefix}' || (${highBase} + n::bigint * ${step}) || (${lowBase} + n))::uuid AS id, to_timestamp((${first} + since) / 1000.0) AS occurred,
      (${list('stages')})[1 + since / 86400000]::jsonb AS stages
    FROM numbered JOIN regency ON regency.number = n % (SELECT count(*) FROM regency) JOIN regions r ON r.code = regency.code`
}

function reportsSql(): string {
  const columns = columnsSql()
  return `INSERT INTO reports (${Object.keys(columns).join()})
    SELECT ${Object.values(columns).join()} FROM row,
      (SELECT ${list('narratives')} AS narratives, ${list('remarks')} AS remarks, ${list('subjects')} AS subjects) AS texts,
      (SELECT max(version) AS calendar FROM election_calendars) AS version
    ORDER BY n`
}

function columnsSql(): Record<string, string> {
  return { ...identityColumns, ...wordColumns, ...textColumns, ...timeColumns, ...placeColumns, ...restColumns }
}

const status = oneOf(['submitted', 'verified', 'escalated', 'closed'], 'h')
const received = `occurred + interval '2 hours' + h % 100 * interval '1 second'`

const identityColumns = {
  id: 'id',
  office_code: 'code',
  register_year: `extract(year FROM occurred)`,
  register_number: 'number',
  client_reference: `'bench-' || code || '-' || number`,
  status,
  level: `CASE ${status} WHEN 'escalated' THEN 'province' ELSE 'regency' END`,
  held_since: received,
  due_at: `CASE WHEN ${status} IN ('submitted', 'escalated') THEN ${received} + interval '72 hours' END`,
  verified_at: `CASE WHEN ${status} <> 'submitted' THEN ${received} + interval '1 hour' END`,
}
const wordColumns = {
  product: oneOf(['incident', 'information', 'attention'], 'h / 3'),
  exercise: 'h % 50 = 0',
  athg: oneOf(['threat', 'challenge', 'obstacle', 'disruption'], 'h / 5'),
  domain: `'politics'`,
  incident_type: oneOf(['perusakan_apk', 'politik_uang', 'hoaks_disinformasi', 'intimidasi_ancaman'], 'h / 7'),
  phase: oneOf(['potential', 'imminent', 'actual'], 'h / 11'),
  severity: oneOf(['low', 'moderate', 'high', 'critical'], 'h / 13'),
  urgency: oneOf(['routine', 'priority'], 'h / 17'),
  handling: 'h / 19 % 3',
}
const remark = (by: string, unless: string) =>
  `CASE WHEN ${unless} THEN remarks[1 + (${by}) % array_length(remarks, 1)] END`
const textColumns = {
  subject: 'subjects[1 + h % array_length(subjects, 1)]',
  facts: 'narratives[1 + h % array_length(narratives, 1)]',
  analysis: remark('h / 3', 'h % 3 > 0'),
  prediction: remark('h / 5', 'h % 5 > 1'),
  actions_taken: remark('h / 7', 'h % 4 > 0'),
  recommendation: remark('h / 11', 'h % 7 > 2'),
  athg_notes: `CASE WHEN h % 6 = 0 THEN '{"threat":null,"challenge":null,"obstacle":"Medan berat.","disruption":null}'::json END`,
}
const timeColumns = {
  occurred_at: 'occurred',
  occurred_at_offset: `'+07:00'`,
  occurred_at_precision: `'hour'`,
  obtained_at: `occurred + interval '1 hour'`,
  composed_at: `occurred + interval '2 hours'`,
  received_at: received,
  delay_seconds: '7200 + h % 100',
}
const placeColumns = {
  region_code: 'code',
  province_code: 'left(code, 2)',
  regency_code: 'code',
  place: `'Jl. Abdullah Silondae No. ' || h % 200`,
  longitude: '95 + h % 46000 / 1000.0',
  latitude: '-11 + h % 17000 / 1000.0',
  time_zone: 'time_zone',
  local_date: '(occurred AT TIME ZONE time_zone)::date',
}
const restColumns = {
  source_kind: oneOf(['fkdm', 'community', 'field_officer'], 'h'),
  source_method: `'observation'`,
  source_reliability: oneOf(['A', 'B', 'C'], 'h / 3'),
  source_credibility: '1 + h % 4',
  actors: `CASE WHEN h % 2 = 0 THEN '[{"role":"perpetrator","description":"kelompok tak dikenal","count":5}]'::json END`,
  impact: `CASE WHEN h % 3 = 0
    THEN '{"deaths":null,"seriouslyInjured":null,"lightlyInjured":0,"missing":null,"displaced":null,"lossIdr":4500000}'::json END`,
  primary_election: `stages -> 0 ->> 'election'`,
  primary_stage: `stages -> 0 ->> 'stage'`,
  stages: 'stages',
  calendar_version: 'calendar',
  classified_at: `occurred + interval '2 hours'`,
  flags: `'{}'`,
  submitted_by: `'official-1'`,
  client_id: 'code',
}
