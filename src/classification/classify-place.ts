import type { Calendar } from '../elections/calendar.ts'
import type { Boundaries, Coordinates, Located } from '../regions/boundaries.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import { classify, type OpenStage } from './classify.ts'
import { localDateIn } from './local-date.ts'
import { type PlaceFlag, placeFlagsOf } from './place-flags.ts'

/** What an office tells of where something happened. */
export interface ToldPlace {
  /** A code of today or a former one. */
  regionCode: string
  coordinates: Coordinates | null
}

/** Where something happened and in which election stages: what a report keeps of its classification. */
export interface PlaceClassified {
  region: {
    /** Today's. */
    regionCode: string
    /** What was told, where it is not today's. */
    postedRegionCode: string | null
    regencyCode: string | null
    provinceCode: string | null
    timeZone: string
    /** `YYYY-MM-DD` in the region's own time zone. */
    localDate: string
  }
  /** Where the coordinates lie; null without coordinates or boundaries. */
  position: Located | null
  flags: PlaceFlag[]
  /** Primary first; empty outside every stage. */
  stages: Omit<OpenStage, 'startsOn' | 'endsOn'>[]
}

/** What places are classified by. */
export interface PlaceReference {
  calendar: Calendar
  regions: RegionDirectory
  boundaries: Boundaries | null
}

/**
 * All that follows from what was told and the reference data in force. The position never changes the region.
 * @throws when the region is unknown: the caller checks that first
 */
export function classifyPlace(
  { regionCode, coordinates }: ToldPlace,
  instant: Date,
  { calendar, regions, boundaries }: PlaceReference,
): PlaceClassified {
  const region = regions.today(regionCode)
  if (!region) throw new Error(`No region ${regionCode}`)
  const localDate = localDateIn(region.timeZone, instant)
  const position = boundaries && coordinates && boundaries.locate(coordinates)
  const stages = classify(region, localDate, calendar, regions)
  return {
    region: {
      regionCode: region.code,
      postedRegionCode: region.code === regionCode ? null : regionCode,
      regencyCode: region.regency,
      provinceCode: region.province,
      timeZone: region.timeZone,
      localDate,
    },
    position,
    flags: position && boundaries ? placeFlagsOf(region, position, { regions, boundaries }) : [],
    stages: stages.map(({ election, stage, group, contests, primary }) => ({
      election,
      stage,
      group,
      contests,
      primary,
    })),
  }
}
