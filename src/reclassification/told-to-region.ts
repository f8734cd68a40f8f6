import { countsFor, periodsIn } from '../classification/classify.ts'
import type { Calendar } from '../elections/calendar.ts'
import { contestsOf } from '../elections/contests.ts'
import type { Contest, Period, StageGroup } from '../elections/election.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { Region } from '../regions/region.ts'

/** A stage as it concerns one region that votes. */
export interface StageTold {
  election: string
  votingDay: string | null
  stage: string
  group: StageGroup
  order: number
  parent: string | null
  /** Those in which the region votes; never empty. */
  contests: Contest[]
  /** The days on which it is open there; never empty. */
  periods: readonly Period[]
}

/** All that a calendar says to a region: classification there depends on this and the local date, and on nothing else. */
export function toldToRegion(region: Region, calendar: Calendar, regions: RegionDirectory): StageTold[] {
  return calendar.elections.filter(countsFor).flatMap((election) => {
    const voted = contestsOf(region, election, regions)
    if (voted.length === 0) return []
    return election.stages.flatMap((stage) => {
      const contests = voted.filter((contest) => stage.contests.includes(contest))
      const periods = periodsIn(stage, region)
      if (contests.length === 0 || periods.length === 0) return []
      const { code, group, order, parent } = stage
      const { code: of, votingDay } = election
      return [{ election: of, votingDay, stage: code, group, order, parent, contests, periods }]
    })
  })
}
