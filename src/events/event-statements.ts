import { and, eq, isNotNull, not, type SQL, sql } from 'drizzle-orm'
import { reached, visible } from '../access/scope.ts'
import type { Tier } from '../access/vocabulary.ts'
import { statementByTier } from '../database/statement.ts'
import { events as e, reportsOfEvents as r, sequences as s } from './table.ts'

const { placeholder } = sql

/**
 * Numbers that a statement looks through at most, others' among them: a reader of few kinds of events comes through a log of
 * many millions in pieces, none of which takes long.
 */
export const widest = 50_000

/** An event with where the log begins and ends; the latter alone, once, where there is none. Numbers are decimal digits. */
export interface EventRow extends Record<string, unknown> {
  first: string
  last: string
  /** Whether an event that the caller may read has the number `after`; null for offices, whom it is not asked for. */
  told: boolean | null
  id: string | null
  sequence: string
  type: string
  subjectId: string
  subjectVersion: number
  report: string | null
  office: string | null
  province: string | null
  regency: string | null
  handling: number
  occurredAt: Date
}

const common = sql`${e.id}, ${e.sequence}, ${e.type}, ${e.subjectId} AS "subjectId", ${e.subjectVersion} AS "subjectVersion", ${e.occurredAt} AS "occurredAt"`
const ofOffices = sql`${common}, ${e.reportId} AS report, ${e.officeCode} AS office, ${e.provinceCode} AS province, ${e.regencyCode} AS regency, ${e.handling} AS handling`
// Which report and which office is behind a release is no business of agencies.
const ofAgencies = sql`${common}, NULL AS report, NULL AS office, NULL AS province, NULL AS regency, ${e.agencyHandling} AS handling`
const columns = (tier: Tier) => (tier === 'agency' ? ofAgencies : ofOffices)

const within = sql`${e.sequence} > bounds.start AND ${e.sequence} <= bounds.until`
const ofTypes = sql`${e.type} = ANY (${placeholder('types')}::text[])`

/** What the caller might read when it came about, and of whose report they may know now. */
function readable(tier: Tier, ...conditions: SQL[]): SQL {
  const numbered = isNotNull(e.sequence)
  if (tier === 'agency') {
    const addressed = and(reached(e.agencies, e.agencyHandling), not(reached(e.notAgencies, e.notHandling)))
    return and(numbered, isNotNull(e.agencyHandling), addressed, ...conditions) as SQL
  }
  const report = sql`(SELECT true FROM ${r} WHERE ${visible(tier, r, eq(r.id, e.reportId))})`
  return visible(tier, e, and(numbered, sql`(${e.reportId} IS NULL OR ${report})`, ...conditions))
}

// Materialized: under row-level security only what cannot fail reaches an index, and arithmetic can.
const bounds = sql`WITH bounds AS MATERIALIZED (
  SELECT ${s.first} AS first, ${s.last} AS last, coalesce(${placeholder('after')}::bigint, ${s.first} - 1) AS start,
    coalesce(${placeholder('after')}::bigint, ${s.first} - 1) + ${sql.raw(String(widest))} AS until
  FROM ${s} WHERE ${s.stream} = 'events')`

// Of whatever kind: a reader may go on by `types` from where others of its events took it.
const told = (tier: Tier) =>
  tier === 'agency'
    ? sql`EXISTS (SELECT FROM ${e} WHERE ${readable(tier, eq(e.sequence, sql`${placeholder('after')}::bigint`))})`
    : sql`NULL::boolean`

const list = (label: string, ...conditions: SQL[]) =>
  statementByTier(
    label,
    (
      tier,
    ) => sql`${bounds} SELECT bounds.first, bounds.last, ${told(tier)} AS told, page.* FROM bounds LEFT JOIN LATERAL (
      SELECT ${columns(tier)} FROM ${e} WHERE ${readable(tier, within, ...conditions)}
      ORDER BY ${e.sequence} LIMIT ${placeholder('rows')}) page ON true
    ORDER BY page.sequence`,
  )

/** By tier, of all kinds and of `types`: `rows` events that follow `after`, or those from the oldest on where it is null. */
export const listAll = list('list_events')
export const listOfTypes = list('list_events_of_types', ofTypes)
