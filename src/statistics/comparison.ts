import type { Caller } from '../access/caller.ts'
import { DomainError, type Fault } from '../errors.ts'
import type { Reference } from '../reference/store.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { Region } from '../regions/region.ts'
import type { Filter } from '../reports/filters.ts'
import { filtersOf } from '../reports/report-filters.ts'
import { type ComparedLevel, type CompareStagesQuery, comparedLevels, provinceMean } from './compare-schemas.ts'
import type { StageBasis } from './dimensions.ts'
import { regionAsked } from './region-asked.ts'
import { type Counterpart, counterpartOf, type StageAsked, stageAsked } from './stage-asked.ts'

/** What a query asks to compare, everything in it found. */
export interface Comparison extends StageAsked {
  region: Region
  level: ComparedLevel
  basis: StageBasis
  filters: readonly Filter[]
  baseline: Baseline | null
}

export interface Baseline extends Counterpart {
  kind: 'province_mean' | 'election'
  /** What its reports are counted by. */
  filters: readonly Filter[]
}

/** @throws DomainError parameter_invalid naming everything that does not exist or cannot be compared */
export function comparisonOf(query: CompareStagesQuery, caller: Caller, reference: Reference, now: Date): Comparison {
  const faults: Fault[] = []
  const attempt = <T>(check: () => T) => gathered(faults, check)
  const asked = attempt(() => stageAsked(query, reference.calendar))
  // Without the stage, where there is none: what else is wrong is said along with it.
  const filters = attempt(() => filtersFor(query, asked, reference, now))
  const region = attempt(() => regionAsked(query.region, caller, reference.regions))
  const level = region && attempt(() => levelOf(query, region))
  const baseline =
    asked && region && level && attempt(() => baselineOf(query, { ...asked, region, level }, caller, reference, now))
  if (!filters || !asked || !region || !level || baseline === undefined)
    throw new DomainError('parameter_invalid', {}, faults)
  return { ...asked, region, level, basis: query.anyStage ? 'any_stage' : 'primary_stage', filters, baseline }
}

/** What a check gives; undefined where it refuses, its faults added to those found before. */
function gathered<T>(faults: Fault[], check: () => T): T | undefined {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const isKnown = (fault: Fault) =>
      faults.some(({ parameter, code }) => parameter === fault.parameter && code === fault.code)
    faults.push(...error.faults.filter((fault) => !isKnown(fault)))
    return undefined
  }
}

function filtersFor(
  query: CompareStagesQuery,
  asked: StageAsked | undefined,
  reference: Reference,
  now: Date,
): Filter[] {
  const { election: _election, stage: _stage, regionLevel: _level, against: _against, ...filters } = query
  const ofStage = asked && { election: [asked.election.code], stage: [asked.stage.code] }
  return filtersOf({ ...filters, ...ofStage }, reference, now)
}

function levelOf({ regionLevel }: CompareStagesQuery, { level }: Region): ComparedLevel {
  const possible = comparedLevels.filter(
    (each) => level === 'nation' || level === each || (level === 'province' && each === 'regency'),
  )
  const unless = level === 'nation' ? 'province' : 'regency'
  const chosen = regionLevel ?? unless
  if (possible.includes(chosen)) return chosen
  throw refused(regionLevel === undefined ? 'region' : 'regionLevel', 'level_above_region')
}

function baselineOf(
  query: CompareStagesQuery,
  asked: StageAsked & { region: Region; level: ComparedLevel },
  caller: Caller,
  reference: Reference,
  now: Date,
): Baseline | null {
  const { election, stage, region, level } = asked
  if (query.against === undefined) return null
  if (query.against === provinceMean) {
    const seesRegencies = caller.scope.tier === 'national' || seesProvinceOf(region, caller, reference.regions)
    if (level !== 'regency' || !seesRegencies) throw refused('against', 'mean_not_seen')
    const province = region.level === 'regency' && region.province ? region.province : query.region
    const filters = filtersFor({ ...query, region: province }, asked, reference, now)
    return { kind: 'province_mean', election, matchedBy: 'stage', stages: [stage], filters }
  }
  const counterpart = counterpartOf(asked, query.against, reference.calendar)
  return { kind: 'election', ...counterpart, filters: filtersOfOther(query, counterpart, reference, now) }
}

/** The mean shows what all regencies of the province reported: not to one of them. */
function seesProvinceOf({ code }: Region, { scope }: Caller, regions: RegionDirectory): boolean {
  return scope.tier === 'province' && regions.isWithin(code, scope.region)
}

/** The other election had days of its own: it counts whole, whatever days are asked for here. */
function filtersOfOther(query: CompareStagesQuery, other: Counterpart, reference: Reference, now: Date): Filter[] {
  const { election: _election, stage: _stage, regionLevel: _level, against: _against, ...filters } = query
  const {
    dateFrom: _1,
    dateTo: _2,
    occurredFrom: _3,
    occurredTo: _4,
    receivedFrom: _5,
    receivedTo: _6,
    ...undated
  } = filters
  const stages = other.stages.map(({ code }) => code)
  return filtersOf({ ...undated, election: [other.election.code], stage: stages }, reference, now)
}

function refused(parameter: string, code: Fault['code']): DomainError {
  return new DomainError('parameter_invalid', {}, [{ parameter, code }])
}
