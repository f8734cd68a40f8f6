import { weekOf } from '../statistics/model/counts.ts'
import type { Query } from '../statistics/model/filters.ts'
import { type Asker, handlings, type Stage } from '../statistics/model/model-report.ts'
import { liesIn } from '../statistics/model/places.ts'
import { findsWords } from '../statistics/model/words.ts'

/** What was approved; a member that was not is absent. */
export interface Content {
  exercise: boolean
  occurredAt?: string
  localDate?: string
  region?: { code: string; level: string; regency: string | null; province: string | null }
  position?: { coordinates: [number, number]; decimals: number } | null
  stages?: Stage[]
  [member: string]: unknown
}

export interface ModelRelease {
  id: string
  version: number
  agencies: string[] | null
  handling: number
  releasedAt: number
  firstReleasedAt: number
  isRetracted: boolean
  content: Content
}

export function reaches({ office, clearance }: Asker, { agencies, handling, isRetracted }: ModelRelease): boolean {
  return !isRetracted && handling <= clearance && (agencies === null || agencies.includes(office))
}

type Matches = (release: ModelRelease, value: string, whole: Query) => boolean

const among =
  (member: string): Matches =>
  ({ content }, value) =>
    value.split(',').includes(String(content[member]))
const compares =
  (own: (release: ModelRelease) => number, holds: (own: number, asked: number) => boolean): Matches =>
  (release, value) =>
    holds(own(release), Date.parse(value))
const occurred = ({ content }: ModelRelease) => Date.parse(content.occurredAt ?? '')
const texts = [...['subject', 'facts', 'analysis', 'prediction', 'actionsTaken', 'recommendation', 'place']]

/** What each filter of the contract lets through, on its own: never what was not approved. */
export const filters: Record<string, Matches> = {
  region: ({ content: { region } }, value) => region !== undefined && liesIn(region.code, value),
  election: matchesStages,
  stage: matchesStages,
  anyStage: () => true,
  athg: among('athg'),
  domain: among('domain'),
  incidentType: among('incidentType'),
  phase: among('phase'),
  severity: among('severity'),
  exercise: ({ content }, value) => String(content.exercise) === value,
  occurredFrom: compares(occurred, (own, asked) => own >= asked),
  occurredTo: compares(occurred, (own, asked) => own < asked),
  dateFrom: ({ content: { localDate } }, value) => localDate !== undefined && localDate >= value,
  dateTo: ({ content: { localDate } }, value) => localDate !== undefined && localDate <= value,
  releasedFrom: compares(
    ({ releasedAt }) => releasedAt,
    (own, asked) => own >= asked,
  ),
  releasedTo: compares(
    ({ releasedAt }) => releasedAt,
    (own, asked) => own < asked,
  ),
  handling: ({ handling }, value) => value.split(',').includes(handlings[handling] ?? ''),
  hasCoordinates: ({ content: { position } }, value) =>
    position !== undefined && (position !== null) === (value === 'true'),
  bbox: ({ content: { position } }, value) => {
    const [west = 0, south = 0, east = 0, north = 0] = value.split(',').map(Number)
    const [longitude, latitude] = position?.coordinates ?? [Number.NaN, Number.NaN]
    return west <= longitude && longitude <= east && south <= latitude && latitude <= north
  },
  q: ({ content }, value) =>
    findsWords(
      texts.flatMap((name) => (typeof content[name] === 'string' ? [content[name] as string] : [])),
      value,
    ),
}

function matchesStages({ content: { stages } }: ModelRelease, _value: string, { election, stage, anyStage }: Query) {
  if (!stages) return false
  const asked = stage?.split(',')
  if (asked?.includes('none') && stages.length === 0) return true
  const codes = asked?.filter((code) => code !== 'none')
  const looked = anyStage === 'true' ? stages : stages.filter(({ primary }) => primary)
  return looked.some(
    (open) =>
      (election === undefined || election.split(',').includes(open.election)) &&
      (codes === undefined || codes.includes(open.stage)),
  )
}

export function findAll(releases: readonly ModelRelease[], asker: Asker, query: Query): ModelRelease[] {
  const matches = (release: ModelRelease) =>
    Object.entries(query).every(([name, value]) => filters[name]?.(release, value, query) ?? true)
  return releases.filter((release) => reaches(asker, release) && matches(release))
}

const severities = ['low', 'moderate', 'high', 'critical']
const rank = ({ content }: ModelRelease) =>
  content.severity === undefined ? Number.NaN : severities.indexOf(String(content.severity))
const keys: Record<string, (release: ModelRelease) => number[]> = {
  releasedAt: ({ releasedAt }) => [releasedAt],
  occurredAt: (release) => [occurred(release)],
  severity: (release) => [rank(release), occurred(release)],
  relevance: () => [],
}

/** In the order asked for: what was not approved last, whichever way round; the id breaks ties. */
export function listed(releases: readonly ModelRelease[], asker: Asker, query: Query): ModelRelease[] {
  const { sort = query.q === undefined ? '-releasedAt' : 'relevance' } = query
  const way = sort.startsWith('-') ? -1 : 1
  const key = keys[sort.replace('-', '')] as (release: ModelRelease) => number[]
  return findAll(releases, asker, query).sort((a, b) => {
    const theirs = key(b)
    for (const [place, own] of key(a).entries()) {
      const other = theirs[place] as number
      if (Number.isNaN(own) !== Number.isNaN(other)) return Number.isNaN(own) ? 1 : -1
      if (own !== other && !Number.isNaN(own)) return way * (own - other)
    }
    return way * (a.id < b.id ? -1 : 1)
  })
}

const lengths: Record<string, number> = { province: 2, regency: 5, district: 8 }
const stageOf = { election: 'election', stage: 'stage', stageGroup: 'group' } as const

/** What a release stands under in a dimension, with one of its stages; undefined where it was not approved. */
function standsUnder({ content, handling }: ModelRelease, dimension: string, level: string, stage: Stage | undefined) {
  if (dimension === 'region') return content.region?.code.slice(0, lengths[level])
  if (dimension === 'handling') return handlings[handling]
  if (dimension === 'day') return content.localDate
  if (dimension === 'week') return content.localDate && weekOf(content.localDate)
  if (dimension === 'month') return content.localDate?.slice(0, 7)
  if (dimension in stageOf) return content.stages && (stage?.[stageOf[dimension as keyof typeof stageOf]] ?? null)
  return content[dimension] as string | undefined
}

/** How many releases have which values, by their JSON, and how many are counted at all. */
export function count(found: readonly ModelRelease[], by: readonly string[], level: string, anyStage: boolean) {
  const cells = new Map<string, number>()
  let total = 0
  for (const release of found.filter(({ content }) => !content.exercise)) {
    const { stages = [] } = release.content
    const open = anyStage ? stages : stages.filter(({ primary }) => primary)
    const tuples = (open.length > 0 ? open : [undefined]).map((stage) =>
      by.map((dimension) => standsUnder(release, dimension, level, stage)),
    )
    if (tuples.some((tuple) => tuple.includes(undefined))) continue
    total += 1
    for (const key of new Set(tuples.map((tuple) => JSON.stringify(tuple)))) cells.set(key, (cells.get(key) ?? 0) + 1)
  }
  return { total, cells: Object.fromEntries([...cells].sort(([a], [b]) => (a < b ? -1 : 1))) }
}
