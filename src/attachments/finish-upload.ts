import { type Actor, appendAudit } from '../audit/append-audit.ts'
import type { Transaction } from '../database/transaction.ts'
import { appendEvent } from '../events/append-event.ts'
import { checkFile, type GoodFile } from './check-file.ts'
import type { AttachmentFiles } from './open-files.ts'
import { findSameAttachment, insertAttachment } from './queries.ts'
import { readUpload, settleUpload, type UploadRow } from './upload-queries.ts'
import type { Refusal } from './vocabulary.ts'

/** Who finishes an upload, and through which door: the request that brought its last byte, or the worker. */
export interface Finisher {
  by: Actor
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
}

export interface Finished {
  /** As it stands; still `checking` where it must be looked at again. */
  upload: UploadRow
  /** What kept it from being looked at or stored; null where nothing did. */
  trouble: unknown
}

/** While its file was looked at, the upload was given up, or what it had become was removed. */
class UploadGone extends Error {}

/**
 * Checks a whole file and adds it to its report, or refuses it. First the bytes are in the store and then there is a row that says
 * so, and what the file was made of goes last: whoever is interrupted in between finds all that is needed to do it again, and
 * two who do it at once add one file.
 */
export async function finishUpload(files: AttachmentFiles, finisher: Finisher, upload: UploadRow): Promise<Finished> {
  try {
    const found = await checkFile(files, upload)
    if (found.refusal !== null) return settled(await refuse(files, finisher, upload, found.refusal))
    if (found.file === null) return { upload, trouble: null }
    await files.store.put(upload.id, files.spool.pathOf(upload.id))
    return settled(await add(files, finisher, upload, found.file))
  } catch (error) {
    if (error instanceof UploadGone) await files.store.remove(upload.id).catch(() => {})
    // Whoever else was at it may have been done first, and taken the file away.
    const standing = await finisher.run((tx) => readUpload(tx, upload.id)).catch(() => undefined)
    return standing && standing.status !== 'checking' ? settled(standing) : { upload, trouble: error }
  }
}

function settled(upload: UploadRow): Finished {
  return { upload, trouble: null }
}

async function refuse(
  { spool }: AttachmentFiles,
  { by, run }: Finisher,
  upload: UploadRow,
  refusal: Refusal,
): Promise<UploadRow> {
  const { id, reportId, handling } = upload
  const refused = await run(async (tx) => {
    const row = await settleUpload(tx, { id, status: 'refused', refusal, attachmentId: null })
    if (!row) return undefined
    await appendAudit(tx, by, {
      action: 'attachment.refused',
      resource: { type: 'attachment', id, version: 1, handling },
      details: { report: reportId, refusal },
    })
    if (refusal === 'infected') await tell(tx, by, 'attachment.refused', upload)
    return row
  })
  await spool.remove(id)
  return refused ?? { ...upload, status: 'refused', refusal }
}

async function add(
  { spool, store }: AttachmentFiles,
  { by, run }: Finisher,
  upload: UploadRow,
  file: GoodFile,
): Promise<UploadRow> {
  const { id, reportId, handling } = upload
  const added = await run(async (tx) => {
    const made = await insertAttachment(tx, attachmentOf(upload, file, by.now))
    const attachmentId = made?.id ?? (await findSameAttachment(tx, { reportId, sha256: file.sha256 }))
    // It was added and removed again meanwhile, here or as another upload: whatever was stored by this one must go.
    if (attachmentId === undefined) throw new UploadGone()
    const row = await settleUpload(tx, { id, status: 'added', refusal: null, attachmentId })
    if (!row && made) throw new UploadGone()
    if (row && made) {
      const { mediaType, size, sha256, version } = made
      await appendAudit(tx, by, {
        action: 'attachment.added',
        resource: { type: 'attachment', id, version, handling },
        details: { report: reportId, mediaType, size, sha256 },
      })
      await tell(tx, by, 'attachment.added', upload)
    }
    return { ...upload, status: 'added' as const, attachmentId }
  })
  await spool.remove(id)
  if (added.attachmentId !== id) await store.remove(id)
  return added
}

function attachmentOf(upload: UploadRow, file: GoodFile, now: Date) {
  const { id, reportId, regionCode, handling, fileName, length: size, clientId, actor, officeCode } = upload
  const { sha256, mediaType, scanned, position, takenAt } = file
  const [longitude = null, latitude = null] = position ?? []
  const place = { reportId, regionCode, handling, longitude, latitude }
  return {
    id,
    ...place,
    fileName,
    size,
    clientId,
    actor,
    officeCode,
    sha256,
    mediaType,
    scanned,
    takenAt,
    uploadedAt: now,
  }
}

async function tell(
  tx: Transaction,
  by: Actor,
  type: 'attachment.added' | 'attachment.refused',
  upload: UploadRow,
): Promise<void> {
  await appendEvent(tx, { type, subject: { ...upload, version: 1 }, caller: by, occurredAt: by.now })
}
