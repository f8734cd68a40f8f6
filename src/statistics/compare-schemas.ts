import { z } from 'zod'
import { ElectionCode, StageCode } from '../elections/codes.ts'
import { stageGroups } from '../elections/election.ts'
import { Text, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { refuseReversedRanges } from '../reports/filter-schemas.ts'
import { statisticsFilters } from './schemas.ts'

export const comparedLevels = ['province', 'regency'] as const
export type ComparedLevel = (typeof comparedLevels)[number]

export const provinceMean = 'province_mean'

export const CompareStagesQuery = z
  .strictObject({
    ...statisticsFilters,
    election: ElectionCode.describe('The election of the stage'),
    stage: StageCode.describe('The stage, by its code in that election'),
    anyStage: statisticsFilters.anyStage.describe(
      'Count every report and day on which the stage was open, not those alone on which it was the primary one',
    ),
    regionLevel: z
      .enum(comparedLevels)
      .optional()
      .describe('What is compared: provinces of the nation, regencies of anything smaller, unless said'),
    against: z
      .string()
      .regex(/^(?:province_mean|[a-z][a-z0-9-]{1,59})$/)
      .optional()
      .describe(
        '`province_mean`: the regencies of the province taken together, for offices that see them. The code of an election: the ' +
          'stage of the same code there, or those of the same group',
      ),
  })
  .superRefine((query, ctx) =>
    refuseReversedRanges({ ...query, election: [query.election], stage: [query.stage] }, ctx),
  )
export type CompareStagesQuery = z.output<typeof CompareStagesQuery>

const Count = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const Rate = z.number().min(0).nullable()

const rates = {
  perDay: Rate.describe('`count / days`, not rounded'),
  per100k: Rate.describe('`count / population * 100000`'),
  perDayPer100k: Rate.describe('`count / (days * population) * 100000`'),
}

const measure = {
  count: Count.describe('Reports of the stage under the filters'),
  days: Count.describe('Days of the stage up to today there'),
  population: Count.nullable().describe('Null where it is not known'),
}

export const StageBaseline = z
  .strictObject({
    ...measure,
    regions: z
      .int()
      .min(0)
      .max(1_000)
      .describe('How many regions it is made of: 1, or the regencies that the stage concerns'),
    ...rates,
  })
  .meta({
    id: 'StageBaseline',
    description:
      'Of a province, counts, days and people are sums over its regencies, the compared one among them, and the rates are made ' +
      'of the sums (`perDayPer100k` of the sum of days times people).',
  })

export const ComparedStage = z
  .strictObject({
    region: RegionCode,
    ...measure,
    ...rates,
    baseline: StageBaseline.nullable().describe('Null unless asked for with `against`'),
    ratio: z
      .strictObject({ perDay: Rate, per100k: Rate, perDayPer100k: Rate })
      .describe('Each rate by that of the baseline; null where that is 0 or absent'),
  })
  .meta({ id: 'ComparedStage' })

const ComparedWith = z
  .strictObject({
    kind: z.enum([provinceMean, 'election']),
    election: ElectionCode,
    matchedBy: z
      .enum(['stage', 'group'])
      .describe('`group`: the election has no stage of this code, and all of its group stand for it'),
    stages: z.array(StageCode).min(1).max(200),
  })
  .meta({ id: 'ComparedWith' })

export const StageComparison = z
  .strictObject({
    election: ElectionCode,
    stage: StageCode,
    group: z.enum(stageGroups),
    nameId: Text(1, 300),
    nameEn: Text(1, 300),
    region: RegionCode,
    regionLevel: z.enum(comparedLevels),
    basis: z
      .enum(['primary_stage', 'any_stage'])
      .describe('Whether reports and days count where the stage is the primary one, or wherever it is open'),
    against: ComparedWith.nullable(),
    total: Count.describe('Reports in all: those of `items`, and `aboveLevel`'),
    aboveLevel: Count.describe('Reports that lie above the level compared, such as at the province itself: in no item'),
    items: z.array(ComparedStage).max(1_000).describe('Every region of the level that you may see, by code'),
    calendarVersion: z.int().min(1).max(1_000_000),
    at: Timestamp.describe('When it was counted'),
  })
  .meta({ id: 'StageComparison' })
export type StageComparison = z.output<typeof StageComparison>
