import { z } from 'zod'
import {
  confidences,
  contests,
  electionKinds,
  electionScopes,
  electionStatuses,
  stageGroups,
  stagePhases,
} from './election.ts'

const Text = z.string().trim().min(1).max(2000)
const Name = z.string().trim().min(1).max(300)
const Day = z.iso.date()
const ElectionCode = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9-]+$/, 'must be a letter and then a-z, 0-9 or "-"')
const StageCode = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9_]+$/, 'must be a letter and then a-z, 0-9 or "_"')
const RegionCode = z.string().regex(/^(?!00)\d{2}(\.\d{2})?$/, 'must be the Kemendagri code of a province or a regency')
const Contests = z.array(z.enum(contests)).min(1).refine(isSet, 'names a contest twice')

function isSet(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}

const NamedRegion = z.strictObject({
  name: Text,
  code: RegionCode,
  level: z.enum(['provinsi', 'kabupaten', 'kota']),
  province: Text.optional(),
})

const ExcludedRegion = z.strictObject({ name: Text, code: RegionCode, why: Text })

const ElectionHead = z.strictObject({
  code: ElectionCode,
  name_id: Name,
  name_en: Name,
  kind: z.enum(electionKinds),
  scope: z.enum(electionScopes),
  voting_day: Day.nullable(),
  status: z.enum(electionStatuses),
  contests: Contests,
  region_rule: Text,
  enacted_on: Day.optional(),
  parent_election: ElectionCode.optional(),
  legal_basis: Text.optional(),
  regions: z.array(NamedRegion).min(1).optional(),
  counts: z
    .strictObject({ provinces: z.int(), regencies: z.int(), cities: z.int(), total: z.int() })
    .describe('How many governors, regents and mayors are elected')
    .optional(),
  excluded: z
    .strictObject({
      governor: z.array(ExcludedRegion).optional(),
      regent_mayor: z.array(ExcludedRegion).optional(),
      source: Text.optional(),
    })
    .optional(),
  source: Text.optional(),
  confidence: z.enum(confidences).optional(),
  note: Text.optional(),
})

const StageEntry = z.strictObject({
  code: StageCode,
  group: z.enum(stageGroups),
  phase: z.enum(stagePhases),
  name_id: Name,
  name_en: Name,
  starts_on: Day.nullable(),
  ends_on: Day.nullable(),
  order: z.int().positive(),
  source: Text,
  confidence: z.enum(confidences),
  contests: Contests.optional(),
  parent: StageCode.optional(),
  starts_after: StageCode.optional(),
  only_with_override: z.boolean().optional(),
  excluded_regions: z.array(RegionCode).refine(isSet, 'names a region twice').optional(),
  excluded_regions_complete: z.boolean().optional(),
  date_rule: Text.optional(),
  note: Text.optional(),
})

const OverrideEntry = z.strictObject({
  region: RegionCode,
  stage: StageCode,
  starts_on: Day,
  ends_on: Day,
  source: Text,
})

/** One election of the calendar file. Members are strict: a misspelt one must not pass for an absent one. */
export const ElectionEntry = z.strictObject({
  election: ElectionHead,
  stages: z.array(StageEntry),
  overrides: z.array(OverrideEntry).optional(),
})
export type ElectionEntry = z.output<typeof ElectionEntry>
export type StageEntry = z.output<typeof StageEntry>
