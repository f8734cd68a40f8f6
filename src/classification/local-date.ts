import type { TimeZone } from '../regions/region.ts'

// A formatter is dear to make and never changes; Swedish is the locale whose dates are written year-month-day.
const formatterOf: Record<TimeZone, Intl.DateTimeFormat> = {
  'Asia/Jakarta': dateIn('Asia/Jakarta'),
  'Asia/Pontianak': dateIn('Asia/Pontianak'),
  'Asia/Makassar': dateIn('Asia/Makassar'),
  'Asia/Jayapura': dateIn('Asia/Jayapura'),
}

function dateIn(timeZone: TimeZone): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
}

/** The calendar date `YYYY-MM-DD` that people in a time zone write at an instant. */
export function localDateIn(timeZone: TimeZone, instant: Date): string {
  // The formatter writes the year 99 as `99`; a date has four digits.
  return formatterOf[timeZone].format(instant).padStart(10, '0')
}

const dayMs = 86_400_000

/** Days since 1970-01-01 of a date `YYYY-MM-DD`. */
export function dayNumber(date: string): number {
  return Date.parse(date) / dayMs
}

/** The date of such a number; 9999-12-31 for what lies beyond the years of four digits. */
export function dateOfDay(day: number): string {
  const date = new Date(day * dayMs).toISOString()
  return date.startsWith('+') ? '9999-12-31' : date.slice(0, 10)
}

export function dayAfter(date: string): string {
  return dateOfDay(dayNumber(date) + 1)
}

export function dayBefore(date: string): string {
  return dateOfDay(dayNumber(date) - 1)
}
