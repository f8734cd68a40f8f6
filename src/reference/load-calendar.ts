import type pg from 'pg'
import { calendarDifferences, type Difference } from '../reclassification/calendar-differences.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import { changed, inReferenceTransaction } from './load.ts'
import { type NextDocument, planCalendar } from './plan-calendar.ts'
import { putInForce } from './put-in-force.ts'
import { regionsInForce } from './regions-in-force.ts'

export interface LoadedCalendar {
  /** The version in force now. */
  version: number
  /** False where the calendar said what was in force already; nothing is written then. */
  changed: boolean
  /** The run that classifies reports again; null where none is needed. */
  run: number | null
}

/**
 * Puts a calendar in force that an administrator gives, and asks for the reports that it touches to be classified again.
 * @param url a role that owns the tables
 * @param operation the command, for the audit
 * @throws CalendarError naming every fault; nothing is written then
 */
export async function loadCalendar(
  url: string,
  next: NextDocument,
  { operation, now }: { operation: string; now: Date },
): Promise<LoadedCalendar> {
  return inReferenceTransaction(url, async (client) => {
    const regions = await regionsInForce(client)
    const planned = await planCalendar(client, next, regions)
    const { version, sha256 } = planned
    if (!planned.changed) return { version, changed: false, run: null }
    const run = await putInForce(client, planned, { origin: 'administrator', regions, now })
    await changed(client, { operation, now, details: { version, sha256, reclassification: run } })
    return { version, changed: true, run }
  })
}

/** What a calendar would change, against the one in force. */
export interface ForeseenCalendar {
  version: number
  changed: boolean
  differences: Difference[]
  regions: RegionDirectory
}

/** As loadCalendar, and writes nothing. @throws CalendarError naming every fault, or that the calendar in force cannot be compared */
export async function foreseeCalendar(client: Pick<pg.Client, 'query'>, next: NextDocument): Promise<ForeseenCalendar> {
  const regions = await regionsInForce(client)
  const { version, changed, calendar, before } = await planCalendar(client, next, regions)
  if (before === null) throw new Error('There is no calendar in force that this one could be compared with')
  return { version, changed, differences: changed ? calendarDifferences(before, calendar, regions) : [], regions }
}
