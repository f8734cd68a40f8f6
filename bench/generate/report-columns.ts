import { span } from './calendar-days.ts'
import { markedWords, oneReportIn } from './vocabulary.ts'

/** A number from chance, the same for the same report and purpose, from 0 up to `below`. */
export const anyOf = (purpose: number, below: number | string) =>
  `((hashint4extended(n, ${purpose}) & 9223372036854775807) % ${below})`

/** One of the words, as often as its share of a hundred says. */
export function oneWord(by: string, shares: Record<string, number>): string {
  let upTo = 0
  const cases = Object.entries(shares).map(([word, share]) => {
    upTo += share
    return `WHEN ${by} < ${upTo} THEN '${word}'`
  })
  if (upTo !== 100) throw new Error(`The shares of ${Object.keys(shares).join()} add up to ${upTo}`)
  return `CASE ${cases.join(' ')} END`
}

const among = (purpose: number, shares: Record<string, number>) => oneWord(anyOf(purpose, 100), shares)

/** What later columns are made of, computed once a row. */
export const firstOfRow: Record<string, string> = {
  urgency: among(21, { routine: 70, priority: 22, immediate: 7, flash: 1 }),
  office_level: `CASE length(office_code) WHEN 5 THEN 'regency' ELSE CASE office_code WHEN '00' THEN 'national' ELSE 'province' END END`,
  said_status: `CASE WHEN received_at > timestamptz '${span.to}' - interval '14 days'
      THEN ${among(22, { submitted: 45, verified: 40, escalated: 7, closed: 4, rejected: 2, withdrawn: 2 })}
    WHEN received_at > timestamptz '${span.to}' - interval '90 days'
      THEN ${among(22, { submitted: 8, verified: 32, escalated: 8, closed: 46, rejected: 3, withdrawn: 3 })}
    ELSE ${among(22, { submitted: 1, verified: 10, escalated: 2, closed: 82, rejected: 3, withdrawn: 2 })} END`,
  id: idSql(71),
  delay: 'extract(epoch FROM received_at - occurred_at)::bigint',
}

/** A version 7 id of the moment of receipt. */
function idSql(purpose: number): string {
  const hex = (of: number, digits: number) =>
    `right(lpad(to_hex(${anyOf(of, '4611686018427387904')}), 16, '0'), ${digits})`
  return `(lpad(to_hex((extract(epoch FROM received_at) * 1000)::bigint), 12, '0') || '7' || ${hex(purpose, 3)} || '8' || ${hex(purpose + 1, 15)})::uuid`
}

const status = `CASE WHEN said_status = 'escalated' AND office_code = '00' THEN 'verified' ELSE said_status END`
const isVerified = `${status} IN ('verified', 'escalated', 'closed')`
const verifiedAt = `received_at + (60 + ${anyOf(24, 2_800)}) * interval '1 minute'`
const heldSince = `CASE ${status} WHEN 'submitted' THEN received_at ELSE ${verifiedAt} END`
const hours = `CASE urgency WHEN 'routine' THEN 72 WHEN 'priority' THEN 24 WHEN 'immediate' THEN 6 ELSE 1 END * interval '1 hour'`

const standing = {
  id: 'id',
  office_code: 'office_code',
  register_year: 'register_year',
  register_number: 'number',
  client_reference: `CASE WHEN ${anyOf(25, 10)} < 8 THEN 'sip/' || register_year || '/' || number END`,
  status,
  level: `CASE ${status} WHEN 'escalated' THEN CASE office_level WHEN 'regency' THEN 'province' ELSE 'national' END ELSE office_level END`,
  held_since: heldSince,
  due_at: `CASE WHEN ${status} IN ('submitted', 'escalated') THEN ${heldSince} + ${hours} END`,
  verified_at: `CASE WHEN ${isVerified} THEN ${verifiedAt} END`,
  outcome: `CASE ${status} WHEN 'closed' THEN 'Ditangani bersama instansi terkait; situasi kembali kondusif.' END`,
  is_duplicate: `regency_code IS NOT NULL AND ${status} NOT IN ('rejected', 'withdrawn') AND ${anyOf(26, 83)} = 0`,
  submitted_by: `'official-' || ${anyOf(27, 5)} + 1`,
  client_id: 'office_code',
}

const words = {
  product: among(31, { incident: 55, information: 30, attention: 12, special: 3 }),
  exercise: `${anyOf(32, 50)} = 0`,
  athg: 'athg',
  domain: 'domain',
  incident_type: 'incident_type',
  phase: among(33, { actual: 55, potential: 30, imminent: 15 }),
  severity: 'severity',
  urgency: 'urgency',
  handling: among(34, { 0: 22, 1: 70, 2: 7, 3: 1 }).replaceAll(/'(\d)'/g, '$1'),
  athg_notes: `CASE WHEN ${anyOf(35, 8)} = 0 THEN '{"threat":"Bila berulang, dapat memicu bentrok antarpendukung."}'::json END`,
  source_kind: among(36, {
    field_officer: 30,
    fkdm: 20,
    community: 18,
    police: 8,
    election_body: 8,
    social_media: 6,
    media: 5,
    agency: 3,
    military: 1,
    other: 1,
  }),
  source_method: `CASE WHEN ${anyOf(37, 4)} > 0 THEN ${among(38, { observation: 50, interview: 30, open_source: 12, document: 6, technical: 1, other: 1 })} END`,
  source_reliability: among(39, { A: 15, B: 40, C: 25, D: 8, E: 2, F: 10 }),
  source_credibility: `1 + ${anyOf(40, 6)}`,
}

const { common, usual, seldom, rare } = markedWords
/** Sentences that hold the marked words: by the running number, so that each is in exactly one report of so many. */
const marks = [
  `CASE WHEN n % ${oneReportIn.common} = 0 THEN ' Seorang ${common} melapor kepada petugas.' ELSE '' END`,
  `CASE WHEN n % ${oneReportIn.usual} = 51 THEN ' Sebuah ${usual} diamankan.' ELSE '' END`,
  `CASE WHEN n % ${oneReportIn.seldom} = 5001 THEN ' Di lokasi ditemukan ${seldom}.' ELSE '' END`,
  `CASE WHEN n % ${oneReportIn.rare} = 50001 THEN ' Ditemukan ${rare} rakitan.' ELSE '' END`,
].join(' || ')
const length = anyOf(41, 100)
const texts = {
  subject: `left(label || coalesce(' di ' || place, ''), 200)`,
  facts: `t1 || ${marks} || CASE WHEN ${length} < 12 THEN '' ELSE ' ' || t2 END || CASE WHEN ${length} < 30 THEN '' ELSE ' ' || t3 END
    || CASE WHEN ${length} < 92 THEN '' ELSE ' ' || t4 || ' ' || t5 || ' ' || t6 END || coalesce(' Lokasi: ' || place || '.', '')`,
  analysis: `CASE WHEN ${anyOf(42, 20)} < 8 THEN t4 END`,
  prediction: `CASE WHEN ${anyOf(43, 20)} < 5 THEN t5 END`,
  actions_taken: `CASE WHEN ${anyOf(44, 20)} < 9 THEN t6 END`,
  recommendation: `CASE WHEN ${anyOf(45, 20)} < 4 THEN t3 END`,
}

const times = {
  occurred_at: 'occurred_at',
  occurred_at_offset: `CASE time_zone WHEN 'Asia/Makassar' THEN '+08:00' WHEN 'Asia/Jayapura' THEN '+09:00' ELSE '+07:00' END`,
  occurred_at_precision: among(51, { hour: 50, exact: 30, day: 18, unknown: 2 }),
  obtained_at: `CASE WHEN ${anyOf(52, 3)} > 0 THEN occurred_at + delay / 2 * interval '1 second' END`,
  composed_at: `CASE WHEN ${anyOf(53, 4)} > 0 THEN occurred_at + delay * 0.9 * interval '1 second' END`,
  received_at: 'received_at',
  delay_seconds: 'delay',
  flags: `CASE WHEN delay > 86400 THEN '{late}' ELSE '{}' END::text[]`,
}

const places = {
  region_code: 'region_code',
  province_code: 'province_code',
  regency_code: 'regency_code',
  place: 'place',
  longitude: 'longitude',
  latitude: 'latitude',
  time_zone: 'time_zone',
  local_date: '(occurred_at AT TIME ZONE time_zone)::date',
  primary_election: 'primary_election',
  primary_stage: 'primary_stage',
  stages: 'stages',
  calendar_version: 'calendar_version',
  classified_at: 'received_at',
}

const others = {
  actors: `CASE WHEN ${anyOf(61, 2)} = 0
    THEN ('[{"role":"perpetrator","description":"kelompok tak dikenal","count":' || 1 + ${anyOf(62, 40)} || '}]')::json END`,
  impact: `CASE WHEN ${anyOf(63, 3)} = 0 THEN ('{"deaths":null,"seriouslyInjured":null,"lightlyInjured":' || ${anyOf(64, 4)}
    || ',"missing":null,"displaced":null,"lossIdr":' || ${anyOf(65, 90)} * 500000 || '}')::json END`,
}

/** How each column of `reports` is made of a row of the statement in `fill-statement.ts`. */
export const reportColumns: Readonly<Record<string, string>> = {
  ...standing,
  ...words,
  ...texts,
  ...times,
  ...places,
  ...others,
}
