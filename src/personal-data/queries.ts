import { sql } from 'drizzle-orm'
import type { OfficeLevel } from '../access/vocabulary.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { ReportStatus } from '../reports/lifecycle.ts'
import type { RetentionRule } from './retention.ts'

const { placeholder } = sql

/** A person or group in a report; `description` is what may be personal data. */
export interface ReportActor {
  role: string
  description: string | null
  count: number | null
}

/** The persons of a report, and what an event about it says. */
export interface ReportActors extends Record<string, unknown> {
  id: string
  version: number
  officeCode: string
  provinceCode: string | null
  regencyCode: string | null
  regionCode: string
  /** Rank, 0 to 3. */
  handling: number
  status: ReportStatus
  level: OfficeLevel
  /** Null for a report that speaks of nobody, or no longer. */
  actors: ReportActor[] | null
}

const columns = sql`id, version, office_code AS "officeCode", province_code AS "provinceCode", regency_code AS "regencyCode",
  region_code AS "regionCode", handling, status, level, actors`

const lock = statement(
  'lock_report_actors',
  sql`SELECT ${columns} FROM reports WHERE id = ${placeholder('id')} FOR UPDATE`,
)

/** @throws DomainError report_not_found */
export async function lockActors(tx: Transaction, id: string): Promise<ReportActors> {
  const [report] = await tx.run<ReportActors>(lock, { id })
  if (!report) throw new DomainError('report_not_found', { id })
  return report
}

const described = sql`EXISTS (SELECT FROM json_array_elements(r.actors) AS person WHERE person ->> 'description' IS NOT NULL)`

const claimDue = statement(
  'claim_actors_due',
  sql`SELECT ${columns} FROM reports r JOIN retention_rules USING (handling)
  WHERE kind = 'actors' AND r.received_at < ${placeholder('now')}::timestamptz - keep_days * interval '1 day'
    AND (r.actors IS NOT NULL AND ${described} OR r.id IN (SELECT report_id FROM report_revision_contents WHERE describes_persons))
  ORDER BY r.received_at, r.id LIMIT ${placeholder('most')} FOR UPDATE OF r SKIP LOCKED`,
)

/** Reports whose persons, those of today or of an earlier version, have been kept as long as the rules say, the oldest first; none that others are working on. */
export async function claimActorsDue(tx: Transaction, now: Date, most: number): Promise<ReportActors[]> {
  return tx.run<ReportActors>(claimDue, { now, most })
}

const set = statement(
  'set_report_actors',
  sql`UPDATE reports SET actors = ${placeholder('actors')}::json, version = version + 1 WHERE id = ${placeholder('id')}`,
)

/** Makes the next version of a report. */
export async function setActors(tx: Transaction, id: string, actors: readonly ReportActor[] | null): Promise<void> {
  await tx.run(set, { id, actors: actors && JSON.stringify(actors) })
}

const numberOf = sql`r.office_code || '/' || r.register_year || '/' || lpad(r.register_number::text, greatest(6, length(r.register_number::text)), '0')`

// What a change found stood in the version before it.
const find = statement(
  'find_actors_described',
  sql`SELECT r.id, ${numberOf} AS number, r.version AS "currentVersion", max(said.version) AS version, position::integer - 1 AS position,
    person ->> 'role' AS role, person ->> 'description' AS description
  FROM (SELECT id, version, actors FROM reports WHERE actors IS NOT NULL
    UNION ALL SELECT report_id, version - 1, changes #> '{before,actors}' FROM report_revision_contents WHERE describes_persons
    UNION ALL SELECT report_id, version, changes #> '{after,actors}' FROM report_revision_contents WHERE describes_persons) AS said
  JOIN reports r ON r.id = said.id
  CROSS JOIN json_array_elements(CASE WHEN json_typeof(said.actors) = 'array' THEN said.actors ELSE '[]' END)
    WITH ORDINALITY AS each (person, position)
  WHERE strpos(lower(person ->> 'description'), lower(${placeholder('text')})) > 0
  GROUP BY r.id, position, role, description ORDER BY r.received_at DESC, r.id, position, version LIMIT ${placeholder('most')}`,
)

/** Where a text stands in the description of a person. */
export interface FoundActor extends Record<string, unknown> {
  id: string
  number: string
  /** The last version that says it. */
  version: number
  /** The version that stands. */
  currentVersion: number
  /** In the list of that version, from 0. */
  position: number
  role: string
  description: string
}

/** The newest reports first. */
export async function findActors(tx: Transaction, text: string, most: number): Promise<FoundActor[]> {
  return tx.run<FoundActor>(find, { text, most })
}

const listRules = statement(
  'list_retention_rules',
  sql`SELECT kind, handling, keep_days AS "keepDays" FROM retention_rules ORDER BY kind, handling`,
)

export async function listRetentionRules(tx: Transaction): Promise<RetentionRule[]> {
  return tx.run<RetentionRule & Record<string, unknown>>(listRules, {})
}

const upsertRule = statement(
  'set_retention_rule',
  sql`INSERT INTO retention_rules (kind, handling, keep_days) VALUES (${placeholder('kind')}, ${placeholder('handling')}, ${placeholder('keepDays')})
  ON CONFLICT (kind, handling) DO UPDATE SET keep_days = excluded.keep_days`,
)
const deleteRule = statement(
  'delete_retention_rule',
  sql`DELETE FROM retention_rules WHERE kind = ${placeholder('kind')} AND handling = ${placeholder('handling')}`,
)

/** Null takes the rule away: what it covered is kept from now on. */
export async function setRetentionRule(
  tx: Transaction,
  { kind, handling, keepDays }: Omit<RetentionRule, 'keepDays'> & { keepDays: number | null },
): Promise<void> {
  if (keepDays === null) await tx.run(deleteRule, { kind, handling })
  else await tx.run(upsertRule, { kind, handling, keepDays })
}
