import type { ElectionEntry, StageEntry } from './calendar-document.ts'
import { type Contest, contests, type Election, type Override, type Period, type Stage } from './election.ts'

type Head = ElectionEntry['election']

/** An election of the file as the service uses it: names in camelCase, absent members as null, periods worked out. */
export function toElection({ election: head, stages, overrides = [] }: ElectionEntry): Election {
  const given = overrides.map(toOverride)
  return {
    code: head.code,
    nameId: head.name_id,
    nameEn: head.name_en,
    kind: head.kind,
    scope: head.scope,
    votingDay: head.voting_day,
    status: head.status,
    enactedOn: head.enacted_on ?? null,
    contests: inOrder(head.contests),
    regions: head.regions?.map((region) => region.code) ?? null,
    excluded: {
      governor: head.excluded?.governor?.map((region) => region.code) ?? [],
      regentMayor: head.excluded?.regent_mayor?.map((region) => region.code) ?? [],
    },
    counts: countsIn(head),
    regionRule: head.region_rule,
    parentElection: head.parent_election ?? null,
    legalBasis: head.legal_basis ?? null,
    source: head.source ?? null,
    confidence: head.confidence ?? null,
    note: head.note ?? null,
    stages: stages.map((stage) => toStage(stage, head, given)),
    overrides: given,
  }
}

function toOverride(override: NonNullable<ElectionEntry['overrides']>[number]): Override {
  const { region, stage, source } = override
  return { region, stage, startsOn: override.starts_on, endsOn: override.ends_on, source }
}

function countsIn({ counts }: Head): Election['counts'] {
  return counts ? { governor: counts.provinces, regent: counts.regencies, mayor: counts.cities } : null
}

function toStage(stage: StageEntry, head: Head, overrides: readonly Override[]): Stage {
  return {
    code: stage.code,
    group: stage.group,
    phase: stage.phase,
    nameId: stage.name_id,
    nameEn: stage.name_en,
    startsOn: stage.starts_on,
    endsOn: stage.ends_on,
    order: stage.order,
    contests: inOrder(stage.contests ?? head.contests),
    parent: stage.parent ?? null,
    startsAfter: stage.starts_after ?? null,
    onlyWithOverride: stage.only_with_override ?? false,
    excludedRegions: stage.excluded_regions ?? [],
    excludedRegionsComplete: stage.excluded_regions_complete ?? true,
    dateRule: stage.date_rule ?? null,
    source: stage.source,
    confidence: stage.confidence,
    note: stage.note ?? null,
    period: periodOf(stage, head),
    overrides: periodsByRegion(overrides.filter((override) => override.stage === stage.code)),
  }
}

function inOrder(given: readonly Contest[]): Contest[] {
  return contests.filter((contest) => given.includes(contest))
}

/** True if the file leaves it to a region, a court or Bawaslu when the stage is open. */
export function isUndated(stage: StageEntry): boolean {
  const hasNoDate = stage.starts_on === null && stage.ends_on === null
  return stage.only_with_override === true || stage.starts_after !== undefined || hasNoDate
}

/** An open start counts from the day the election was enacted, an open end lasts to voting day. */
function periodOf(stage: StageEntry, head: Head): Period | null {
  if (isUndated(stage)) return null
  const startsOn = stage.starts_on ?? head.enacted_on
  const endsOn = stage.ends_on ?? head.voting_day
  return startsOn && endsOn ? { startsOn, endsOn } : null
}

function periodsByRegion(overrides: readonly Override[]): ReadonlyMap<string, readonly Period[]> {
  const periods = new Map<string, Period[]>()
  for (const { region, startsOn, endsOn } of overrides) {
    periods.set(region, [...(periods.get(region) ?? []), { startsOn, endsOn }])
  }
  return periods
}
