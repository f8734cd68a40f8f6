import { sql } from 'drizzle-orm'
import { reports as r } from '../../reports/table.ts'
import { heldReport } from './held-report.ts'

/** Reports whose deadline has passed; they wait as such since then. */
export const overdue = heldReport(r.dueAt, sql`${r.dueAt} < ${sql.placeholder('now')}::timestamptz`)
