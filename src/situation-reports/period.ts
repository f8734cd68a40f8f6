import { localDateIn } from '../classification/local-date.ts'
import type { TimeZone } from '../regions/region.ts'
import type { PeriodKind } from './vocabulary.ts'

/** A day, an ISO week or a month on the calendar on the wall of an office, whatever its time zone. */
export interface Period {
  kind: PeriodKind
  /** `2024-11-26`, `2024-W48` or `2024-11` */
  name: string
  /** Its first and last day, `YYYY-MM-DD`. */
  from: string
  to: string
}

const dayMs = 86_400_000

/** Years 2000 to 2999: every day of a period and of its deadline has a year of four digits. */
export const periodPattern = /^2\d{3}-(?:W\d{2}|\d{2}(?:-\d{2})?)$/

/** The period that a text names, in the form of its kind; undefined where there is none. Weeks are those of ISO 8601, Monday to Sunday. */
export function parsePeriod(name: string): Period | undefined {
  if (!periodPattern.test(name)) return undefined
  const year = Number(name.slice(0, 4))
  if (name[5] === 'W') return weekOf(name, year, Number(name.slice(6)))
  const first = name.length === 7 ? `${name}-01` : name
  const start = new Date(`${first}T00:00:00Z`)
  // The parser takes 30 February for a day of March.
  if (Number.isNaN(start.getTime()) || dateOf(start.getTime()) !== first) return undefined
  if (name.length === 10) return { kind: 'daily', name, from: name, to: name }
  const last = Date.UTC(year, start.getUTCMonth() + 1, 0)
  return { kind: 'monthly', name, from: first, to: dateOf(last) }
}

/** The first week of a year is that of 4 January; the week belongs to the year of its Thursday. */
function weekOf(name: string, year: number, week: number): Period | undefined {
  const fourth = new Date(Date.UTC(year, 0, 4))
  const sinceMonday = (fourth.getUTCDay() + 6) % 7
  const monday = fourth.getTime() + ((week - 1) * 7 - sinceMonday) * dayMs
  if (week < 1 || new Date(monday + 3 * dayMs).getUTCFullYear() !== year) return undefined
  return { kind: 'weekly', name, from: dateOf(monday), to: dateOf(monday + 6 * dayMs) }
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** Whether the first day of a period has come where the office is. */
export function hasBegun({ from }: Period, timeZone: TimeZone, now: Date): boolean {
  return from <= localDateIn(timeZone, now)
}
