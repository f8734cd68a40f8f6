import { dateOfDay, dayNumber } from '../classification/local-date.ts'

export const intervals = ['day', 'week', 'month'] as const
/** Weeks are those of ISO 8601, Monday to Sunday. */
export type Interval = (typeof intervals)[number]

/** A day, week or month as far as it lies in a range. */
export interface IntervalPeriod {
  /** `2024-11-26`, `2024-W48` or `2024-11`, as `countCells` names it. */
  name: string
  /** The first and the last of its days that lie in the range, `YYYY-MM-DD`. */
  startsOn: string
  endsOn: string
  /** Whether the range cuts days off it. */
  partial: boolean
}

/** 1970-01-01 was a Thursday: the Monday of its week lies three days before. */
const daysBeforeEpoch = 3

/** How many periods a range of days touches. */
export function countPeriods(interval: Interval, from: string, to: string): number {
  return indexOf(interval, to) - indexOf(interval, from) + 1
}

/** The periods that a range of days touches, without gaps; the first and the last may be partial. */
export function periodsBetween(interval: Interval, from: string, to: string): IntervalPeriod[] {
  const first = indexOf(interval, from)
  return Array.from({ length: countPeriods(interval, from, to) }, (_, position) => {
    const [startsOn, endsOn] = daysOf(interval, first + position)
    const partial = startsOn < from || endsOn > to
    return {
      name: nameOf(interval, startsOn),
      startsOn: startsOn < from ? from : startsOn,
      endsOn: endsOn > to ? to : endsOn,
      partial,
    }
  })
}

/** The first and the last day of the period of that name, within the years 1 to 9999. */
export function daysNamed(interval: Interval, name: string): [startsOn: string, endsOn: string] {
  if (interval === 'day') return [name, name]
  if (interval === 'month') return daysOf(interval, indexOf(interval, `${name}-01`))
  // The first week of a year is that of 4 January.
  return daysOf(interval, indexOf(interval, `${name.slice(0, 4)}-01-04`) + Number(name.slice(6)) - 1)
}

/** A number for each period, one more for the next. */
function indexOf(interval: Interval, date: string): number {
  if (interval === 'month') return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1
  const day = dayNumber(date)
  return interval === 'day' ? day : Math.floor((day + daysBeforeEpoch) / 7)
}

function daysOf(interval: Interval, index: number): [startsOn: string, endsOn: string] {
  if (interval === 'day') return [dateOfDay(index), dateOfDay(index)]
  if (interval === 'month') return daysOfMonth(index)
  const monday = index * 7 - daysBeforeEpoch
  return [dateOfDay(monday), dateOfDay(monday + 6)]
}

function daysOfMonth(index: number): [startsOn: string, endsOn: string] {
  const year = String(Math.floor(index / 12)).padStart(4, '0')
  const startsOn = `${year}-${String((index % 12) + 1).padStart(2, '0')}-01`
  const next = new Date(startsOn)
  next.setUTCMonth(next.getUTCMonth() + 1)
  return [startsOn, dateOfDay(next.getTime() / 86_400_000 - 1)]
}

function nameOf(interval: Interval, startsOn: string): string {
  if (interval === 'day') return startsOn
  if (interval === 'month') return startsOn.slice(0, 7)
  // A week belongs to the year of its Thursday.
  const thursday = dateOfDay(dayNumber(startsOn) + 3)
  const year = thursday.slice(0, 4)
  const week = Math.floor((dayNumber(thursday) - dayNumber(`${year}-01-01`)) / 7) + 1
  return `${year}-W${String(week).padStart(2, '0')}`
}
