import { sql } from 'drizzle-orm'
import type { Reference } from '../reference/store.ts'
import type { Region } from '../regions/region.ts'
import { type ReportFilters, reportFilters, severityRank } from './filter-schemas.ts'
import type { Filter } from './filters.ts'
import { outsideEveryStage } from './known-filters.ts'
import { searchedWords } from './search-words.ts'
import { reports as r } from './table.ts'

const { placeholder } = sql

/** What row-level security lets no index find: words, and any of the stages that were open. The functions of migration 23 do, within the scope. */
export function needsSearch({ q, anyStage, election, stage }: ReportFilters): boolean {
  return q !== undefined || (anyStage && (election !== undefined || stage !== undefined))
}

/** The values of a search: the words, and every other filter by the name that `search_condition` knows it by. */
export function searchValues(query: ReportFilters, { regions }: Reference, now: Date) {
  const { q, anyStage, region, election, stage, severity, overdue, ...others } = filtersAmong(query)
  const outside = stage?.includes(outsideEveryStage) === true
  const named = stage?.filter((code) => code !== outsideEveryStage)
  const filters = {
    ...others,
    ...(region !== undefined && placeOf(regions.today(region))),
    ...((election || stage) && {
      stages: { any: anyStage, election, stage: named?.length ? named : undefined, outside },
    }),
    severity: severity?.map(severityRank),
    ...(overdue !== undefined && { [overdue ? 'overdueAt' : 'notOverdueAt']: now }),
  }
  return { words: q === undefined ? null : searchedWords(q), searchFilters: JSON.stringify(filters) }
}

/** For wherever reports are not listed by page: all that the search finds, by id. Not quick for words that are in very many. */
export function found(query: ReportFilters, reference: Reference, now: Date): Filter | undefined {
  if (query.q === undefined) return undefined
  const { words, searchFilters } = searchValues(query, reference, now)
  const ids = sql`SELECT id FROM search_reports(${placeholder('words')}::text, ${placeholder('searchFilters')}::jsonb)`
  return { shape: 'q', condition: sql`${r.id} IN (${ids})`, values: { words, searchFilters } }
}

/** A query may say more than its filters. */
function filtersAmong(query: ReportFilters): ReportFilters {
  const entries = Object.entries(query).filter(([name]) => name in reportFilters)
  return Object.fromEntries(entries) as ReportFilters
}

function placeOf(region: Region | undefined): Record<string, string> {
  if (region === undefined || region.level === 'nation') return {}
  if (region.level === 'district') return { regency: region.regency ?? '', district: region.code }
  return { [region.level]: region.code }
}
