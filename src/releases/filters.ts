import { eq, gte, isNotNull, lt, or, sql } from 'drizzle-orm'
import { handlingRank } from '../access/vocabulary.ts'
import type { Reference } from '../reference/store.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { Region } from '../regions/region.ts'
import { compared, type Filter, oneRank, sharedFilters, type Told, within } from '../reports/filters.ts'
import { searchedWords } from '../reports/search-words.ts'
import type { ReleaseFilters } from './filter-schemas.ts'
import { releases as r } from './table.ts'

const { placeholder } = sql

/** When a release tells of its region, its stages and its position. */
export const approved = {
  region: isNotNull(r.regionCode),
  stages: eq(r.stagesApproved, sql`true`),
  position: eq(r.positionApproved, sql`true`),
  within: withinRegion,
} satisfies Told & Record<string, unknown>

/** A copy says of its region what it said when it was released: what lies in it may stand there under codes that have ended since. */
function withinRegion(region: Region, { regions }: Reference): Filter {
  const today = within(region, r)
  if (!today) return { shape: 'nation', condition: approved.region, values: {} }
  const former = formerCodesIn(region.code, regions)
  if (former.length === 0) return today
  const columns = [r.regionCode, r.regencyCode, r.provinceCode]
  const formerly = columns.map((column) => sql`${column} = ANY (${placeholder('former')}::text[])`)
  const { shape, condition, values } = today
  return { shape: `former:${shape}`, condition: or(condition, ...formerly), values: { ...values, former } }
}

function formerCodesIn(code: string, regions: RegionDirectory): string[] {
  if (regions.formerCodes === 0) return []
  const below = regions.children(code).flatMap((child) => formerCodesIn(child.code, regions))
  return [...regions.formerCodesOf(code).map((former) => former.code), ...below]
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
