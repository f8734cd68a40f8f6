import { eq, or, sql } from 'drizzle-orm'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues, visible } from '../access/scope.ts'
import type { Tier } from '../access/vocabulary.ts'
import { type Telling, tellingOf, tellingValues, toldRead } from '../audit/told-reads.ts'
import { rememberedStatement, statementByTier } from '../database/statement.ts'
import { DomainError } from '../errors.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { reportDocument } from '../reports/document.ts'
import { findReportIn, placed } from '../reports/queries.ts'
import { reports as r } from '../reports/table.ts'
import { type LinkRow, linkColumns, visibleLink } from './queries.ts'
import { type ListLinksQuery, reportSummaryMembers } from './schemas.ts'
import { reportLinks as l } from './table.ts'

const { placeholder } = sql

type Row = Omit<LinkRow, 'id'> & { linkId: string; other: string }

export interface Links {
  /** Each with the report at its other end, as JSON text. */
  items: { link: LinkRow; other: string }[]
  /** Sealed cursor of the next page, null at the end. */
  next: string | null
  independentSources: number
}

/**
 * The links of a report in both directions of which the caller sees both ends, the oldest first, and how many offices reported
 * the incident, as far as the caller sees.
 * @throws DomainError report_not_found, cursor_invalid
 */
export async function listLinks(
  context: Context & { cursorKey: Uint8Array },
  id: string,
  { limit, cursor }: ListLinksQuery,
): Promise<Links> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'reports:read')
  const by = { ...context, caller }
  const { scope } = caller
  const bound = { sort: 'link', filterHash: hashOf(id), scopeHash: hashOf([scope, caller.clientId]) }
  const after = cursor === undefined ? null : String(openCursor(cursorKey, cursor, bound, now)[0])
  const values = { ...scopeValues(scope), ...tellingValues(by), id, after, rows: limit + 1, shown: limit }
  return db.transaction(caller, async (tx) => {
    const [report, rows, sources] = await Promise.all([
      findReportIn(tx, by, scope, id),
      tx.run<Row>(listStatement(scope.tier, tellingOf(caller)), values),
      tx.run<{ offices: number }>(countSources[scope.tier], { ...scopeValues(scope), id }),
    ])
    if (!report) throw new DomainError('report_not_found', { id })
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    return {
      items: shown.map(({ linkId, other, ...link }) => ({ link: { ...link, id: linkId } as LinkRow, other })),
      next: last ? sealCursor(cursorKey, [last.linkId], bound, now) : null,
      independentSources: sources[0]?.offices ?? 0,
    }
  })
}

const ofLink = ['type', 'reportId', 'targetId', 'reason', 'linkedAt', 'officeCode'].map((name) => sql.identifier(name))

function listStatement(tier: Tier, telling: Telling) {
  return rememberedStatement('list_links', `${tier} ${telling}`, () => {
    const id = sql`${placeholder('id')}::uuid`
    const later = sql`(${placeholder('after')}::uuid IS NULL OR ${l.id} > ${placeholder('after')}::uuid)`
    const links = sql`SELECT ${linkColumns}, CASE ${l.reportId} WHEN ${id} THEN ${l.targetId} ELSE ${l.reportId} END AS "otherId",
        CASE WHEN ${l.reason} IS NOT NULL AND ${l.reasonHandling} <= ${placeholder('clearance')}::smallint THEN ${l.reasonHandling} END AS "reasonUnder"
      FROM ${l} WHERE ${visibleLink(tier, or(eq(l.reportId, id), eq(l.targetId, id)), later)}`
    const query = sql`SELECT ${placed}, greatest(${r.handling}, link."reasonUnder") AS said_under, link.id AS "linkId", ${sql.join(ofLink, sql`, `)}, ${reportDocument(reportSummaryMembers)}::text AS other
      FROM (${links}) AS link JOIN ${r} ON ${r.id} = link."otherId" WHERE ${visible(tier, r)}
      ORDER BY link.id LIMIT ${placeholder('rows')}`
    if (telling === 'untold') return query
    const columns = sql.join([sql`"linkId"`, ...ofLink, sql`other`], sql`, `)
    return toldRead(telling, {
      query,
      columns,
      shownHandling: sql`said_under`,
      page: { order: sql`"linkId"`, shown: sql`${placeholder('shown')}` },
    })
  })
}

/** Of the report, its original, the original's other duplicates, and so on as far as links lead that the caller sees. */
const countSources = statementByTier('count_independent_sources', (tier) => {
  const duplicates = (condition: ReturnType<typeof eq>) => visibleLink(tier, eq(l.type, sql`'duplicate_of'`), condition)
  return sql`WITH RECURSIVE incident (id) AS (
      SELECT ${placeholder('id')}::uuid
      UNION
      SELECT next.id FROM incident CROSS JOIN LATERAL (
        SELECT ${l.targetId} AS id FROM ${l} WHERE ${duplicates(eq(l.reportId, sql`incident.id`))}
        UNION ALL
        SELECT ${l.reportId} FROM ${l} WHERE ${duplicates(eq(l.targetId, sql`incident.id`))}
      ) AS next
    )
    SELECT count(DISTINCT ${r.officeCode})::int AS offices FROM incident JOIN ${r} ON ${r.id} = incident.id
    WHERE ${visible(tier, r)} AND ${r.status} NOT IN ('rejected', 'withdrawn')`
})
