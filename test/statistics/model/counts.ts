import type { Query } from './filters.ts'
import { type ModelReport, primaryOf, type Stage } from './model-report.ts'

export interface CountedCell {
  values: (string | null)[]
  count: number
}

const lengths: Record<string, number> = { province: 2, regency: 5, district: 8 }
const below: Record<number, string> = { 2: 'regency', 5: 'district', 8: 'district' }

/** What regions are counted by: one level below the region asked for, or the own, unless said. */
export function levelOf({ region, regionLevel }: Query, office: string): string {
  if (regionLevel !== undefined) return regionLevel
  const asked = region ?? office
  return asked === '00' ? 'province' : (below[asked.length] ?? 'province')
}

/** The ISO week of a day: that of its Thursday. */
export function weekOf(day: string): string {
  const thursday = new Date(`${day}T00:00:00Z`)
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7))
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  const week = Math.floor((thursday.getTime() - first) / (7 * 86_400_000)) + 1
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`
}

/** What a dimension is of a report, seen with one of its stages. */
const dimensionOf: Record<string, (report: ModelReport, stage: Stage | undefined, level: string) => string | null> = {
  // What lies above the level stands under its own code.
  region: ({ region }, _stage, level) => region.slice(0, lengths[level]),
  election: (_report, stage) => stage?.election ?? null,
  stage: (_report, stage) => stage?.stage ?? null,
  stageGroup: (_report, stage) => stage?.group ?? null,
  athg: ({ document }) => document.athg,
  domain: ({ document }) => document.domain,
  incidentType: ({ document }) => document.incidentType,
  severity: ({ document }) => document.severity,
  phase: ({ document }) => document.phase,
  status: ({ document }) => document.status,
  handling: ({ document }) => document.handling,
  week: ({ day }) => weekOf(day),
}

export const knownDimensions = Object.keys(dimensionOf)

/** The tuples in which a report counts: one, or with `anyStage` each that a stage of it gives, once. */
export function tuplesOf(
  report: ModelReport,
  by: readonly string[],
  query: Query,
  office: string,
): (string | null)[][] {
  const level = levelOf(query, office)
  const open: (Stage | undefined)[] =
    query.anyStage === 'true' ? report.document.classification.stages : [primaryOf(report)]
  const tuples = (open.length === 0 ? [undefined] : open).map((stage) =>
    by.map((dimension) => {
      const value = dimensionOf[dimension]
      if (!value) throw new Error(`The model does not know the dimension ${dimension}`)
      return value(report, stage, level)
    }),
  )
  return [...new Map(tuples.map((tuple) => [JSON.stringify(tuple), tuple])).values()]
}

/** Counts of reports, every one of which counts. */
export function count(reports: readonly ModelReport[], query: Query, office: string): CountedCell[] {
  const cells = new Map<string, CountedCell>()
  for (const report of reports) {
    for (const values of tuplesOf(report, (query.groupBy ?? '').split(','), query, office)) {
      const key = JSON.stringify(values)
      const cell = cells.get(key) ?? { values, count: 0 }
      cell.count += 1
      cells.set(key, cell)
    }
  }
  return [...cells.values()].sort((a, b) => byValues(a.values, b.values))
}

/** By the first dimension, then the next; what lies outside every stage last. */
export function byValues(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  const place = a.findIndex((value, at) => value !== b[at])
  const [left, right] = [a[place] ?? null, b[place] ?? null]
  if (place === -1) return 0
  if (left === null || right === null) return left === null ? 1 : -1
  return left < right ? -1 : 1
}
