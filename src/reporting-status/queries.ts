import { eq, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import type { OfficeLevel, Tier } from '../access/vocabulary.ts'
import { statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { owedBy } from '../situation-reports/owed.ts'
import type { Period } from '../situation-reports/period.ts'
import { situationReports as r } from '../situation-reports/table.ts'
import type { Obligation } from './schemas.ts'

const { placeholder } = sql

/** An office that owes a report for a period, and what has come of it. */
export interface OwedRow extends Record<string, unknown> {
  office: string
  level: OfficeLevel
  name: string
  /** Code of its province, `00` for the national office. */
  region: string
  dueAt: Date
  receivedAt: Date | null
  situationReport: string | null
  nothingToReport: boolean | null
  silence: string | null
}

/** The offices that a caller looks after. */
const inScope: Record<Tier, ReturnType<typeof sql>> = {
  regency: sql`o.code = ${placeholder('region')}`,
  province: sql`left(o.code, 2) = ${placeholder('region')}`,
  national: sql`true`,
  agency: sql`false`,
}

const from = sql`${placeholder('from')}::date`
const to = sql`${placeholder('to')}::date`
const kind = sql`${placeholder('kind')}::text`
const period = sql`${placeholder('period')}::text`
const due = owedBy({ office: sql`o.code`, level: sql`o.level`, timeZone: sql`g.time_zone`, kind, from, to })

// Whether an office reported is read from the receipts, which the report's handling does not hide; what it said, from the report.
const list = statementByTier('list_owed', (tier) => {
  const report = visible(
    tier,
    r,
    eq(r.kind, kind),
    eq(r.period, period),
    sql`${r.officeCode} = o.code AND NOT ${r.exercise}`,
  )
  return sql`SELECT o.code AS office, o.level, o.name, left(o.code, 2) AS region, d.due_at AS "dueAt", c.received_at AS "receivedAt",
      s.id AS "situationReport", s.nothing_to_report AS "nothingToReport", q.id AS silence
    FROM offices o JOIN regions g USING (code) CROSS JOIN LATERAL ${due} d
    LEFT JOIN situation_report_receipts c ON c.kind = ${kind} AND c.period = ${period} AND c.office_code = o.code
    LEFT JOIN LATERAL (SELECT ${r.id}, ${r.nothingToReport} FROM ${r} WHERE ${report}) s ON true
    LEFT JOIN reporting_silences q ON q.kind = ${kind} AND q.period = ${period} AND q.office_code = o.code
    WHERE ${inScope[tier]} AND (${placeholder('within')}::text = '00' OR o.code = ${placeholder('within')}::text
      OR left(o.code, 2) = ${placeholder('within')}::text)
    ORDER BY o.code`
})

/** Each office of the caller's scope, and within a region, that owes a report for a period, by its code. */
export async function listOwed(
  tx: Transaction,
  { scope }: Caller,
  { kind, name, from, to, within }: Period & { within: string },
): Promise<OwedRow[]> {
  return tx.run<OwedRow>(list[scope.tier], { ...scopeValues(scope), kind, period: name, from, to, within })
}

const obligations = statement(
  'list_obligations',
  sql`SELECT id, level, office_code AS office, kind, owed, days_after AS "daysAfter", to_char(due_time, 'HH24:MI') AS "dueTime",
    to_char(valid_from, 'YYYY-MM-DD') AS "validFrom", to_char(valid_to, 'YYYY-MM-DD') AS "validTo"
  FROM reporting_obligations ORDER BY array_position(ARRAY['national', 'province', 'regency'], level), office_code NULLS FIRST, kind, valid_from`,
)

/** Obligations past, present and to come, as far as the role of the transaction sees them. */
export async function listObligations(tx: Transaction): Promise<Obligation[]> {
  return tx.run<Obligation & Record<string, unknown>>(obligations, {})
}
