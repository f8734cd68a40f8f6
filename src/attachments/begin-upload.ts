import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { once } from '../idempotency/once.ts'
import { lockReport } from '../reports/locked-report.ts'
import { countOpenUploads } from './count-uploads.ts'
import { assertMayAttach } from './may-attach.ts'
import type { AttachmentFiles } from './open-files.ts'
import type { FileMetadata } from './upload-metadata.ts'
import { findUpload, insertUpload, type UploadRow } from './upload-queries.ts'
import { mostBytes } from './vocabulary.ts'

/** A file that a client is about to send. */
export interface NewFile extends FileMetadata {
  /** Bytes. */
  length: number
}

/**
 * Makes room for a file of a report, which then comes in pieces. Nobody but the client that sends it knows of it until it is
 * whole and found good.
 * @throws DomainError body_too_large, report_not_found, not_in_charge, transition_not_allowed, idempotency_conflict, uploads_exhausted
 */
export async function beginUpload(
  given: Context & { limits: Pick<AttachmentFiles, 'uploadTime' | 'openUploads'> },
  reportId: string,
  file: NewFile,
  key: string | undefined,
): Promise<{ made: UploadRow; replayed: boolean }> {
  const { now, limits } = given
  if (file.length > mostBytes) throw new DomainError('body_too_large', { limit: '25 MiB' })
  const caller = callerFor(given.caller, 'reports:submit')
  const context = { ...given, caller }
  const create = async (tx: Transaction, id: string) => {
    const report = await lockReport(tx, caller, reportId, '*')
    assertMayAttach(caller, report)
    const { regionCode, handling } = report
    const { clientId, subject: actor, scope } = caller
    if ((await countOpenUploads(tx, { clientId, now })) >= limits.openUploads)
      throw new DomainError('uploads_exhausted', { maximum: limits.openUploads })
    const { fileName, length, sha256: declaredSha256 } = file
    const times = { createdAt: now, expiresAt: new Date(now.getTime() + limits.uploadTime) }
    const from = { clientId, actor, officeCode: scope.region }
    const [upload] = await Promise.all([
      insertUpload(tx, { id, reportId, regionCode, handling, ...from, fileName, length, declaredSha256, ...times }),
      appendAudit(tx, actorOf(context), {
        action: 'attachment.upload_begun',
        resource: { type: 'report', id: reportId, handling },
        details: { upload: id, length },
      }),
      tx.commit(),
    ])
    return upload
  }
  return once(context, {
    operation: 'beginUpload',
    key,
    content: { reportId, ...file },
    create: (tx, _reference, id) => create(tx, id),
    find: (tx, id) => findUpload(tx, caller, { id, reportId, now }),
  })
}
