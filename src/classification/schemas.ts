import { z } from 'zod'
import { ElectionCode, StageCode } from '../elections/codes.ts'
import { contests, stageGroups } from '../elections/election.ts'
import { LocalDate, OpenList, Text, Timestamp } from '../http/schemas.ts'
import { positionBases } from '../regions/boundaries.ts'
import { timeZones } from '../regions/region.ts'
import { RegionCode } from '../regions/schemas.ts'
import { placeFlags } from './place-flags.ts'

const openStage = {
  election: ElectionCode,
  stage: StageCode,
  group: z.enum(stageGroups),
  contests: z.array(z.enum(contests)).min(1).max(8).describe('Those of its contests in which the region votes'),
  primary: z.boolean(),
}

/** A stage that a report falls in. */
export const ReportStage = z.strictObject(openStage).meta({ id: 'ReportStage' })

/** A stage that is open in a region on a day. */
export const OpenStageView = z
  .strictObject({
    ...openStage,
    nameId: Text(1, 300),
    nameEn: Text(1, 300),
    startsOn: LocalDate,
    endsOn: LocalDate,
  })
  .meta({ id: 'OpenStage' })

const { primary: _primary, ...ofStage } = openStage

/** A stage in a region over the days of a range. */
export const BandView = z
  .strictObject({
    ...ofStage,
    nameId: Text(1, 300),
    nameEn: Text(1, 300),
    startsOn: LocalDate.describe('The first day on which it is open there, even before the range'),
    endsOn: LocalDate.describe('The last day on which it is open there, even after the range'),
    primaryOn: z
      .array(z.strictObject({ startsOn: LocalDate, endsOn: LocalDate }))
      .max(10_000)
      .describe('The days of the range on which it is the primary stage; they overlap with those of no other band'),
  })
  .meta({ id: 'StageBand' })

const ReportPosition = z
  .strictObject({
    region: RegionCode.nullable().describe('A regency; null where none lies within 5 km'),
    basis: z.enum(positionBases).describe('Inside its boundary, the nearest within 5 km, or none'),
    approximate: z.boolean().describe('True for the nearest'),
    distanceMetres: z.int().min(0).max(5_000).nullable().describe('How far the regency is: 0 inside'),
  })
  .meta({ id: 'ReportPosition' })

export const ClassificationView = z
  .strictObject({
    region: z.strictObject({
      code: RegionCode.describe(
        'The code of the place today: what the report counts under, whatever code it was posted with',
      ),
      regency: RegionCode.nullable(),
      province: RegionCode.nullable(),
      basis: z.enum(['code']).describe('What the region follows from: the code that was sent'),
      timeZone: z.enum(timeZones),
      localDate: LocalDate.describe('The day it happened, in the region'),
      position: ReportPosition.nullable().describe(
        'Where the coordinates lie; null without coordinates, and where the service had no boundaries when it classified',
      ),
    }),
    stages: z.array(ReportStage).max(50).describe('Primary first; empty outside every stage'),
    calendarVersion: z.int().min(1).max(1_000_000),
    classifiedAt: Timestamp,
    flags: z
      .array(OpenList(['late', 'occurred_in_future', ...placeFlags]))
      .max(10)
      .describe(
        '`location_mismatch`: the coordinates lie in another regency than the given one (of a province: in another province). `location_approximate`: they lie in none, but within 5 km of one',
      ),
  })
  .meta({ id: 'Classification' })
