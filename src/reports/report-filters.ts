import { eq, gte, lt, sql } from 'drizzle-orm'
import type { Reference } from '../reference/store.ts'
import type { ReportFilters } from './filter-schemas.ts'
import { compared, type Filter, oneOf, sharedFilters } from './filters.ts'
import { found } from './search.ts'
import { reports as r } from './table.ts'

const { placeholder } = sql

/** The conditions of a query beside the caller's scope. @param now deadlines are past or not at this moment. @throws DomainError parameter_invalid naming what does not exist */
export function filtersOf(query: ReportFilters, reference: Reference, now: Date): Filter[] {
  const filters = [
    ...sharedFilters(query, r, reference),
    oneOf('status', r.status, query.status),
    oneOf('level', r.level, query.level),
    compared('counted', eq(r.counted, placeholder('counted')), query.counted),
    overdue(query.overdue, now),
    compared('receivedFrom', gte(r.receivedAt, placeholder('receivedFrom')), query.receivedFrom),
    compared('receivedTo', lt(r.receivedAt, placeholder('receivedTo')), query.receivedTo),
    found(query, reference, now),
  ]
  return filters.filter((filter) => filter !== undefined)
}

function overdue(asked: boolean | undefined, now: Date): Filter | undefined {
  if (asked === undefined) return undefined
  const isDue = sql`${r.dueAt} < ${placeholder('now')}::timestamptz`
  const condition = asked ? isDue : sql`(${r.dueAt} IS NULL OR NOT ${isDue})`
  return { shape: `overdue:${asked}`, condition, values: { now } }
}
