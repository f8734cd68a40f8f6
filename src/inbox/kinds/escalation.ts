import { sql } from 'drizzle-orm'
import { reports as r } from '../../reports/table.ts'
import { heldReport } from './held-report.ts'

/** Reports that another level handed to this one, up or back down. */
export const escalation = heldReport(r.heldSince, sql`${r.status} = 'escalated'`)
