import type { Tier } from '../access/vocabulary.ts'
import type { Filter } from '../reports/filters.ts'
import type { CountedLevel, Dimension, StageBasis } from './dimensions.ts'

/** What a table of totals can tell apart, besides handling, which each does. `kind` is what tells the least apart: type, phase, status. */
type Trait = 'province' | 'regency' | 'district' | 'day' | 'stage' | 'athg' | 'domain' | 'severity' | 'kind'

/** The tables of totals, those with few rows first. Their columns stand in `report_count_grains` of the database. */
const grains = [
  { table: 'report_counts_by_province', traits: ['province', 'stage'] },
  { table: 'report_counts_by_regency', traits: ['province', 'stage', 'regency'] },
  { table: 'report_counts_by_day', traits: ['province', 'stage', 'day'] },
  { table: 'report_counts_by_kind', traits: ['province', 'athg', 'domain', 'severity', 'kind'] },
  { table: 'report_counts_of_nation', traits: ['day', 'athg', 'domain', 'severity'] },
  {
    table: 'report_counts',
    traits: ['province', 'stage', 'regency', 'district', 'day', 'athg', 'domain', 'severity', 'kind'],
  },
] as const satisfies readonly { table: string; traits: readonly Trait[] }[]

export type TotalsTable = (typeof grains)[number]['table']

const ofDimension: Record<Exclude<Dimension, 'region'>, readonly Trait[]> = {
  election: ['stage'],
  stage: ['stage'],
  stageGroup: ['stage'],
  athg: ['athg'],
  domain: ['domain'],
  incidentType: ['kind'],
  severity: ['severity'],
  phase: ['kind'],
  status: ['kind'],
  handling: [],
  day: ['day'],
  week: ['day'],
  month: ['day'],
}
const ofLevel: Record<CountedLevel, readonly Trait[]> = {
  province: ['province'],
  regency: ['regency'],
  district: ['district'],
}
/** By the first word of a filter's shape. What is not named here no totals know. */
const ofFilter: Readonly<Record<string, readonly Trait[]>> = {
  province: ['province'],
  regency: ['regency'],
  district: ['regency', 'district'],
  'stages:false': ['stage'],
  athg: ['athg'],
  domain: ['domain'],
  incidentType: ['kind'],
  severity: ['severity'],
  phase: ['kind'],
  status: ['kind'],
  'one:athg': ['athg'],
  'one:domain': ['domain'],
  'one:incidentType': ['kind'],
  'one:severity': ['severity'],
  'one:phase': ['kind'],
  'one:status': ['kind'],
  dateFrom: ['day'],
  dateTo: ['day'],
}
const stageDimensions: readonly Dimension[] = ['election', 'stage', 'stageGroup']

/** What decides where numbers are taken from. */
export interface Asked {
  tier: Tier
  groupBy: readonly Dimension[]
  level: CountedLevel
  basis: StageBasis
  filters: readonly Pick<Filter, 'shape'>[]
}

/** The totals with the fewest rows that say all that is asked; `reports` where none does. */
export function totalsFor(asked: Asked): TotalsTable | 'reports' {
  return everyTotalsFor(asked)[0] ?? 'reports'
}

/** All totals that say what is asked, those with the fewest rows first. */
export function everyTotalsFor({ tier, groupBy, level, basis, filters }: Asked): TotalsTable[] {
  if (basis === 'any_stage' && groupBy.some((dimension) => stageDimensions.includes(dimension))) return []
  const filtered = filters.map(({ shape }) => ofFilter[shape] ?? ofFilter[shape.split(':', 2).join(':')])
  if (filtered.includes(undefined)) return []
  const dimensions = groupBy.map((dimension) => (dimension === 'region' ? ofLevel[level] : ofDimension[dimension]))
  const needed = new Set([...filtered, ...dimensions].flatMap((traits) => traits ?? []))
  // Below the nation one sees rows of one's own alone: those that say their province or regency.
  if (tier !== 'national') needed.add(tier === 'regency' ? 'regency' : 'province')
  const says = (traits: readonly Trait[]) => [...needed].every((trait) => traits.includes(trait))
  return grains.filter(({ traits }) => says(traits)).map(({ table }) => table)
}
