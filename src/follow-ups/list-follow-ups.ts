import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import { hashOf, openCursor } from '../http/cursor.ts'
import { findReportIn } from '../reports/queries.ts'
import { filtersOf } from './filters.ts'
import { type Page, readPage } from './page.ts'
import type { ListFollowUpsQuery, PageQuery } from './schemas.ts'
import { tellReads } from './tell-reads.ts'

type Asking = Context & { cursorKey: Uint8Array }

/** Follow-ups across reports, and those that stand alone, as far as the caller may see. @throws DomainError cursor_invalid, parameter_invalid */
export async function listFollowUps(context: Asking, query: ListFollowUpsQuery): Promise<Page> {
  const caller = callerFor(context.caller, 'reports:read')
  const { sort, limit, cursor, ...filters } = query
  const bound = { sort, filterHash: hashOf(filters), scopeHash: hashOf([caller.scope, caller.clientId]) }
  const after = cursor === undefined ? undefined : openCursor(context.cursorKey, cursor, bound, context.now)
  return context.db.transaction(caller, async (tx, reference) => {
    const asked = { sort, limit, after, bound, filters: filtersOf(filters, reference, context.now) }
    const page = await readPage({ ...context, caller }, tx, asked)
    await tellReads({ ...context, caller }, tx, page.items)
    return page
  })
}

/** The follow-ups of one report, the first due first. @throws DomainError report_not_found, cursor_invalid */
export async function listReportFollowUps(context: Asking, reportId: string, query: PageQuery): Promise<Page> {
  const caller = callerFor(context.caller, 'reports:read')
  const { limit, cursor } = query
  const sort = 'dueOn'
  const scopeHash = hashOf([caller.scope, caller.clientId])
  const bound = { sort, filterHash: hashOf(['report', reportId]), scopeHash }
  const after = cursor === undefined ? undefined : openCursor(context.cursorKey, cursor, bound, context.now)
  return context.db.transaction(caller, async (tx, reference) => {
    const by = { ...context, caller }
    const filters = filtersOf({ reportId }, reference, context.now)
    const [report, page] = await Promise.all([
      findReportIn(tx, by, caller.scope, reportId),
      readPage(by, tx, { sort, limit, after, bound, filters }),
    ])
    if (!report) throw new DomainError('report_not_found', { id: reportId })
    await tellReads(by, tx, page.items)
    return page
  })
}
