import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import { assertMayRelease } from '../reports/lifecycle.ts'
import { lockRelease } from './locked-release.ts'
import type { Ending } from './refuse-release.ts'
import { audienceOf, tellRelease } from './tell-release.ts'
import { endVersion } from './version-queries.ts'
import type { ShownVersion } from './version-view.ts'

/**
 * Takes a release back for good, whatever became of its report: agencies that could see it find it gone. What was proposed to
 * follow it is turned down with it.
 * @returns the version that agencies read until now
 * @throws DomainError release_not_found, version_stale, not_in_charge, person_required, transition_not_allowed where no agency reads it
 */
export async function retractRelease(context: Context, { id, ifMatch, reason }: Ending): Promise<ShownVersion> {
  const caller = callerFor(context.caller, 'reports:release')
  const by = actorOf({ ...context, caller })
  const acting = { ...context, caller }
  return context.db.transaction(caller, async (tx) => {
    const { report, latest, inForce } = await lockRelease(tx, caller, id, ifMatch)
    assertMayRelease(caller, report)
    if (!inForce) throw new DomainError('transition_not_allowed', { verb: 'retract', status: latest.status })
    if (latest.status === 'proposed') {
      const refused = await endVersion(tx, by, latest, { status: 'refused', reason })
      await tellRelease(acting, tx, { report, row: refused, type: 'release.refused', audience: null })
    }
    const row = await endVersion(tx, by, inForce, { status: 'retracted', reason })
    await tellRelease(acting, tx, { report, row, type: 'release.retracted', audience: audienceOf(row) })
    return { ...row, reportStands: report.version }
  })
}
