import { and, isNull, type SQL, sql } from 'drizzle-orm'
import { reached } from '../access/scope.ts'
import { toldRead } from '../audit/told-reads.ts'
import { passingStatement, rememberedStatement, type Statement } from '../database/statement.ts'
import type { Filter } from '../reports/filters.ts'
import { markedMembers, textsIn } from '../reports/highlights.ts'
import { comesAfter, orderBy, orderByNames, orderColumns } from '../reports/keyset.ts'
import { isPassing, wordsAsked } from '../reports/page-statement.ts'
import { releaseDocument } from './document.ts'
import { fieldsAsked, type ListReleasesQuery } from './list-schemas.ts'
import { orderOf, type PlainSort } from './order.ts'
import { releases as r } from './table.ts'

const { placeholder } = sql

interface Asked {
  query: Pick<ListReleasesQuery, 'fields' | 'bbox' | 'q'>
  continued: boolean
  filters: readonly Filter[]
}

/** What is in force and reaches the calling agency: the first belt, row-level security being the second. */
export function reaching(...conditions: (SQL | undefined)[]): SQL {
  return and(isNull(r.retractedAt), reached(r.agencies, r.handling), ...conditions) as SQL
}

/** A page in an order of the columns; takes the values of the filters and of the agency, `after0` ..., `rows` and `shown`. */
export function orderedPage(sort: PlainSort, asked: Asked): Statement {
  const order = orderOf(sort)
  const conditions = asked.filters.map(({ condition }) => condition)
  return pageStatement(sort, asked, () => ({
    rows: sql`FROM ${r} WHERE ${reaching(...conditions, asked.continued ? comesAfter(order) : undefined)}
      ORDER BY ${orderBy(order)} LIMIT ${placeholder('rows')}`,
    columns: orderColumns(order),
    order: orderByNames(order),
  }))
}

/**
 * A page by relevance, among the thousand that were released last. The first page fixes from when until when that was: a position
 * holds score, id and those two moments, which come as `after0` to `after3`.
 */
export function rankedPage(asked: Asked): Statement {
  const { continued, filters } = asked
  const between = sql`${r.releasedAt} BETWEEN ${placeholder('after2')}::timestamptz AND ${placeholder('after3')}::timestamptz`
  const conditions = [...filters.map(({ condition }) => condition), continued ? between : undefined]
  const thousand = continued ? sql`` : sql` ORDER BY ${r.releasedAt} DESC, ${r.id} DESC LIMIT 1000`
  const following = sql`WHERE (score, ranked.id) < (${placeholder('after0')}::real, ${placeholder('after1')}::uuid)`
  return pageStatement('relevance', asked, () => ({
    rows: sql`FROM (SELECT id, ts_rank(search, ${wordsAsked}, 1) AS score, min(released_at) OVER () AS oldest, max(released_at) OVER () AS newest
        FROM (SELECT ${r.id}, ${r}.search, ${r.releasedAt} FROM ${r} WHERE ${reaching(...conditions)}${thousand}) found) ranked
      JOIN ${r} ON ${r.id} = ranked.id ${continued ? following : sql``} ORDER BY score DESC, ranked.id DESC LIMIT ${placeholder('rows')}`,
    columns: sql`score, json_build_array(score, ${r.id}, oldest, newest)::text AS position`,
    order: sql`score DESC, id DESC`,
  }))
}

/** @param build from `FROM` on for the rows of the page alone, `position` with what `order` needs, and the order by those names */
function pageStatement(
  sort: string,
  { query, continued, filters }: Asked,
  build: () => { rows: SQL; columns: SQL; order: SQL },
): Statement {
  const fields = fieldsAsked(query.fields)
  const page = () => {
    const { rows, columns, order } = build()
    const marked = query.q === undefined ? sql`NULL` : markedMembers(wordsAsked, textsIn(r.content))
    return toldRead('told', {
      query: sql`SELECT ${r.id}, ${r.version}, ${r.handling}, ${columns}, ${releaseDocument(fields)}::text AS document,
        ${marked}::text AS marked ${rows}`,
      columns: sql`position, document, marked`,
      page: { order, shown: sql`${placeholder('shown')}` },
      type: 'release',
    })
  }
  if (isPassing(query)) return passingStatement(page())
  const shape = [sort, continued, fields.join(), ...filters.map((filter) => filter.shape)].join(' ')
  return rememberedStatement('list_releases', shape, page)
}
