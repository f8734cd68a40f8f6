const shape = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/
const minute = 60_000
// A day inside the years 0001 to 9999, so that the date is in them everywhere on earth.
const earliest = new Date('0001-01-02T00:00:00.000Z')
const latest = new Date('9999-12-30T23:59:59.999Z')

/**
 * Reads an RFC 3339 timestamp with offset and at most milliseconds; undefined when it is none. Days must exist in the
 * calendar. A leap second (`:60`) is refused: neither `Date` nor PostgreSQL can keep it. Years are 0001 to 9999, in every time zone.
 */
export function parseTimestamp(text: string): { instant: Date; offset: string } | undefined {
  const match = shape.exec(text)
  if (!match) return undefined
  const [year, month, day, hours, minutes, seconds] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (!isDay(year, month, day) || hours > 23 || minutes > 59 || seconds > 59) return undefined
  const sign = match[8]
  const offsetHours = Number(match[9] ?? 0)
  const offsetMinutes = Number(match[10] ?? 0)
  if (offsetHours > 23 || offsetMinutes > 59) return undefined
  const ahead = (sign === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * minute
  const instant = new Date(0)
  // setUTCFullYear, since Date.UTC reads the years 0 to 99 as 1900 to 1999.
  instant.setUTCFullYear(year, month - 1, day)
  instant.setUTCHours(hours, minutes, seconds, Number((match[7] ?? '0').padEnd(3, '0')))
  instant.setTime(instant.getTime() - ahead)
  if (instant < earliest || instant > latest) return undefined
  return { instant, offset: sign === undefined ? '+00:00' : `${sign}${match[9]}:${match[10]}` }
}

/** An instant as people at an offset such as `+08:00` write it, with milliseconds. */
export function formatTimestamp(instant: Date, offset: string): string {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  const ahead = (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * minute
  return new Date(instant.getTime() + ahead).toISOString().replace('Z', offset)
}

/** Whether the text is a real day of the years 0001 to 9999, as `YYYY-MM-DD`. */
export function parseLocalDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  return match !== null && isDay(Number(match[1]), Number(match[2]), Number(match[3]))
}

function isDay(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
