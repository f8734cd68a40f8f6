import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import type { AttachmentFiles } from '../attachments/open-files.ts'
import { DomainError } from '../errors.ts'
import { copyFiles } from './copy-files.ts'
import { lockRelease } from './locked-release.ts'
import { approvedOf } from './release-rules.ts'
import { releaseVersion } from './release-version.ts'
import type { ReleaseReport } from './schemas.ts'
import { findReportOfRelease } from './version-queries.ts'
import type { ShownVersion } from './version-view.ts'

/**
 * Makes the next version of a release from the report as it is now. Publishing it replaces the one before, for those whom it no
 * longer reaches as well; where a second official must agree, that one stays in force until then.
 * @throws DomainError release_not_found, version_stale, not_in_charge, person_required, transition_not_allowed, body_invalid,
 * attachment_unavailable
 */
export async function reviseRelease(
  context: Context,
  files: AttachmentFiles,
  { id, ifMatch, given }: { id: string; ifMatch: string; given: ReleaseReport },
): Promise<ShownVersion> {
  const by = { ...context, caller: callerFor(context.caller, 'reports:release') }
  const { db } = context
  const approved = approvedOf(given)
  const reportId =
    approved.attachments.length > 0
      ? await db.transaction(by.caller, (tx) => findReportOfRelease(tx, by.caller.scope, id))
      : undefined
  const copies = await copyFiles(by, files, reportId ?? id, reportId === undefined ? [] : approved.attachments)
  return db.transaction(by.caller, async (tx) => {
    const { report, latest, inForce, retracted } = await lockRelease(tx, by.caller, id, ifMatch)
    if (retracted || latest.status === 'proposed')
      throw new DomainError('transition_not_allowed', { verb: 'revise', status: latest.status })
    const next = { releaseId: latest.releaseId, version: latest.version + 1, inForce }
    return releaseVersion(by, tx, report, { given, approved, copies, ...next })
  })
}
