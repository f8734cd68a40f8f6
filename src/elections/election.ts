/** In the order in which contests are always listed. */
export const contests = [
  'president',
  'dpr',
  'dpd',
  'dprd_province',
  'dprd_regency',
  'governor',
  'regent',
  'mayor',
] as const
export type Contest = (typeof contests)[number]

/** Narrowest first: where several stages are open, the one whose group comes first is the primary one. */
export const stageGroups = [
  'pungut_hitung',
  'masa_tenang',
  'kampanye',
  'rekapitulasi',
  'sengketa',
  'pencalonan',
  'pemilih',
  'peserta',
  'persiapan',
  'hasil',
  'pelantikan',
] as const
export type StageGroup = (typeof stageGroups)[number]

export const stagePhases = ['pra', 'pelaksanaan', 'pasca'] as const
export type StagePhase = (typeof stagePhases)[number]

export const electionKinds = [
  'pemilu',
  'pemilu_putaran_kedua',
  'pemilu_daerah',
  'pilkada',
  'pilkada_ulang',
  'psu',
] as const
export type ElectionKind = (typeof electionKinds)[number]

export const electionScopes = ['national', 'provincial', 'regional', 'overseas'] as const
export type ElectionScope = (typeof electionScopes)[number]

/** `planned` has no calendar in force yet; `scheduled` has one and has not voted; `not_held` never took place. */
export const electionStatuses = ['planned', 'scheduled', 'held', 'not_held'] as const
export type ElectionStatus = (typeof electionStatuses)[number]

/** How well a source supports a date. */
export const confidences = [
  'verified',
  'partly',
  'derived',
  'uncertain',
  'region_dependent',
  'set_by_bawaslu',
  'no_dates',
] as const
export type Confidence = (typeof confidences)[number]

/** Local dates `YYYY-MM-DD`, the last day included. */
export interface Period {
  readonly startsOn: string
  readonly endsOn: string
}

/** The dates of one stage in one region, or in a province and all its regencies. */
export interface Override extends Period {
  readonly region: string
  readonly stage: string
  readonly source: string
}

export interface Stage {
  readonly code: string
  readonly group: StageGroup
  readonly phase: StagePhase
  readonly nameId: string
  readonly nameEn: string
  /** As the source gives it: null is an open start, or no date at all. `period` says what follows from it. */
  readonly startsOn: string | null
  readonly endsOn: string | null
  readonly order: number
  /** The contests it concerns: all those of the election unless the calendar names some. */
  readonly contests: readonly Contest[]
  readonly parent: string | null
  readonly startsAfter: string | null
  readonly onlyWithOverride: boolean
  readonly excludedRegions: readonly string[]
  /** False where more regions than those listed may have taken no part. */
  readonly excludedRegionsComplete: boolean
  readonly dateRule: string | null
  readonly source: string
  readonly confidence: Confidence
  readonly note: string | null
  /** The days on which it is open where no override says otherwise; null: nowhere. */
  readonly period: Period | null
  /** By region code. */
  readonly overrides: ReadonlyMap<string, readonly Period[]>
}

export interface ContestCounts {
  governor: number
  regent: number
  mayor: number
}

export interface Election {
  readonly code: string
  readonly nameId: string
  readonly nameEn: string
  readonly kind: ElectionKind
  readonly scope: ElectionScope
  readonly votingDay: string | null
  readonly status: ElectionStatus
  /** The day from which an open start counts. */
  readonly enactedOn: string | null
  readonly contests: readonly Contest[]
  /** The only regions that vote, a province with its regencies; null: all. */
  readonly regions: readonly string[] | null
  /** Regions that do not vote in a contest that others of their kind hold. */
  readonly excluded: { readonly governor: readonly string[]; readonly regentMayor: readonly string[] }
  readonly counts: ContestCounts | null
  readonly regionRule: string
  readonly parentElection: string | null
  readonly legalBasis: string | null
  readonly source: string | null
  readonly confidence: Confidence | null
  readonly note: string | null
  readonly stages: readonly Stage[]
  readonly overrides: readonly Override[]
}
