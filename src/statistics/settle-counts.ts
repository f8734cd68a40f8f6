import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { WorkDoor } from '../database/work-door.ts'

const system = { client: 'system:worker', actor: 'counter' } as const

/** Changes that one transaction adds up at most. */
export const settledAtOnce = 5_000

const settle = statement(
  'settle_report_counts',
  sql`SELECT settle_report_counts(${sql.placeholder('most')}) AS settled`,
)

/**
 * Adds what is pending to the totals, in one transaction: counts say the same before, meanwhile and after.
 * @returns how many changes; 0 also while another process is at it
 */
export async function settleCounts(db: WorkDoor, most = settledAtOnce): Promise<number> {
  return db.workAs('worker', system, async (tx) => {
    const [[row]] = await Promise.all([tx.run<{ settled: number }>(settle, { most }), tx.commit()])
    return row?.settled ?? 0
  })
}
