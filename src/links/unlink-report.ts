import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import { changeReport } from '../reports/change-report.ts'
import { lockReport } from '../reports/locked-report.ts'
import type { StoredReport } from '../reports/queries.ts'
import { markDuplicate } from './link-report.ts'
import { assertMayLink } from './link-rules.ts'
import { findLink, removeLink } from './queries.ts'

/**
 * Takes a link back, from the report that was linked: a duplicate counts again. That it was there, the audit keeps.
 * @param ifMatch ETag of the report, or `*`
 * @throws DomainError report_not_found, version_stale, link_not_found, not_in_charge
 */
export async function unlinkReport(
  context: Context,
  { id, linkId, ifMatch }: { id: string; linkId: string; ifMatch: string },
): Promise<StoredReport> {
  const by = { ...context, caller: callerFor(context.caller, 'reports:verify') }
  const { scope } = by.caller
  return context.db.transaction(by.caller, async (tx) => {
    const report = await lockReport(tx, by.caller, id, ifMatch)
    const link = await findLink(tx, scope, linkId)
    if (link?.reportId !== report.id) throw new DomainError('link_not_found', { id: linkId })
    assertMayLink(scope, report)
    const { type, reportId, targetId, handling, targetHandling } = link
    if (!(await removeLink(tx, scope, link.id))) throw new DomainError('link_not_found', { id: linkId })
    const told = appendAudit(tx, actorOf(by), {
      action: 'link.removed',
      resource: { type: 'link', id: link.id, handling: Math.max(handling, targetHandling) },
      details: { type, reportId, targetId },
    })
    const isDuplicate = report.isDuplicate && type !== 'duplicate_of'
    const change = { action: 'unlinked', statement: markDuplicate, values: { isDuplicate }, reason: null } as const
    const [unlinked] = await Promise.all([changeReport(by, tx, report, change), told])
    return unlinked
  })
}
