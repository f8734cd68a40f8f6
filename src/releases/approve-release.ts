import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import { assertIfMatch } from '../http/etag.ts'
import { assertMayRelease, assertReleasable } from '../reports/lifecycle.ts'
import { lockRelease } from './locked-release.ts'
import { publishedAfter } from './release-rules.ts'
import { tellPublished } from './tell-release.ts'
import { versionEtag } from './version-etag.ts'
import { endVersion, publishVersion } from './version-queries.ts'
import type { ShownVersion } from './version-view.ts'

/**
 * A second official agrees to what was proposed, exactly as it was copied: agencies read it from the commit on.
 * @throws DomainError release_not_found, version_stale, not_in_charge, person_required, proposer_may_not_approve,
 * transition_not_allowed when it was decided already, and when the report no longer stands as verified
 */
export async function approveRelease(
  context: Context,
  { id, ifMatch }: { id: string; ifMatch: string },
): Promise<ShownVersion> {
  const caller = callerFor(context.caller, 'reports:release')
  const by = actorOf({ ...context, caller })
  return context.db.transaction(caller, async (tx) => {
    const { report, latest, inForce } = await lockRelease(tx, caller, id, ifMatch)
    assertMayRelease(caller, report)
    if (latest.status !== 'proposed')
      throw new DomainError('transition_not_allowed', { verb: 'approve', status: latest.status })
    assertReleasable(report)
    if (latest.proposedBy === caller.subject) throw new DomainError('proposer_may_not_approve')
    assertIfMatch(ifMatch, versionEtag({ ...latest, reportStands: report.version }))
    if (inForce) await endVersion(tx, by, inForce, { status: 'superseded', reason: null })
    const publishedAt = publishedAfter(inForce?.publishedAt ?? null, by.now)
    const row = await publishVersion(tx, by, { ...latest, publishedAt })
    await tellPublished({ ...context, caller }, tx, { report, row, before: inForce })
    return { ...row, reportStands: report.version }
  })
}
