import { gt, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { visible } from '../access/scope.ts'
import type { Tier } from '../access/vocabulary.ts'
import { tellingOf, toldRead } from '../audit/told-reads.ts'
import { rememberedStatement, type Statement } from '../database/statement.ts'
import { object, reportDocument, utc } from '../reports/document.ts'
import { reports as r } from '../reports/table.ts'
import { inboxKinds, type KindName, kindNames } from './kinds.ts'
import { reportMembers } from './schemas.ts'

const { placeholder } = sql

/** What a page gives: each item with its place in the list. */
export interface ItemRow extends Record<string, unknown> {
  kind: KindName
  position: Date
  item: string
  /** JSON text of the wire. */
  document: string
}

const columns = sql`kind, position, item, document`
const order = sql`rank, position, item`

/**
 * A page of these kinds, one after the other, each by its position and id; `rows` are read, and `shown` of them told to the audit.
 * @param continued whether the first kind goes on after the placeholders `afterPosition` and `afterItem`
 */
export function pageStatement(caller: Caller, kinds: readonly KindName[], continued: boolean): Statement {
  const { tier } = caller.scope
  const telling = tellingOf(caller)
  return rememberedStatement('list_inbox', [tier, telling, continued, ...kinds].join(' '), () => {
    const parts = kinds.map((kind, index) => itemsOf(tier, kind, continued && index === 0))
    const from = sql`FROM (${sql.join(parts, sql` UNION ALL `)}) items ORDER BY ${order} LIMIT ${placeholder('rows')}`
    if (telling === 'untold') return sql`SELECT ${columns} ${from}`
    return toldRead(telling, {
      query: sql`SELECT * ${from}`,
      columns,
      page: { order, shown: sql`${placeholder('shown')}` },
    })
  })
}

/** No kind reads more of its items than the page can hold. */
function itemsOf(tier: Tier, name: KindName, continued: boolean): SQL {
  const { from, waits, id, since, dueAt, position, handling, members } = inboxKinds[name]
  const key = sql`(${position}, ${id})`
  const after = continued
    ? gt(key, sql`(${placeholder('afterPosition')}::timestamptz, ${placeholder('afterItem')}::uuid)`)
    : undefined
  const kind = sql`${sql.raw(`'${name}'`)}::text`
  const report = reportDocument(reportMembers)
  const document = object({ kind, since: utc(since), dueAt: utc(dueAt), report, ...members })
  return sql`(SELECT ${sql.raw(String(kindNames.indexOf(name)))} AS rank, ${kind} AS kind, ${position} AS position, ${id} AS item,
    ${document}::text AS document, ${r.id} AS id, ${r.version} AS version, ${handling} AS handling, ${r.officeCode} AS office_code,
    ${r.regionCode} AS region_code, ${r.provinceCode} AS province_code, ${r.regencyCode} AS regency_code
  FROM ${from} WHERE ${visible(tier, r, waits(tier), after)} ORDER BY ${position}, ${id} LIMIT ${placeholder('rows')})`
}
