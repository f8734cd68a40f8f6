import { sql } from 'drizzle-orm'
import { reports as r } from '../../reports/table.ts'
import { heldReport } from './held-report.ts'

/** Flash reports that nobody has judged yet. */
export const flash = heldReport(r.heldSince, sql`${r.urgency} = 'flash' AND ${r.status} = 'submitted'`)
