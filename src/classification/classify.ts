import type { Calendar } from '../elections/calendar.ts'
import { contestsOf, votingRegion } from '../elections/contests.ts'
import {
  type Contest,
  type Election,
  type Period,
  type Stage,
  type StageGroup,
  stageGroups,
} from '../elections/election.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { Region } from '../regions/region.ts'

export { contestsOf } from '../elections/contests.ts'

/** A stage that is open in a region on a local date. */
export interface OpenStage {
  election: string
  stage: string
  group: StageGroup
  /** Those of its contests in which the region votes. */
  contests: Contest[]
  primary: boolean
  /** The days on which it is open in this region. */
  startsOn: string
  endsOn: string
}

/** A stage that is open in a region in a period; `contests` are those in which the region votes. */
export interface Candidate {
  election: Election
  stage: Stage
  contests: Contest[]
  period: Period
}

/**
 * The election stages open in a region on a local date `YYYY-MM-DD`, the one primary stage first; none outside every
 * stage. A district is classified as its regency. An election that was not held, or is only planned, counts for nothing.
 */
export function classify(region: Region, localDate: string, calendar: Calendar, regions: RegionDirectory): OpenStage[] {
  const voting = votingRegion(region, regions)
  if (!voting) return []
  const open: Candidate[] = []
  for (const election of calendar.elections) {
    if (!countsFor(election)) continue
    addOpenStages(open, voting, localDate, election, regions)
  }
  return ranked(open, localDate).map(({ election, stage, contests, period }, position) => ({
    election: election.code,
    stage: stage.code,
    group: stage.group,
    contests,
    primary: position === 0,
    startsOn: period.startsOn,
    endsOn: period.endsOn,
  }))
}

/** False of an election that was not held or has no calendar yet: it classifies nothing. */
export function countsFor({ status }: Election): boolean {
  return status !== 'not_held' && status !== 'planned'
}

/** The stages are looked at before the contests, since on most days an election has no open stage at all. */
function addOpenStages(
  open: Candidate[],
  region: Region,
  localDate: string,
  election: Election,
  regions: RegionDirectory,
): void {
  let voted: Contest[] | undefined
  for (const stage of election.stages) {
    const period = openPeriod(stage, region, localDate)
    if (!period) continue
    voted ??= contestsOf(region, election, regions)
    const contests = voted.filter((contest) => stage.contests.includes(contest))
    if (contests.length > 0) open.push({ election, stage, contests, period })
  }
}

function openPeriod(stage: Stage, region: Region, localDate: string): Period | undefined {
  return periodsIn(stage, region).find((period) => isOpen(period, localDate))
}

/**
 * The days on which a stage is open in a region that votes: what is said of the region itself counts before what is said of
 * its province, and both before the stage's own dates.
 */
export function periodsIn(stage: Stage, region: Region): readonly Period[] {
  for (const code of [region.code, region.province]) {
    if (code === null) continue
    const overridden = stage.overrides.get(code)
    if (overridden) return overridden
    if (stage.excludedRegions.includes(code)) return []
  }
  return stage.period ? [stage.period] : []
}

export function isOpen(period: Period, localDate: string): boolean {
  return period.startsOn <= localDate && localDate <= period.endsOn
}

/** Stages that can be primary first, each part in the order of rank. A child stands for itself where its parent is closed. */
export function ranked(open: Candidate[], localDate: string): Candidate[] {
  if (open.length < 2) return open
  const isChild = (child: Candidate) =>
    child.stage.parent !== null &&
    open.some(({ election, stage }) => election === child.election && stage.code === child.stage.parent)
  const children = open.filter(isChild)
  const others = children.length === 0 ? open : open.filter((candidate) => !children.includes(candidate))
  const byRank = (a: Candidate, b: Candidate) => compare(a, b, localDate)
  return [...others.sort(byRank), ...children.sort(byRank)]
}

/** Narrowest group, latest start, earliest end, nearest voting day, lowest order; then the codes, so that no tie is left. */
function compare(a: Candidate, b: Candidate, localDate: string): number {
  return (
    stageGroups.indexOf(a.stage.group) - stageGroups.indexOf(b.stage.group) ||
    compareText(b.period.startsOn, a.period.startsOn) ||
    compareText(a.period.endsOn, b.period.endsOn) ||
    compareNumbers(daysToVoting(a.election, localDate), daysToVoting(b.election, localDate)) ||
    a.stage.order - b.stage.order ||
    compareText(a.election.code, b.election.code) ||
    compareText(a.stage.code, b.stage.code)
  )
}

function daysToVoting(election: Election, localDate: string): number {
  if (election.votingDay === null) return Number.POSITIVE_INFINITY
  return Math.abs(Date.parse(election.votingDay) - Date.parse(localDate)) / 86_400_000
}

function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
