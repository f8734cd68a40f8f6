import { type SQL, sql } from 'drizzle-orm'

/** What SQL must know of an office and a period to say whether a report is owed. */
interface Asked {
  office: SQL
  level: SQL
  timeZone: SQL
  kind: SQL
  from: SQL
  to: SQL
}

/** Whether an obligation covers a period, by the first day of it. */
export function covers(obligation: string, from: SQL): SQL {
  const b = sql.identifier(obligation)
  return sql`${b}.valid_from <= ${from} AND (${b}.valid_to IS NULL OR ${b}.valid_to >= ${from})`
}

/** The moment of a deadline: so many days after the last day of the period, at a time of the office's own clock. */
export function deadline(obligation: string, to: SQL, timeZone: SQL): SQL {
  const b = sql.identifier(obligation)
  return sql`((${to} + ${b}.days_after::integer + ${b}.due_time) AT TIME ZONE ${timeZone})`
}

/**
 * At most one row `(due_at)`: until when an office owes its report for a period. What is said for the office itself goes before
 * what its level owes, and may exempt it.
 */
export function owedBy({ office, level, timeZone, kind, from, to }: Asked): SQL {
  return sql`(SELECT due_at FROM (SELECT b.owed, ${deadline('b', to, timeZone)} AS due_at FROM reporting_obligations b
    WHERE b.kind = ${kind} AND b.level = ${level} AND (b.office_code IS NULL OR b.office_code = ${office}) AND ${covers('b', from)}
    ORDER BY b.office_code NULLS LAST, b.valid_from DESC LIMIT 1) governing WHERE owed)`
}
