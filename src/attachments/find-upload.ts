import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import type { AttachmentFiles } from './open-files.ts'
import { findUpload, removeUpload, type UploadRow } from './upload-queries.ts'

/** Which upload, to which report. */
export interface UploadKey {
  reportId: string
  id: string
}

/** How far an upload of the caller's own client is. @throws DomainError upload_not_found */
export async function findOwnUpload(context: Context, key: UploadKey): Promise<UploadRow> {
  const { db, now } = context
  const caller = callerFor(context.caller, 'reports:submit')
  return db.transaction(caller, async (tx) => {
    const [upload] = await Promise.all([findUpload(tx, caller, { ...key, now }), tx.commit()])
    if (!upload) throw new DomainError('upload_not_found', { id: key.id })
    return upload
  })
}

/** The client gives an upload up; what it sent is removed. @throws DomainError upload_not_found, once it is an attachment too */
export async function endUpload(context: Context, files: AttachmentFiles, key: UploadKey): Promise<void> {
  const { db, now } = context
  const caller = callerFor(context.caller, 'reports:submit')
  await db.transaction(caller, async (tx) => {
    const upload = await findUpload(tx, caller, { ...key, now })
    if (!upload || !(await removeUpload(tx, key.id))) throw new DomainError('upload_not_found', { id: key.id })
    await appendAudit(tx, actorOf({ ...context, caller }), {
      action: 'attachment.upload_ended',
      resource: { type: 'report', id: key.reportId, handling: upload.handling },
      details: { upload: key.id, received: upload.received },
    })
  })
  await files.spool.remove(key.id)
}
