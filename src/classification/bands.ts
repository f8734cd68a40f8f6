import type { Calendar } from '../elections/calendar.ts'
import { contestsOf, votingRegion } from '../elections/contests.ts'
import type { Contest, Election, Period, Stage } from '../elections/election.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { Region } from '../regions/region.ts'
import { type Candidate, countsFor, isOpen, periodsIn, ranked } from './classify.ts'
import { dayAfter, dayBefore } from './local-date.ts'

/** A stage in a region over the days of a range. */
export interface Band extends Candidate {
  /** The days of the range on which it is the primary stage: in order, apart from each other. */
  primaryOn: Period[]
}

interface Known {
  calendar: Calendar
  regions: RegionDirectory
}

/** What `classify` says of a region on each day of a range, as the stages that it names on any of them: the earliest first. */
export function bandsOf(region: Region, range: Period, known: Known): Band[] {
  return bandsAmong(stagesDuring(region, range, known), range)
}

/** The stages open in a region on any day of a range. A stage that overrides open twice is there twice. */
export function stagesDuring(region: Region, range: Period, { calendar, regions }: Known): Candidate[] {
  const voting = votingRegion(region, regions)
  if (!voting) return []
  const found: Candidate[] = []
  for (const election of calendar.elections) {
    if (countsFor(election)) addStagesDuring(found, voting, range, election, regions)
  }
  return found
}

function addStagesDuring(
  found: Candidate[],
  region: Region,
  range: Period,
  election: Election,
  regions: RegionDirectory,
): void {
  let voted: Contest[] | undefined
  for (const stage of election.stages) {
    const periods = periodsIn(stage, region).filter((period) => touch(period, range))
    if (periods.length === 0) continue
    voted ??= contestsOf(region, election, regions)
    const contests = voted.filter((contest) => stage.contests.includes(contest))
    if (contests.length > 0) found.push(...periods.map((period) => ({ election, stage, contests, period })))
  }
}

function touch(a: Period, b: Period): boolean {
  return a.startsOn <= b.endsOn && b.startsOn <= a.endsOn
}

/** Which of the stages of a range is primary on which of its days: asked once wherever the answer can turn, not once a day. */
export function bandsAmong(stages: readonly Candidate[], range: Period): Band[] {
  const bands = new Map<Candidate, Band>(stages.map((stage) => [stage, { ...stage, primaryOn: [] }]))
  const turns = turnsIn(stages, range)
  for (const [index, startsOn] of turns.entries()) {
    const next = turns[index + 1]
    const endsOn = next === undefined ? range.endsOn : dayBefore(next)
    const open = stages.filter(({ period }) => isOpen(period, startsOn))
    const [primary] = ranked(open, startsOn)
    if (primary) extend(bands.get(primary)?.primaryOn ?? [], { startsOn, endsOn })
  }
  return [...bands.values()].sort(byStart)
}

function extend(periods: Period[], by: Period): void {
  const last = periods.at(-1)
  if (last && dayAfter(last.endsOn) === by.startsOn) periods[periods.length - 1] = { ...last, endsOn: by.endsOn }
  else periods.push(by)
}

/** The days from which another stage may be primary than the day before, in order; the first of the range is one. */
function turnsIn(stages: readonly Candidate[], range: Period): string[] {
  const turns = new Set([range.startsOn])
  for (const { period } of stages) turns.add(period.startsOn).add(dayAfter(period.endsOn))
  for (const [index, stage] of stages.entries()) {
    for (const other of stages.slice(index + 1)) if (isLevel(stage, other)) addMiddle(turns, stage, other)
  }
  return [...turns].filter((day) => isOpen(range, day)).sort()
}

/** Whether nothing tells two stages apart but whose voting day is nearer, which is another one from some day on. */
function isLevel(a: Candidate, b: Candidate): boolean {
  return (
    a.stage.group === b.stage.group && a.period.startsOn === b.period.startsOn && a.period.endsOn === b.period.endsOn
  )
}

function addMiddle(turns: Set<string>, a: Candidate, b: Candidate): void {
  if (a.election.votingDay === null || b.election.votingDay === null) return
  const middle = (Date.parse(a.election.votingDay) + Date.parse(b.election.votingDay)) / 2
  const day = new Date(middle).toISOString().slice(0, 10)
  turns.add(day).add(dayAfter(day))
}

function byStart(a: Band, b: Band): number {
  const key = ({ election, stage, period }: Band) =>
    `${period.startsOn} ${period.endsOn} ${election.code} ${String(stage.order).padStart(6, '0')} ${stage.code}`
  return key(a) < key(b) ? -1 : 1
}

/** What tells the stages of two regions apart, contests aside: a regency has others than its province on every day. */
export function sameStages(stages: readonly Candidate[]): string {
  return stages.map((each) => `${each.election.code} ${nameOf(each.stage, each.period)}`).join()
}

function nameOf({ code }: Stage, { startsOn, endsOn }: Period): string {
  return `${code} ${startsOn} ${endsOn}`
}
