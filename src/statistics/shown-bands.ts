import { type Band, bandsAmong, sameStages, stagesDuring } from '../classification/bands.ts'
import type { Period } from '../elections/election.ts'
import type { Reference } from '../reference/store.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { Region, TimeZone } from '../regions/region.ts'
import type { Timeline } from './timeline-schemas.ts'

/** The stages of the calendar in force over a range of days, and how many regencies of the region have others. */
export function shownBands(
  region: Region,
  range: Period,
  reference: Reference,
): Pick<Timeline, 'bands' | 'deviations' | 'calendarVersion'> {
  const stages = stagesDuring(region, range, reference)
  const here = sameStages(stages)
  const regencies = regenciesIn(region, reference.regions)
  const others = regencies.filter((regency) => sameStages(stagesDuring(regency, range, reference)) !== here)
  return {
    bands: bandsAmong(stages, range).map(bandView),
    deviations: others.length,
    calendarVersion: reference.calendar.version,
  }
}

function bandView({ election, stage, contests, period, primaryOn }: Band): Timeline['bands'][number] {
  return {
    election: election.code,
    stage: stage.code,
    group: stage.group,
    contests,
    nameId: stage.nameId,
    nameEn: stage.nameEn,
    startsOn: period.startsOn,
    endsOn: period.endsOn,
    primaryOn,
  }
}

/** The regencies below a province or the nation; a regency and a district have none. */
export function regenciesIn({ code, level }: Region, regions: RegionDirectory): readonly Region[] {
  if (level === 'province') return regions.children(code)
  if (level === 'nation') return regions.children(code).flatMap((province) => regions.children(province.code))
  return []
}

/** The one time zone of a region; null where it spans several. */
export function zoneOf(region: Region, regions: RegionDirectory): TimeZone | null {
  const zones = new Set(regions.children(region.code).map(({ timeZone }) => timeZone))
  return zones.size > 1 ? null : region.timeZone
}
