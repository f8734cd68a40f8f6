import { and, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { visible } from '../access/scope.ts'
import { tellingOf, toldRead } from '../audit/told-reads.ts'
import { passingStatement, rememberedStatement, type Statement } from '../database/statement.ts'
import { reportDocument } from './document.ts'
import type { Filter } from './filters.ts'
import { markedMembers, reportTexts } from './highlights.ts'
import { comesAfter, orderBy, orderByNames, orderColumns } from './keyset.ts'
import { type ListReportsQuery, membersAsked, type Sort } from './list-schemas.ts'
import { orderOf, type PlainSort } from './order.ts'
import { placed } from './queries.ts'
import { reports as r } from './table.ts'

const { placeholder } = sql

export interface PageRow extends Record<string, unknown> {
  document: string
  /** JSON text of what a cursor holds: the values of the order, and the id. */
  position: string
  /** Of `markedMembers`; null without words. */
  marked: string | null
}

/** What a page is made of, whichever way its rows are found. */
interface PageParts {
  /** From `FROM` on, for the rows of the page alone. */
  rows: SQL
  /** `position`, and what `order` needs. */
  columns: SQL
  /** By the names of `columns`. */
  order: SQL
}

interface Asked {
  query: Omit<ListReportsQuery, 'limit' | 'cursor' | 'sort'>
  sort: Sort
  continued: boolean
}

/** A page by filters that row-level security lets an index serve; takes the values of the filters, `after0` ..., `rows` and `shown`. */
export function filteredPage(
  caller: Caller,
  asked: Asked & { sort: PlainSort },
  filters: readonly Filter[],
): Statement {
  const { sort, continued } = asked
  const shape = filters.map((filter) => filter.shape)
  return pageStatement(caller, asked, shape, () => {
    const order = orderOf(sort)
    const conditions = [...filters.map(({ condition }) => condition), continued ? comesAfter(order) : undefined]
    const rows = sql`FROM ${r} WHERE ${visible(caller.scope.tier, r, and(...conditions))} ORDER BY ${orderBy(order)} LIMIT ${placeholder('rows')}`
    return { rows, columns: orderColumns(order), order: orderByNames(order) }
  })
}

/** A page of what a search finds; takes the values of the search, `after` as JSON text or null, `sort`, `rows` and `shown`. */
export function searchedPage(caller: Caller, asked: Asked): Statement {
  return pageStatement(caller, asked, ['searched', asked.query.q !== undefined], () => {
    const search = sql`${placeholder('words')}::text, ${placeholder('searchFilters')}::jsonb`
    const seen = visible(caller.scope.tier, r)
    if (asked.sort === 'relevance') {
      const hits = sql`rank_reports(${search}, ${placeholder('after')}::jsonb, ${placeholder('rows')}::int)`
      const order = sql`score DESC, id DESC`
      const columns = sql`score, json_build_array(score, ${r.id}, newest_at, newest_id, oldest_at, oldest_id)::text AS position`
      return {
        rows: sql`FROM ${hits} AS hit JOIN ${r} ON ${r.id} = hit.id WHERE ${seen} ORDER BY score DESC, ${r.id} DESC`,
        columns,
        order,
      }
    }
    const hits = sql`search_reports(${search}, ${placeholder('sort')}::text, ${placeholder('after')}::jsonb, ${placeholder('rows')}::int)`
    const order = orderOf(asked.sort)
    const rows = sql`FROM ${hits} AS hit JOIN ${r} ON ${r.id} = hit.id WHERE ${seen} ORDER BY ${orderBy(order)}`
    return { rows, columns: orderColumns(order), order: orderByNames(order) }
  })
}

function pageStatement(caller: Caller, asked: Asked, more: readonly unknown[], build: () => PageParts): Statement {
  const { query, sort, continued } = asked
  const telling = tellingOf(caller)
  const members = membersAsked(query.fields)
  const page = () => {
    const { rows, columns, order } = build()
    const marked = query.q === undefined ? sql`NULL` : markedMembers(wordsAsked, reportTexts)
    const items = sql`${columns}, ${reportDocument(members)}::text AS document, ${marked}::text AS marked ${rows}`
    if (telling === 'untold') return sql`SELECT ${r.id}, ${items}`
    const told = { order, shown: sql`${placeholder('shown')}` }
    return toldRead(telling, {
      query: sql`SELECT ${placed}, ${items}`,
      columns: sql`position, document, marked`,
      page: told,
    })
  }
  if (isPassing(query)) return passingStatement(page())
  const shape = [caller.scope.tier, telling, sort, continued, members.join(), ...more].join(' ')
  return rememberedStatement('list_reports', shape, page)
}

/**
 * Members can be chosen in so many ways that they would crowd out the statements worth preparing. A box is planned with its sides:
 * a plan for any box takes that of a village for that of the nation.
 */
export function isPassing({ fields, bbox }: { fields?: readonly string[] | undefined; bbox?: unknown }): boolean {
  return (fields !== undefined && !fields.includes('*')) || bbox !== undefined
}

/** The words of a query as PostgreSQL looks for them; takes the placeholder `words`. */
export const wordsAsked = sql`websearch_to_tsquery('waspada_indonesian', ${placeholder('words')}::text)`
