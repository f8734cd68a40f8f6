import type { Calendar } from '../elections/calendar.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import { calendarDifferences, type Difference } from './calendar-differences.ts'
import { dayNumberOf } from './day-number.ts'

/**
 * Reports that may be classified otherwise: those of a region from one local date to another (null: without an end), or all
 * that have coordinates. A regency, and a district in its place, stands for the regency with all its districts; a province
 * and the nation for themselves alone.
 */
export type Stretch = { region: string; from: string | null; to: string | null } | { located: true }

/** What a calendar touches that follows another. */
export function touchedBy(differences: readonly Difference[]): Stretch[] {
  const stretches: { region: string; from: string; to: string }[] = []
  for (const { region, from, to } of differences) {
    const last = stretches.at(-1)
    if (last?.region === region && dayNumberOf(last.to) + 1 === dayNumberOf(from)) last.to = to
    else stretches.push({ region, from, to })
  }
  return stretches
}

/** Every report there is. */
export function everything(regions: RegionDirectory): Stretch[] {
  const voting = [...regions].filter(({ level }) => level !== 'district')
  return voting.map(({ code }) => ({ region: code, from: null, to: null }))
}

/** @param before null where it cannot be read any more */
export function touchedByCalendar(before: Calendar | null, after: Calendar, regions: RegionDirectory): Stretch[] {
  return before ? touchedBy(calendarDifferences(before, after, regions)) : everything(regions)
}
