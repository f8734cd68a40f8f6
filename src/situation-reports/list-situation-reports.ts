import { and, desc, eq, gte, lt, lte, type SQL, sql } from 'drizzle-orm'
import { type Caller, callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { tellingOf, tellingValues, toldRead } from '../audit/told-reads.ts'
import { rememberedStatement, type Statement } from '../database/statement.ts'
import { DomainError } from '../errors.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import type { Reference } from '../reference/store.ts'
import { situationDocument } from './document.ts'
import { itemMembers, type ListSituationReportsQuery } from './list-schemas.ts'
import { situationReports as r } from './table.ts'

const { placeholder } = sql

interface Row extends Record<string, unknown> {
  id: string
  position: Date
  document: string
}

/** The condition of each filter; its value comes under the same name. */
const conditions: Record<string, SQL> = {
  office: eq(r.officeCode, placeholder('office')),
  province: eq(r.provinceCode, placeholder('province')),
  regency: eq(r.regencyCode, placeholder('regency')),
  kind: eq(r.kind, placeholder('kind')),
  period: eq(r.period, placeholder('period')),
  periodFrom: gte(r.periodTo, placeholder('periodFrom')),
  periodTo: lte(r.periodFrom, placeholder('periodTo')),
  nothingToReport: eq(r.nothingToReport, placeholder('nothingToReport')),
  timeliness: eq(r.timeliness, placeholder('timeliness')),
  exercise: eq(r.exercise, placeholder('exercise')),
}

/**
 * Situation reports that the caller may see, the last received first, by keyset.
 * @returns items as JSON texts
 * @throws DomainError cursor_invalid, parameter_invalid
 */
export async function listSituationReports(
  context: Context & { cursorKey: Uint8Array },
  query: ListSituationReportsQuery,
): Promise<{ items: string[]; next: string | null }> {
  const { db, now, cursorKey } = context
  const { cursor, limit, ...asked } = query
  const caller = callerFor(context.caller, 'reports:read')
  const bound = {
    sort: '-receivedAt',
    filterHash: hashOf(['situation', asked]),
    scopeHash: hashOf([caller.scope, caller.clientId]),
  }
  const after = cursor === undefined ? undefined : openCursor(cursorKey, cursor, bound, now)
  return db.transaction(caller, async (tx, reference) => {
    const filters = filtersOf(asked, reference)
    const sent = tx.run<Row>(pageStatement(caller, Object.keys(filters), after !== undefined), {
      ...filters,
      ...scopeValues(caller.scope),
      ...tellingValues({ ...context, caller }),
      ...(after && { afterPosition: after[0], afterId: after[1] }),
      rows: limit + 1,
      shown: limit,
    })
    const [rows] = await Promise.all([sent, tx.commit()])
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    const next = last ? sealCursor(cursorKey, [last.position.toISOString(), last.id], bound, now) : null
    return { items: shown.map(({ document }) => document), next }
  })
}

/** What is asked for, by the names of `conditions`. @throws DomainError parameter_invalid for a region that does not exist */
function filtersOf(
  { region: code, ...asked }: Omit<ListSituationReportsQuery, 'cursor' | 'limit'>,
  { regions }: Reference,
): Record<string, unknown> {
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
  if (code === undefined) return given
  const region = regions.today(code)
  if (!region) throw new DomainError('parameter_invalid', {}, [{ parameter: 'region', code: 'region_unknown' }])
  if (region.level === 'nation') return given
  if (region.level === 'province') return { ...given, province: region.code }
  // No office lies below a regency.
  return { ...given, regency: region.regency }
}

function pageStatement(caller: Caller, filters: readonly string[], continued: boolean): Statement {
  const { scope } = caller
  const told = tellingOf(caller) !== 'untold'
  const shape = [scope.tier, told, continued, ...filters].join(' ')
  return rememberedStatement('list_situation_reports', shape, () => pageSql(scope.tier, told, filters, continued))
}

function pageSql(tier: Caller['scope']['tier'], told: boolean, filters: readonly string[], continued: boolean): SQL {
  const key = sql`(${r.receivedAt}, ${r.id})`
  const from = sql`(${placeholder('afterPosition')}::timestamptz, ${placeholder('afterId')}::uuid)`
  const where = visible(tier, r, and(...filters.map((name) => conditions[name])), continued ? lt(key, from) : undefined)
  const rows = sql`SELECT ${r.id}, ${r.version}, ${r.handling}, ${r.receivedAt} AS position, ${situationDocument(tier, itemMembers)} AS document
    FROM ${r} WHERE ${where} ORDER BY ${desc(r.receivedAt)}, ${desc(r.id)} LIMIT ${placeholder('rows')}`
  if (!told) return rows
  const page = { order: sql`position DESC, id DESC`, shown: sql`${placeholder('shown')}` }
  return toldRead('told', { query: rows, columns: sql`id, position, document`, page, type: 'situation_report' })
}
