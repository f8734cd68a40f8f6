import { kindsOfSeason } from './kinds.ts'
import { anyOf, firstOfRow, reportColumns } from './report-columns.ts'
import { schema } from './stage-statements.ts'

/** Reports from one running number up to another, and how many passages their texts are made of. */
export interface Stretch {
  from: number
  to: number
  passages: number
}

const textNumbers = [1, 2, 3, 4, 5, 6]

/**
 * Fills a stretch of reports, and what a post writes beside each.
 * @param columns of `reports` that can be written: what the schema computes is left to it
 */
export function fillStatement(columns: readonly string[], { from, to, passages }: Stretch): string {
  const written = columns.filter((column) => column in reportColumns)
  const values = written.map((column) => reportColumns[column])
  return `WITH filled AS (
      INSERT INTO reports (${written.join()}) SELECT ${values.join()} FROM (${rowsSql({ from, to, passages })}) made
      RETURNING id, office_code, province_code, regency_code, handling, client_reference, received_at, client_id, submitted_by
    ), numbered AS MATERIALIZED (SELECT ${from} + row_number() OVER () AS sequence, * FROM filled),
    known AS (INSERT INTO idempotency_keys (office_code, operation, key, fingerprint, resource_id, created_at)
      SELECT office_code, 'submitReport:reference', client_reference, sha256(uuid_send(id)), id, received_at FROM numbered
      WHERE client_reference IS NOT NULL),
    told AS (INSERT INTO events (id, sequence, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at)
      SELECT ${beside(1)}, sequence, 'report.submitted', id, 1, office_code, province_code, regency_code, handling, client_id, submitted_by, received_at
      FROM numbered)
    INSERT INTO audit_entries (id, sequence, occurred_at, action, operation, client_id, actor, office_code, request_id, resource_type, resource_id,
      resource_version, handling, previous_hash, hash)
    SELECT ${beside(2)}, sequence, received_at, 'report.submitted', 'submitReport', client_id, submitted_by, office_code, ${beside(3)}::text, 'report',
      id::text, 1, handling, sha256(uuid_send(id)), sha256(uuid_send(id)) FROM numbered`
}

/** An id of the same moment. */
function beside(purpose: number, id = 'id'): string {
  return `overlay(${id}::text PLACING lpad(to_hex(uuid_hash_extended(${id}, ${purpose}) & 281474976710655), 12, '0') FROM 25)::uuid`
}

function rowsSql({ from, to, passages }: Stretch): string {
  const first = Object.entries(firstOfRow).map(([name, value]) => `${value} AS ${name}`)
  const texts = textNumbers.map((number) => `t${number}.text AS t${number}`)
  const joins = textNumbers.map(
    (number) => `JOIN ${schema}.passages t${number} ON t${number}.passage = ${anyOf(10 + number, passages)}`,
  )
  return `SELECT *, ${first.join()} FROM (
      SELECT r.n, r.occurred_at, r.received_at, r.register_year, r.number, p.region_code, p.regency_code, p.province_code, p.time_zone, p.office_code,
        p.place, p.longitude, p.latitude, s.stages, s.primary_election, s.primary_stage, k.incident_type, k.label, k.domain, k.athg, k.severity,
        (SELECT max(version) FROM election_calendars) AS calendar_version, ${texts.join()}
      FROM ${schema}.rows r JOIN ${schema}.places p USING (slot) JOIN ${schema}.stage_sets s USING (set_no)
        JOIN ${schema}.kinds k ON k.kind = r.season * ${kindsOfSeason} + ${anyOf(10, kindsOfSeason)} ${joins.join(' ')}
      WHERE r.n >= ${from} AND r.n < ${to} OFFSET 0
    ) joined OFFSET 0`
}

/** What is left when all rows are there: the heads of what is numbered. */
export const headStatements = [
  `INSERT INTO report_registers SELECT office_code, register_year, max(register_number) FROM reports GROUP BY 1, 2`,
  `UPDATE sequences s SET last_sequence = n.last FROM (SELECT coalesce(max(sequence), 0) AS last FROM events) n WHERE s.stream = 'events'`,
  `UPDATE sequences s SET (last_sequence, last_hash) = (SELECT sequence, hash FROM audit_entries ORDER BY sequence DESC NULLS LAST LIMIT 1)
    WHERE s.stream = 'audit_entries'`,
]

/** Each duplicate says of which it is one: the last verified report of its regency before it, where there is one. */
export const linkStatements = [
  `INSERT INTO report_links (id, type, report_id, region_code, handling, target_id, target_region_code, target_handling, reason_handling,
      linked_at, office_code, client_id, actor)
    SELECT ${beside(4, 'd.id')}, 'duplicate_of', d.id, d.region_code, d.handling, o.id, o.region_code, o.handling, greatest(d.handling, o.handling),
      d.received_at + interval '1 day', d.office_code, d.office_code, d.submitted_by
    FROM (SELECT * FROM reports WHERE is_duplicate OFFSET 0) d CROSS JOIN LATERAL (
      SELECT id AS original, region_code, handling FROM reports o WHERE o.regency_code = d.regency_code AND o.occurred_at < d.occurred_at
        AND o.verified_at IS NOT NULL AND NOT o.is_duplicate AND o.exercise = d.exercise ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1
    ) o (id, region_code, handling)`,
  `UPDATE reports SET is_duplicate = false WHERE is_duplicate AND id NOT IN (SELECT report_id FROM report_links WHERE type = 'duplicate_of')`,
]
