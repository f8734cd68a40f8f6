import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { findReportIn } from '../reports/queries.ts'
import type { ListReportReleasesQuery } from './schemas.ts'
import { listReleasesOf } from './version-queries.ts'
import type { ShownVersion } from './version-view.ts'

const beforeAll = ['00000000-0000-0000-0000-000000000000', 0] as const

/** Every version of the releases of a report that the caller sees. @throws DomainError report_not_found, cursor_invalid */
export async function listReportReleases(
  context: Context & { cursorKey: Uint8Array },
  reportId: string,
  { limit, cursor }: ListReportReleasesQuery,
): Promise<{ items: ShownVersion[]; next: string | null }> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'reports:read')
  const { scope, clientId } = caller
  const bound = { sort: 'version', filterHash: hashOf(['releases', reportId]), scopeHash: hashOf([scope, clientId]) }
  const [afterId, afterVersion] = cursor === undefined ? beforeAll : openCursor(cursorKey, cursor, bound, now)
  return db.transaction(caller, async (tx) => {
    const page = { reportId, afterId: String(afterId), afterVersion: Number(afterVersion), rows: limit + 1 }
    const rows = await listReleasesOf(tx, scope, page)
    const shown = rows.slice(0, limit)
    const saidUnder = Math.max(0, ...shown.map(({ contentHandling }) => contentHandling))
    const report = await findReportIn(tx, { ...context, caller }, scope, reportId, saidUnder)
    if (!report) throw new DomainError('report_not_found', { id: reportId })
    const last = rows.length > limit ? shown.at(-1) : undefined
    const next = last ? sealCursor(cursorKey, [last.releaseId, last.version], bound, now) : null
    return { items: shown, next }
  })
}
