import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Scope } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import type { Tier } from '../access/vocabulary.ts'
import { statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { LinksBetween, LinkType } from './link-rules.ts'
import { reportLinks as l } from './table.ts'

const { placeholder } = sql

/** A link as it is stored. */
export interface LinkRow extends Record<string, unknown> {
  id: string
  type: LinkType
  reportId: string
  targetId: string
  /** Null also where it was written under a handling above the reader's clearance. */
  reason: string | null
  linkedAt: Date
  officeCode: string
}

/** What is written of each end. */
export interface LinkEnd {
  id: string
  regionCode: string
  /** Rank, 0 to 3. */
  handling: number
}

const targetPlace = {
  regencyCode: l.targetRegencyCode,
  provinceCode: l.targetProvinceCode,
  handling: l.targetHandling,
}

/** Links of which the caller may see both ends. */
export function visibleLink(tier: Tier, ...conditions: (SQL | undefined)[]): SQL {
  return and(visible(tier, l), visible(tier, targetPlace), ...conditions) ?? sql`false`
}

/** The columns of a LinkRow. */
export const linkColumns = sql`${l.id}, ${l.type}, ${l.reportId} AS "reportId", ${l.targetId} AS "targetId",
  CASE WHEN ${l.reasonHandling} <= ${placeholder('clearance')}::smallint THEN ${l.reason} END AS reason, ${l.linkedAt} AS "linkedAt",
  ${l.officeCode} AS "officeCode"`

const insert = statement(
  'insert_link',
  sql`INSERT INTO report_links (id, type, report_id, region_code, handling, target_id, target_region_code, target_handling, reason,
    reason_handling, linked_at, office_code, client_id, actor)
  VALUES (${placeholder('id')}, ${placeholder('type')}, ${placeholder('reportId')}, ${placeholder('regionCode')}, ${placeholder('handling')},
    ${placeholder('targetId')}, ${placeholder('targetRegionCode')}, ${placeholder('targetHandling')}, ${placeholder('reason')},
    greatest(${placeholder('handling')}::smallint, ${placeholder('targetHandling')}::smallint), ${placeholder('linkedAt')},
    ${placeholder('officeCode')}, ${placeholder('clientId')}, ${placeholder('actor')})`,
)

export async function insertLink(
  tx: Transaction,
  link: LinkRow & { report: LinkEnd; target: LinkEnd; clientId: string; actor: string },
): Promise<void> {
  const { report, target, ...row } = link
  const { regionCode, handling } = report
  const { regionCode: targetRegionCode, handling: targetHandling } = target
  await tx.run(insert, { ...row, regionCode, handling, targetRegionCode, targetHandling })
}

const find = statementByTier('find_link', (tier) => {
  const where = visibleLink(tier, eq(l.id, placeholder('id')))
  return sql`SELECT ${linkColumns}, ${l.handling}, ${l.targetHandling} AS "targetHandling" FROM ${l} WHERE ${where}`
})

export type FoundLink = LinkRow & { handling: number; targetHandling: number }

/** Undefined for what is missing and for a link of which the caller may not see both ends alike. */
export async function findLink(tx: Transaction, scope: Scope, id: string): Promise<FoundLink | undefined> {
  const [link] = await tx.run<FoundLink>(find[scope.tier], { ...scopeValues(scope), id })
  return link
}

const remove = statementByTier('remove_link', (tier) => {
  return sql`DELETE FROM ${l} WHERE ${visibleLink(tier, eq(l.id, placeholder('id')))} RETURNING ${l.id}`
})

/** False for a link that the caller may no longer see: an end of it was raised or moved while it was looked at. */
export async function removeLink(tx: Transaction, scope: Scope, id: string): Promise<boolean> {
  return (await tx.run(remove[scope.tier], { ...scopeValues(scope), id })).length > 0
}

const between = statementByTier('find_links_between', (tier) => {
  const ofType = (...conditions: SQL[]) => visibleLink(tier, eq(l.type, placeholder('type')), ...conditions)
  const same = ofType(eq(l.reportId, placeholder('reportId')), eq(l.targetId, placeholder('targetId')))
  return sql`WITH RECURSIVE ahead (id) AS (
      SELECT ${placeholder('targetId')}::uuid
      UNION
      SELECT ${l.targetId} FROM ahead JOIN ${l} ON ${l.reportId} = ahead.id WHERE ${ofType()}
    )
    SELECT EXISTS (SELECT FROM ${l} WHERE ${same}) AS same,
      EXISTS (SELECT FROM ahead WHERE id = ${placeholder('reportId')}::uuid) AS back`
})

/** What links of a type the caller sees from the report to the target, and from there back, over however many others. */
export async function findLinksBetween(
  tx: Transaction,
  scope: Scope,
  link: { type: LinkType; reportId: string; targetId: string },
): Promise<LinksBetween> {
  const [found] = await tx.run<LinksBetween & Record<string, unknown>>(between[scope.tier], {
    ...scopeValues(scope),
    ...link,
  })
  return found ?? { same: false, back: false }
}
