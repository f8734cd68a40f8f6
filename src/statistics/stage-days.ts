import { type Band, bandsAmong, sameStages, stagesDuring } from '../classification/bands.ts'
import { periodsIn } from '../classification/classify.ts'
import { dayNumber, localDateIn } from '../classification/local-date.ts'
import type { Election, Period, Stage } from '../elections/election.ts'
import type { Reference } from '../reference/store.ts'
import type { Region } from '../regions/region.ts'
import type { StageBasis } from './dimensions.ts'

/** Stages of one election whose days are counted, and the days that may count. */
export interface Asked {
  election: Election
  stages: readonly Stage[]
  basis: StageBasis
  /** The first and the last day that may count; open where undefined. No day after today counts. */
  dateFrom?: string | undefined
  dateTo?: string | undefined
  now: Date
}

/**
 * How many days one of the stages was primary in a region, with `any_stage` open there, up to today there. The function
 * remembers regions whose stages are the same, and is for one request: a new calendar has other days.
 */
export function stageDays(asked: Asked, reference: Reference): (region: Region) => number {
  const known = new Map<string, number>()
  return (region) => {
    const range = rangeIn(region, asked)
    if (!range) return 0
    const stages = stagesDuring(region, range, reference)
    const key = `${range.startsOn} ${range.endsOn} ${sameStages(stages)}`
    const days = known.get(key) ?? countDays(daysOf(bandsAmong(stages, range), asked), range)
    known.set(key, days)
    return days
  }
}

/** From the first to the last day that can count in a region. */
function rangeIn(region: Region, { stages, dateFrom, dateTo, now }: Asked): Period | undefined {
  const periods = stages.flatMap((stage) => periodsIn(stage, region))
  const first = periods.map(({ startsOn }) => startsOn).sort()[0]
  const last = periods
    .map(({ endsOn }) => endsOn)
    .sort()
    .at(-1)
  if (first === undefined || last === undefined) return undefined
  const startsOn = dateFrom && dateFrom > first ? dateFrom : first
  const endsOn = [last, dateTo ?? last, localDateIn(region.timeZone, now)].sort()[0] ?? last
  return startsOn <= endsOn ? { startsOn, endsOn } : undefined
}

function daysOf(bands: readonly Band[], { election, stages, basis }: Asked): Period[] {
  return bands
    .filter((band) => band.election === election && stages.includes(band.stage))
    .flatMap(({ period, primaryOn }) => (basis === 'any_stage' ? [period] : primaryOn))
}

/** The days of a range that lie in any of the periods, each once. */
export function countDays(periods: readonly Period[], range: Period): number {
  let days = 0
  let counted = dayNumber(range.startsOn) - 1
  const last = dayNumber(range.endsOn)
  for (const { startsOn, endsOn } of [...periods].sort((a, b) => (a.startsOn < b.startsOn ? -1 : 1))) {
    const from = Math.max(dayNumber(startsOn), counted + 1)
    const to = Math.min(dayNumber(endsOn), last)
    if (to < from) continue
    days += to - from + 1
    counted = to
  }
  return days
}
