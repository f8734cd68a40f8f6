import type { Calendar } from '../elections/calendar.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import { classify, type OpenStage } from './classify.ts'
import { localDateIn } from './local-date.ts'

/** Where something happened and in which election stages: what a report keeps of its classification. */
export interface PlaceClassified {
  region: {
    regionCode: string
    regencyCode: string | null
    provinceCode: string | null
    timeZone: string
    /** `YYYY-MM-DD` in the region's own time zone. */
    localDate: string
  }
  /** Primary first; empty outside every stage. */
  stages: Omit<OpenStage, 'startsOn' | 'endsOn'>[]
}

/** @throws when the region is unknown: the caller checks that first */
export function classifyPlace(
  regionCode: string,
  instant: Date,
  { calendar, regions }: { calendar: Calendar; regions: RegionDirectory },
): PlaceClassified {
  const region = regions.find(regionCode)
  if (!region) throw new Error(`No region ${regionCode}`)
  const localDate = localDateIn(region.timeZone, instant)
  const stages = classify(region, localDate, calendar, regions)
  return {
    region: {
      regionCode,
      regencyCode: region.regency,
      provinceCode: region.province,
      timeZone: region.timeZone,
      localDate,
    },
    stages: stages.map(({ election, stage, group, contests, primary }) => ({
      election,
      stage,
      group,
      contests,
      primary,
    })),
  }
}
