import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type pg from 'pg'
import { type Calendar, CalendarError, parseCalendar } from '../elections/calendar.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import { latestCalendar } from './queries.ts'

/** Makes the next calendar document of the one in force, null where there is none. It must not change what it is given. */
export type NextDocument = (latest: unknown) => unknown

/** A calendar that would follow the one in force. */
export interface PlannedCalendar {
  /** What it would become; the version in force where it says the same. */
  version: number
  /** False where it says what is in force already. */
  changed: boolean
  document: unknown
  sha256: string
  calendar: Calendar
  /** The one in force; null where there is none, or this release can no longer read it. */
  before: Calendar | null
}

/** Reads what is in force and checks what would follow it; writes nothing. @throws CalendarError naming every fault */
export async function planCalendar(
  client: Pick<pg.Client, 'query'>,
  next: NextDocument,
  regions: RegionDirectory,
): Promise<PlannedCalendar> {
  const latest = await latestCalendar(client)
  const document = next(latest?.document ?? null)
  // As it is stored and read again.
  const changed = !latest || !isDeepStrictEqual(JSON.parse(JSON.stringify(document)), latest.document)
  const version = (latest?.version ?? 0) + (changed ? 1 : 0)
  const calendar = parseCalendar(document, version, regions)
  const before = latest ? readOr(null, () => parseCalendar(latest.document, latest.version, regions)) : null
  return { version, changed, document, sha256: digest(document), calendar, before }
}

function readOr<T>(otherwise: T, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof CalendarError) return otherwise
    throw error
  }
}

export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
