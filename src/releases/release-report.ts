import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import type { AttachmentFiles } from '../attachments/open-files.ts'
import { once } from '../idempotency/once.ts'
import { lockReport } from '../reports/locked-report.ts'
import { findReportIn } from '../reports/queries.ts'
import { copyFiles } from './copy-files.ts'
import { approvedOf } from './release-rules.ts'
import { releaseVersion } from './release-version.ts'
import type { ReleaseReport } from './schemas.ts'
import { listVersions } from './version-queries.ts'
import type { ShownVersion } from './version-view.ts'

/**
 * Copies what is approved of a verified report, for agencies. From secret on, of the report or of the release, it is proposed and no
 * agency hears of it before a second official approves.
 * @throws DomainError report_not_found, not_in_charge, person_required, transition_not_allowed, body_invalid,
 * attachment_unavailable, idempotency_conflict
 */
export async function releaseReport(
  context: Context,
  files: AttachmentFiles,
  { reportId, given, idempotencyKey }: { reportId: string; given: ReleaseReport; idempotencyKey: string | undefined },
): Promise<{ made: ShownVersion; replayed: boolean }> {
  const by = { ...context, caller: callerFor(context.caller, 'reports:release') }
  const { scope } = by.caller
  const approved = approvedOf(given)
  const copies = await copyFiles(by, files, reportId, approved.attachments)
  return once<ShownVersion>(by, {
    operation: 'releaseReport',
    key: idempotencyKey,
    content: { reportId: reportId.toLowerCase(), ...approved },
    async create(tx, _reference, releaseId) {
      const report = await lockReport(tx, by.caller, reportId, '*')
      return releaseVersion(by, tx, report, { given, approved, copies, releaseId, version: 1, inForce: undefined })
    },
    async find(tx, releaseId) {
      const [latest] = (await listVersions(tx, scope, releaseId)).slice(-1)
      const report = latest && (await findReportIn(tx, by, scope, latest.reportId, latest.contentHandling))
      return report && latest && { ...latest, reportStands: report.version }
    },
  })
}
