import { isDeepStrictEqual } from 'node:util'
import { classify } from '../classification/classify.ts'
import type { PlaceClassified } from '../classification/classify-place.ts'
import type { Calendar } from '../elections/calendar.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { Region } from '../regions/region.ts'
import { dayNumberOf, dayOf } from './day-number.ts'
import { type StageTold, toldToRegion } from './told-to-region.ts'

type Stages = PlaceClassified['stages']

/** Days on which two calendars classify alike from the first to the last, each in its own way. Local dates, both included. */
export interface DifferentDays {
  from: string
  to: string
  was: Stages
  will: Stages
}

/** The same in a region that votes: the nation, a province by itself, or a regency with its districts. */
export interface Difference extends DifferentDays {
  region: string
}

/**
 * Where and when two calendars classify otherwise: every such day of every region, and no other. Most regions are told the
 * same by a calendar, and what is worked out for one of them holds for all.
 */
export function calendarDifferences(before: Calendar, after: Calendar, regions: RegionDirectory): Difference[] {
  const known = new Map<string, DifferentDays[]>()
  const differences: Difference[] = []
  for (const region of regions) {
    if (region.level === 'district') continue
    const old = toldToRegion(region, before, regions)
    const young = toldToRegion(region, after, regions)
    const told = JSON.stringify([old, young])
    const days = known.get(told) ?? differentDays(region, { old, young, before, after, regions })
    known.set(told, days)
    differences.push(...days.map((each) => ({ region: region.code, ...each })))
  }
  return differences
}

interface Compared {
  old: StageTold[]
  young: StageTold[]
  before: Calendar
  after: Calendar
  regions: RegionDirectory
}

function differentDays(region: Region, { old, young, before, after, regions }: Compared): DifferentDays[] {
  const changed = [...without(old, young), ...without(young, old)]
  if (changed.length === 0) return []
  const spans = changed.flatMap(({ periods }) => periods).map(toNumbers)
  const found: DifferentDays[] = []
  for (const { first, last } of partsBetween(breaksOf([...old, ...young]), spans)) {
    const from = dayOf(first)
    const was = stagesOn(from, before)
    const will = stagesOn(from, after)
    if (!isDeepStrictEqual(was, will)) add(found, { from, to: dayOf(last), was, will })
  }
  return found

  function stagesOn(localDate: string, calendar: Calendar): Stages {
    return classify(region, localDate, calendar, regions).map(({ startsOn: _from, endsOn: _to, ...stage }) => stage)
  }
}

/** A stage that both tell alike, dates and all, is open in both or in neither: where only such are open, nothing differs. */
function without(these: readonly StageTold[], those: readonly StageTold[]): StageTold[] {
  const alike = new Set(those.map((stage) => JSON.stringify(stage)))
  return these.filter((stage) => !alike.has(JSON.stringify(stage)))
}

interface Span {
  first: number
  last: number
}

function toNumbers({ startsOn, endsOn }: { startsOn: string; endsOn: string }): Span {
  return { first: dayNumberOf(startsOn), last: dayNumberOf(endsOn) }
}

/** Days on which the classification may change: where a stage begins or has ended, and where another voting day is nearer. */
function breaksOf(told: readonly StageTold[]): number[] {
  const spans = told.flatMap(({ periods }) => periods).map(toNumbers)
  const edges = spans.flatMap(({ first, last }) => [first, last + 1])
  const votes = [...new Set(told.flatMap(({ votingDay }) => votingDay ?? []))].map(dayNumberOf)
  const middles = votes.flatMap((one) => votes.map((other) => Math.floor((one + other) / 2)))
  return [...new Set([...edges, ...middles, ...middles.map((middle) => middle + 1)])].sort((a, b) => a - b)
}

/** The parts of the spans that lie between two breaks, in their order; the ends of spans are breaks. */
function* partsBetween(breaks: readonly number[], spans: readonly Span[]): Iterable<Span> {
  for (const [index, first] of breaks.entries()) {
    const next = breaks[index + 1]
    if (next === undefined) return
    if (spans.some((span) => span.first <= first && first <= span.last)) yield { first, last: next - 1 }
  }
}

/** Neighbours that differ in the same way are one. */
function add(found: DifferentDays[], next: DifferentDays): void {
  const last = found.at(-1)
  const follows = last && dayNumberOf(last.to) + 1 === dayNumberOf(next.from)
  if (follows && isDeepStrictEqual([last.was, last.will], [next.was, next.will])) last.to = next.to
  else found.push(next)
}
