import type pg from 'pg'
import { requestReclassification } from '../reclassification/request-reclassification.ts'
import { touchedByCalendar } from '../reclassification/touched.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { PlannedCalendar } from './plan-calendar.ts'
import { insertCalendar } from './queries.ts'

/**
 * Writes a calendar as the next version, with the run that classifies the reports again which it touches.
 * @returns the run; null with the first calendar, before which no report can have been classified
 */
export async function putInForce(
  client: pg.Client,
  { version, document, sha256, calendar, before }: PlannedCalendar,
  { origin, regions, now }: { origin: 'packaged' | 'administrator'; regions: RegionDirectory; now: Date },
): Promise<number | null> {
  await insertCalendar(client, { version, document, sha256, origin, now })
  if (version === 1) return null
  return requestReclassification(client, {
    reason: 'calendar',
    now,
    touched: touchedByCalendar(before, calendar, regions),
  })
}
