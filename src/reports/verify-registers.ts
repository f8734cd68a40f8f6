import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'

/** A register whose running numbers are not 1, 2, 3 ... up to the last one given. */
export interface RegisterFault extends Record<string, unknown> {
  office: string
  year: number
  /** Reports there, and how many numbers they have between them. */
  reports: number
  numbers: number
  highest: number | null
  /** The last number given, as the register says; null where there is none. */
  last: number | null
}

const find = statement(
  'find_register_faults',
  sql`SELECT office_code AS office, register_year AS year, coalesce(reports, 0)::int AS reports, coalesce(numbers, 0)::int AS numbers, highest,
    last_number AS last
  FROM (SELECT office_code, register_year, count(*) AS reports, count(DISTINCT register_number) AS numbers, max(register_number) AS highest
    FROM reports GROUP BY 1, 2) r
  FULL JOIN report_registers USING (office_code, register_year)
  WHERE (reports, numbers, highest) IS DISTINCT FROM (last_number::bigint, last_number::bigint, last_number) ORDER BY 1, 2`,
)

/** Registers with a gap, a number given twice, or another end than they say. */
export function verifyRegisters(tx: Transaction): Promise<RegisterFault[]> {
  return tx.run<RegisterFault>(find, {})
}
