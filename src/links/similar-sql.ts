import { asc, desc, eq, gte, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { visible } from '../access/scope.ts'
import type { Tier } from '../access/vocabulary.ts'
import { type Telling, toldRead } from '../audit/told-reads.ts'
import { rememberedStatement, type Statement } from '../database/statement.ts'
import { reportDocument } from '../reports/document.ts'
import { placed } from '../reports/queries.ts'
import { reports as r } from '../reports/table.ts'
import { visibleLink } from './queries.ts'
import { reportSummaryMembers } from './schemas.ts'
import { reportLinks as l } from './table.ts'

const { placeholder } = sql

/** How many reports are compared at most, the nearest in time. */
export const mostCompared = 300
/** Of each place, before and after: with them the nearest of all places are among those read. */
const mostRead = mostCompared / 2
/** Characters of the facts: what happened stands at their beginning, and long texts of one language grow alike. */
const factsCompared = 1_000
const weights = { subject: 0.5, facts: 0.5, time: 0.3 } as const
/** Below it, two reports share no more than the words of such reports. */
const leastScore = 0.25
const mostGiven = 20

export interface SimilarRow extends Record<string, unknown> {
  score: number
  subjectScore: number
  factsScore: number
  sameRegion: boolean
  linked: boolean
  /** JSON text. */
  document: string
}

/** Which places are searched: regencies, a province with all in it, or what is placed in the nation as a whole. */
export type Near = 'regency' | 'province' | 'nation'

const isIn: Record<Near, SQL> = {
  regency: sql`${r.regencyCode} = place.code`,
  province: sql`${r.provinceCode} = place.code`,
  nation: sql`${r.provinceCode} IS NULL`,
}

/**
 * Row-level security lets an index serve place and time and no likeness of texts. So the nearest in time of each place come
 * first, each by its index, and only those few hundred are compared.
 */
export function similarStatement(tier: Tier, telling: Telling, near: Near): Statement {
  return rememberedStatement('list_similar', `${tier} ${telling} ${near}`, () => {
    const query = likeliest(tier, near)
    const columns = sql`score, "subjectScore", "factsScore", "sameRegion", linked, document`
    const order = sql`score DESC, id`
    if (telling === 'untold') return sql`SELECT ${columns} FROM (${query}) AS found ORDER BY ${order}`
    return toldRead(telling, { query, columns, page: { order, shown: sql`${placeholder('shown')}` } })
  })
}

function likeliest(tier: Tier, near: Near): SQL {
  const at = sql`${placeholder('at')}::timestamptz`
  const candidates = sql`SELECT candidate.* FROM unnest(${placeholder('places')}::text[]) AS place (code)
    CROSS JOIN LATERAL (${side(tier, near, 'from')} UNION ALL ${side(tier, near, 'to')}) AS candidate`
  const apart = sql`abs(extract(epoch FROM ${r.occurredAt} - ${at}))::float8`
  const alike = (column: SQL, text: SQL) => sql`similarity(${column}, ${text})::float8`
  const scores = sql`${alike(sql`${r.subject}`, sql`${placeholder('subject')}::text`)} AS "bySubject",
    ${alike(sql`left(${r.facts}, ${sql.raw(String(factsCompared))})`, sql`left(${placeholder('facts')}::text, ${sql.raw(String(factsCompared))})`)} AS "byFacts"`
  const score = sql`("bySubject" * ${raw(weights.subject)} + "byFacts" * ${raw(weights.facts)})
    * (1 - ${raw(weights.time)} + ${raw(weights.time)} * power(0.5::float8, "daysApart"))`
  const rounded = (value: SQL) => sql`round((${value})::numeric, 3)::float8`
  const id = sql`${placeholder('id')}::uuid`
  const linked = visibleLink(
    tier,
    or(
      sql`(${eq(l.reportId, id)} AND ${eq(l.targetId, r.id)})`,
      sql`(${eq(l.targetId, id)} AND ${eq(l.reportId, r.id)})`,
    ),
  )
  return sql`WITH near AS MATERIALIZED (
      SELECT ${r}.*, ${apart} / 86400 AS "daysApart" FROM (${candidates}) AS ${r} ORDER BY ${apart}, ${r.id} LIMIT ${raw(mostCompared)}),
    compared AS MATERIALIZED (SELECT ${r}.*, ${scores} FROM near AS ${r})
    SELECT ${placed}, ${rounded(score)} AS score, ${rounded(sql`"bySubject"`)} AS "subjectScore", ${rounded(sql`"byFacts"`)} AS "factsScore",
      coalesce(${r.regencyCode}, ${r.regionCode}) = ${placeholder('sameAs')}::text AS "sameRegion",
      EXISTS (SELECT FROM ${l} WHERE ${linked}) AS linked, ${reportDocument(reportSummaryMembers)}::text AS document
    FROM compared AS ${r} WHERE ${score} >= ${raw(leastScore)} ORDER BY score DESC, ${r.id} LIMIT ${raw(mostGiven)}`
}

/** The nearest before the moment, or from it on, within the days asked for. */
function side(tier: Tier, near: Near, end: 'from' | 'to'): SQL {
  const at = sql`${placeholder('at')}::timestamptz`
  const until = sql`${placeholder(end)}::timestamptz`
  const others = [isIn[near], eq(r.exercise, placeholder('exercise')), ne(r.id, placeholder('id'))]
  const times =
    end === 'from'
      ? [lt(r.occurredAt, at), gte(r.occurredAt, until)]
      : [gte(r.occurredAt, at), lte(r.occurredAt, until)]
  const order = end === 'from' ? desc : asc
  return sql`(SELECT ${r}.* FROM ${r} WHERE ${visible(tier, r, ...others, ...times)} ORDER BY ${order(r.occurredAt)} LIMIT ${raw(mostRead)})`
}

function raw(value: number): SQL {
  return sql.raw(String(value))
}
