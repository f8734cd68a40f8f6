import { z } from 'zod'
import { LocalDate, Narrative, Text } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { ElectionCode, StageCode } from './codes.ts'
import {
  confidences,
  contests,
  type Election,
  electionKinds,
  electionScopes,
  electionStatuses,
  type Stage,
  stageGroups,
  stagePhases,
} from './election.ts'

const Name = Text(1, 300)
const Note = Narrative(1, 2_000).nullable()
const Contests = z.array(z.enum(contests)).max(contests.length)

const StageView = z
  .strictObject({
    code: StageCode,
    group: z.enum(stageGroups),
    phase: z.enum(stagePhases),
    nameId: Name,
    nameEn: Name,
    startsOn: LocalDate.nullable().describe('Null: open, or set by region, by Bawaslu or by a court'),
    endsOn: LocalDate.nullable(),
    contests: Contests.describe('The contests it concerns'),
    parent: StageCode.nullable().describe('The stage that it is part of'),
    onlyWithOverride: z.boolean().describe('A window: open only where a region has dates of its own'),
    excludedRegions: z.array(RegionCode).max(600),
    dateRule: Note,
    source: Text(1, 1_000),
    confidence: z.enum(confidences),
    note: Note,
  })
  .meta({ id: 'Stage' })

const OverrideView = z
  .strictObject({
    region: RegionCode,
    stage: StageCode,
    startsOn: LocalDate,
    endsOn: LocalDate,
    source: Text(1, 1_000),
  })
  .meta({ id: 'StageOverride' })

const summary = {
  code: ElectionCode,
  nameId: Name,
  nameEn: Name,
  kind: z.enum(electionKinds),
  scope: z.enum(electionScopes),
  status: z.enum(electionStatuses).describe('`planned` and `not_held` classify nothing'),
  votingDay: LocalDate.nullable(),
  contests: Contests,
  regions: z.array(RegionCode).max(600).nullable().describe('The only regions that vote; null: all'),
  parentElection: ElectionCode.nullable(),
  legalBasis: Note,
}

export const ElectionSummary = z.strictObject(summary).meta({ id: 'ElectionSummary' })
export const ElectionView = z
  .strictObject({
    ...summary,
    regionRule: Note,
    note: Note,
    stages: z.array(StageView).max(200),
    overrides: z.array(OverrideView).max(2_000),
    calendarVersion: z.int().min(1).max(1_000_000),
  })
  .meta({ id: 'Election' })
export const ElectionList = z
  .strictObject({ items: z.array(ElectionSummary).max(500), calendarVersion: z.int().min(1).max(1_000_000) })
  .meta({ id: 'ElectionList' })

export function summaryOf(election: Election): z.output<typeof ElectionSummary> {
  const { code, nameId, nameEn, kind, scope, status, votingDay, parentElection, legalBasis } = election
  const regions = election.regions && [...election.regions]
  return {
    code,
    nameId,
    nameEn,
    kind,
    scope,
    status,
    votingDay,
    contests: [...election.contests],
    regions,
    parentElection,
    legalBasis,
  }
}

export function electionView(election: Election, calendarVersion: number): z.output<typeof ElectionView> {
  const { regionRule, note, stages } = election
  const overrides = election.overrides.map(({ region, stage, startsOn, endsOn, source }) => ({
    region,
    stage,
    startsOn,
    endsOn,
    source,
  }))
  return { ...summaryOf(election), regionRule, note, stages: stages.map(stageView), overrides, calendarVersion }
}

function stageView(stage: Stage): z.output<typeof StageView> {
  const {
    code,
    group,
    phase,
    nameId,
    nameEn,
    startsOn,
    endsOn,
    parent,
    onlyWithOverride,
    dateRule,
    source,
    confidence,
    note,
  } = stage
  const [contestsOf, excludedRegions] = [[...stage.contests], [...stage.excludedRegions]]
  return {
    code,
    group,
    phase,
    nameId,
    nameEn,
    startsOn,
    endsOn,
    contests: contestsOf,
    parent,
    onlyWithOverride,
    excludedRegions,
    dateRule,
    source,
    confidence,
    note,
  }
}
