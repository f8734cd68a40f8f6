import { and, eq, isNotNull, not, type SQL, sql } from 'drizzle-orm'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { reached, scopeValues, visible } from '../access/scope.ts'
import { handlingOf, type Tier } from '../access/vocabulary.ts'
import { statementByTier } from '../database/statement.ts'
import type { EventPage, EventView, ListEventsQuery } from './schemas.ts'
import { events as e, reportsOfEvents as r } from './table.ts'

const { placeholder } = sql

interface Row extends Record<string, unknown> {
  id: string
  /** In decimal digits, as PostgreSQL gives what may be larger than a number of ours. */
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
const ofOffices = sql`${common}, ${e.reportId} AS report, ${e.officeCode} AS office, ${e.provinceCode} AS province, ${e.regencyCode} AS regency, ${e.handling}`
// Which report and which office is behind a release is no business of agencies.
const ofAgencies = sql`${common}, NULL AS report, NULL AS office, NULL AS province, NULL AS regency, ${e.agencyHandling} AS handling`
const columns = (tier: Tier) => (tier === 'agency' ? ofAgencies : ofOffices)

const after = sql`${e.sequence} > ${placeholder('after')}::bigint`
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

const list = (label: string, ...conditions: SQL[]) =>
  statementByTier(
    label,
    (tier) => sql`SELECT ${columns(tier)} FROM ${e} WHERE ${readable(tier, after, ...conditions)}
    ORDER BY ${e.sequence} LIMIT ${placeholder('rows')}`,
  )
const listAll = list('list_events')
const listOfTypes = list('list_events_of_types', ofTypes)

const findHead = statementByTier(
  'find_event_head',
  (tier) => sql`SELECT ${e.sequence} FROM ${e} WHERE ${readable(tier, after)} ORDER BY ${e.sequence} DESC LIMIT 1`,
)

/**
 * The numbered events of the caller's scope that follow a sequence, in their order. Nothing ever appears behind the last one:
 * numbers are given after the commit, by one sequencer, in the order in which they become visible.
 */
export async function listEvents(
  context: Context,
  { after, types, limit }: ListEventsQuery,
): Promise<EventPage & { full: boolean }> {
  const caller = callerFor(context.caller, 'events:read')
  const values = { ...scopeValues(caller.scope), agency: caller.agency, after }
  const { tier } = caller.scope
  return context.db.transaction(caller, async (tx) => {
    // The head is looked at first: whatever is numbered while the page is read lies behind it and is left to the next one.
    const [[head], rows] = await Promise.all([
      tx.run<{ sequence: string }>(findHead[tier], values),
      types
        ? tx.run<Row>(listOfTypes[tier], { ...values, types, rows: limit })
        : tx.run<Row>(listAll[tier], { ...values, rows: limit }),
      tx.commit(),
    ])
    const full = rows.length === limit
    const last = Number(rows.at(-1)?.sequence ?? after)
    return { items: rows.map(viewOf), next: full ? last : Math.max(last, Number(head?.sequence ?? after)), full }
  })
}

function viewOf(row: Row): EventView {
  const { id, type, report, office, province, regency, occurredAt } = row
  return {
    id,
    sequence: Number(row.sequence),
    type,
    subject: { id: row.subjectId, version: row.subjectVersion },
    report,
    office,
    region: { province, regency },
    handling: handlingOf(row.handling),
    occurredAt,
  }
}
