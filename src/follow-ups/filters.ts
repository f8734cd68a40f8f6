import { eq, gte, lte, sql } from 'drizzle-orm'
import { DomainError, type Fault } from '../errors.ts'
import type { Reference } from '../reference/store.ts'
import { compared, type Filter, oneOf, within } from '../reports/filters.ts'
import type { ListFollowUpsQuery } from './schemas.ts'
import { followUps as f } from './table.ts'

const { placeholder } = sql

export type FollowUpFilters = Partial<Omit<ListFollowUpsQuery, 'sort' | 'limit' | 'cursor'>>

/**
 * The conditions of a query beside the caller's scope.
 * @param now days have ended or not at this moment
 * @throws DomainError parameter_invalid naming what does not exist
 */
export function filtersOf(query: FollowUpFilters, reference: Reference, now: Date): Filter[] {
  refuseUnknown(query, reference)
  const region = query.region === undefined ? undefined : reference.regions.today(query.region)
  const filters = [
    region && within(region, f),
    compared('office', eq(f.officeCode, placeholder('office')), query.office),
    compared('responsibleOffice', eq(f.responsibleOffice, placeholder('responsibleOffice')), query.responsibleOffice),
    oneOf('status', f.status, query.status),
    compared('dueFrom', gte(f.dueOn, sql`${placeholder('dueFrom')}::date`), query.dueFrom),
    compared('dueTo', lte(f.dueOn, sql`${placeholder('dueTo')}::date`), query.dueTo),
    compared('reportId', eq(f.reportId, placeholder('reportId')), query.reportId),
    overdue(query.overdue, now),
  ]
  return filters.filter((filter) => filter !== undefined)
}

/** Open, and its last day has ended in the time zone of the responsible office. */
function overdue(asked: boolean | undefined, now: Date): Filter | undefined {
  if (asked === undefined) return undefined
  const isOverdue = sql`${f.overdueFrom} <= ${placeholder('now')}::timestamptz`
  const condition = asked ? isOverdue : sql`(${f.overdueFrom} IS NULL OR NOT ${isOverdue})`
  return { shape: `overdue:${asked}`, condition, values: { now } }
}

/** A filter on what does not exist is a slip of the hand: an empty list would be believed. */
function refuseUnknown({ region, office, responsibleOffice }: FollowUpFilters, reference: Reference): void {
  const faults: Fault[] = []
  if (region !== undefined && !reference.regions.today(region))
    faults.push({ parameter: 'region', code: 'region_unknown' })
  for (const [parameter, code] of Object.entries({ office, responsibleOffice }))
    if (code !== undefined && !reference.offices.has(code)) faults.push({ parameter, code: 'office_unknown' })
  if (faults.length > 0) throw new DomainError('parameter_invalid', {}, faults)
}
