import { type Asker, type Document, isCounted, type ModelReport, primaryOf, type Stage, sees } from './model-report.ts'
import { liesIn } from './places.ts'
import { findsWords } from './words.ts'

/** Parameters of a query by name, as they stand in the URL. */
export type Query = Record<string, string>

type Matches = (report: ModelReport, value: string, whole: Query, now: number) => boolean

const among =
  (wordOf: (report: ModelReport) => string): Matches =>
  (report, value) =>
    value.split(',').includes(wordOf(report))
const is =
  (isIt: (report: ModelReport, now: number) => boolean): Matches =>
  (report, value, _whole, now) =>
    isIt(report, now) === (value === 'true')

/** What each filter of the contract lets through, on its own. */
export const filters: Record<string, Matches> = {
  region: ({ region }, value) => liesIn(region, value),
  election: (report, _value, whole) => matchesStages(report, whole),
  stage: (report, _value, whole) => matchesStages(report, whole),
  // Says how the two above are meant, and nothing by itself.
  anyStage: () => true,
  athg: among(({ document }) => document.athg),
  domain: among(({ document }) => document.domain),
  incidentType: among(({ document }) => document.incidentType),
  phase: among(({ document }) => document.phase),
  severity: among(({ document }) => document.severity),
  status: among(({ document }) => document.status),
  level: among(({ document }) => document.level),
  overdue: is(({ dueAt }, now) => dueAt !== null && dueAt < now),
  counted: is(isCounted),
  exercise: is(({ document }) => document.exercise),
  occurredFrom: ({ occurredAt }, value) => occurredAt >= Date.parse(value),
  occurredTo: ({ occurredAt }, value) => occurredAt < Date.parse(value),
  receivedFrom: ({ receivedAt }, value) => receivedAt >= Date.parse(value),
  receivedTo: ({ receivedAt }, value) => receivedAt < Date.parse(value),
  dateFrom: ({ day }, value) => day >= value,
  dateTo: ({ day }, value) => day <= value,
  hasCoordinates: is(({ document }) => document.location.coordinates !== null),
  bbox: ({ document }, value) => {
    const [west = 0, south = 0, east = 0, north = 0] = value.split(',').map(Number)
    const [longitude, latitude] = document.location.coordinates ?? [Number.NaN, Number.NaN]
    return west <= longitude && longitude <= east && south <= latitude && latitude <= north
  },
  q: ({ document }, value) => findsWords(textsOf(document), value),
}

/** What is searched, in the order in which it is read. */
function textsOf({ subject, facts, analysis, prediction, actionsTaken, recommendation, location }: Document): string[] {
  const texts = [subject, facts, analysis, prediction, actionsTaken, recommendation, location.place]
  return texts.filter((text) => typeof text === 'string')
}

/** One stage must match both what is asked of the election and of the stage; `none` stands beside both. */
function matchesStages(report: ModelReport, { election, stage, anyStage }: Query): boolean {
  const primary = primaryOf(report)
  const asked = stage?.split(',')
  if (asked?.includes('none') && !primary) return true
  const codes = asked?.filter((code) => code !== 'none')
  if (codes?.length === 0) return false
  const fits = (open: Stage) =>
    (election === undefined || election.split(',').includes(open.election)) &&
    (codes === undefined || codes.includes(open.stage))
  const looked = anyStage === 'true' ? report.document.classification.stages : primary ? [primary] : []
  return looked.some(fits)
}

/** Whether all filters of a query let a report through; what is no filter is passed over. */
function matches(report: ModelReport, query: Query, now: number): boolean {
  return Object.entries(query).every(([name, value]) => filters[name]?.(report, value, query, now) ?? true)
}

/** What was found last, since one query is asked in many ways. */
const last = { key: '', found: [] as ModelReport[] }

/** What a caller sees and a query lets through. */
export function findAll(reports: readonly ModelReport[], asker: Asker, query: Query, now: number): ModelReport[] {
  const asked = Object.entries(query).filter(([name]) => filters[name])
  const key = JSON.stringify([asker, now, asked.sort()])
  if (key !== last.key) {
    last.found = reports.filter((report) => sees(asker, report) && matches(report, query, now))
    last.key = key
  }
  return last.found
}
