import type { RegionDirectory } from '../regions/directory.ts'
import type { ElectionEntry, StageEntry } from './calendar-document.ts'
import type { CalendarFault } from './calendar-error.ts'
import { contestsOf } from './contests.ts'
import type { Election, Stage } from './election.ts'
import { isUndated } from './to-election.ts'

/** What is wrong with the stages and overrides of an election; paths are within its entry. */
export function* checkStages(
  entry: ElectionEntry,
  election: Election,
  regions: RegionDirectory,
): Iterable<CalendarFault> {
  for (const [position, stage] of entry.stages.entries()) {
    const at = (member: string, message: string) => ({ path: `/stages/${position}/${member}`, message })
    yield* checkUnique(entry, position, at)
    yield* checkDates(stage, entry, at)
    yield* checkContests(stage, entry, at)
    yield* checkStartsAfter(stage, entry, at)
    yield* checkParent(stage, election, at)
    for (const [index, code] of (stage.excluded_regions ?? []).entries()) {
      if (!regions.find(code)) yield at(`excluded_regions/${index}`, `${code} does not exist`)
    }
  }
  yield* checkOverrides(election, regions)
}

type At = (member: string, message: string) => CalendarFault

function* checkUnique({ stages }: ElectionEntry, position: number, at: At): Iterable<CalendarFault> {
  const earlier = stages.slice(0, position)
  const stage = stages[position]
  if (!stage) return
  if (earlier.some(({ code }) => code === stage.code)) yield at('code', `${stage.code} is given twice`)
  const sameOrder = earlier.find(({ order }) => order === stage.order)
  if (sameOrder) yield at('order', `${stage.order} is the order of ${sameOrder.code} as well`)
}

function* checkDates(stage: StageEntry, { election }: ElectionEntry, at: At): Iterable<CalendarFault> {
  const { starts_on: startsOn, ends_on: endsOn } = stage
  if (startsOn !== null && endsOn !== null && startsOn > endsOn) yield at('ends_on', 'lies before the start')
  if (isUndated(stage)) return
  if (startsOn === null && endsOn !== null) {
    if (election.enacted_on === undefined) yield at('starts_on', 'an open start needs the enacted_on of the election')
    else if (election.enacted_on > endsOn) yield at('ends_on', 'lies before the enacted_on of the election')
  }
  if (startsOn !== null && endsOn === null) {
    if (election.voting_day === null) yield at('ends_on', 'an open end needs the voting_day of the election')
    else if (election.voting_day < startsOn)
      yield at('ends_on', 'an open end lasts to voting day, which is before the start')
  }
}

function* checkContests(stage: StageEntry, { election }: ElectionEntry, at: At): Iterable<CalendarFault> {
  for (const [index, contest] of (stage.contests ?? []).entries()) {
    if (!election.contests.includes(contest)) {
      yield at(`contests/${index}`, `${contest} is not a contest of this election`)
    }
  }
}

function* checkStartsAfter(stage: StageEntry, { stages }: ElectionEntry, at: At): Iterable<CalendarFault> {
  const after = stage.starts_after
  if (after === undefined) return
  if (stage.starts_on !== null) yield at('starts_after', 'contradicts starts_on: give one of the two')
  if (after === stage.code) yield at('starts_after', 'is the stage itself')
  else if (!stages.some(({ code }) => code === after))
    yield at('starts_after', `${after} is not a stage of this election`)
}

function* checkParent(stage: StageEntry, election: Election, at: At): Iterable<CalendarFault> {
  if (stage.parent === undefined) return
  if (stage.parent === stage.code) return yield at('parent', 'is the stage itself')
  const parent = election.stages.find(({ code }) => code === stage.parent)
  if (!parent) return yield at('parent', `${stage.parent} is not a stage of this election`)
  if (parent.parent !== null) yield at('parent', `${parent.code} is itself part of ${parent.parent}`)
  const child = election.stages.find(({ code }) => code === stage.code)
  if (!child) return
  if (child.contests.some((contest) => !parent.contests.includes(contest))) {
    yield at('contests', `go beyond those of its parent ${parent.code}`)
  }
  if (reachesBeyond(child, parent)) yield at('starts_on', `its days go beyond those of its parent ${parent.code}`)
}

function reachesBeyond(child: Stage, parent: Stage): boolean {
  if (child.period === null) return false
  if (parent.period === null) return true
  return child.period.startsOn < parent.period.startsOn || child.period.endsOn > parent.period.endsOn
}

function* checkOverrides(election: Election, regions: RegionDirectory): Iterable<CalendarFault> {
  for (const [position, override] of election.overrides.entries()) {
    const at = (member: string, message: string) => ({ path: `/overrides/${position}/${member}`, message })
    const region = regions.find(override.region)
    const stage = election.stages.find(({ code }) => code === override.stage)
    if (!stage) yield at('stage', `${override.stage} is not a stage of this election`)
    if (override.startsOn > override.endsOn) yield at('ends_on', 'lies before the start')
    if (!region) yield at('region', `${override.region} does not exist`)
    else if (stage && !contestsOf(region, election, regions).some((held) => stage.contests.includes(held))) {
      yield at('region', `${region.name} votes in none of the contests of ${override.stage}`)
    }
    const overlapping = election.overrides
      .slice(0, position)
      .some(
        (other) =>
          other.region === override.region &&
          other.stage === override.stage &&
          other.startsOn <= override.endsOn &&
          override.startsOn <= other.endsOn,
      )
    if (overlapping) yield at('starts_on', 'overlaps an earlier override of the same region and stage')
  }
}
