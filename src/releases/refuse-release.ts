import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import { assertMayRelease } from '../reports/lifecycle.ts'
import { lockRelease } from './locked-release.ts'
import { tellRelease } from './tell-release.ts'
import { endVersion } from './version-queries.ts'
import type { ShownVersion } from './version-view.ts'

/** The end of a version, of which the caller has read the latest. */
export interface Ending {
  id: string
  /** ETag of the latest version, or `*`. */
  ifMatch: string
  reason: string
}

/**
 * An official, the one who proposed it too, turns down what waits for its second person; what is in force stays.
 * @throws DomainError release_not_found, version_stale, not_in_charge, person_required, transition_not_allowed
 */
export async function refuseRelease(context: Context, { id, ifMatch, reason }: Ending): Promise<ShownVersion> {
  const caller = callerFor(context.caller, 'reports:release')
  const by = actorOf({ ...context, caller })
  return context.db.transaction(caller, async (tx) => {
    const { report, latest } = await lockRelease(tx, caller, id, ifMatch)
    assertMayRelease(caller, report)
    if (latest.status !== 'proposed')
      throw new DomainError('transition_not_allowed', { verb: 'refuse', status: latest.status })
    const row = await endVersion(tx, by, latest, { status: 'refused', reason })
    await tellRelease({ ...context, caller }, tx, { report, row, type: 'release.refused', audience: null })
    return { ...row, reportStands: report.version }
  })
}
