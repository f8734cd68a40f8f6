import { eq, gte, isNotNull, lt, sql } from 'drizzle-orm'
import { handlingRank } from '../access/vocabulary.ts'
import type { Reference } from '../reference/store.ts'
import { compared, type Filter, oneRank, sharedFilters, type Told } from '../reports/filters.ts'
import { searchedWords } from '../reports/search-words.ts'
import type { ReleaseFilters } from './filter-schemas.ts'
import { releases as r } from './table.ts'

const { placeholder } = sql

/** When a release tells of its region, its stages and its position. */
export const approved: Told = {
  region: isNotNull(r.regionCode),
  stages: eq(r.stagesApproved, sql`true`),
  position: eq(r.positionApproved, sql`true`),
}

/** The conditions of a query beside what reaches the agency. @throws DomainError parameter_invalid naming what does not exist */
export function filtersOf(query: ReleaseFilters, reference: Reference): Filter[] {
  const filters = [
    ...sharedFilters(query, r, reference, approved),
    oneRank('handling', r.handling, query.handling?.map(handlingRank)),
    compared('releasedFrom', gte(r.releasedAt, placeholder('releasedFrom')), query.releasedFrom),
    compared('releasedTo', lt(r.releasedAt, placeholder('releasedTo')), query.releasedTo),
    found(query.q),
  ]
  return filters.filter((filter) => filter !== undefined)
}

/** Row-level security keeps words from every index: the function of migration 31 finds them, of what reaches the agency. */
function found(q: string | undefined): Filter | undefined {
  if (q === undefined) return undefined
  const condition = sql`${r.id} IN (SELECT id FROM search_releases(${placeholder('words')}::text))`
  return { shape: 'q', condition, values: { words: searchedWords(q) } }
}
