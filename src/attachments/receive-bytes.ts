import type { Readable } from 'node:stream'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import type { ActiveUploads } from './active-uploads.ts'
import { findOwnUpload, type UploadKey } from './find-upload.ts'
import { type Finished, finishUpload } from './finish-upload.ts'
import type { AttachmentFiles } from './open-files.ts'
import { type Piece, SpoolLost, TooMuch } from './spool.ts'
import { advanceUpload, restartUpload, type UploadRow } from './upload-queries.ts'

/** Bytes of a file, from an offset on. */
export interface Bytes {
  offset: number
  stream: Readable
  /** How many there will be, where it was said. */
  announced: number | undefined
}

/** Where files lie, and who brings bytes of one. */
export interface Receiving {
  files: AttachmentFiles
  active: ActiveUploads
}

/**
 * Keeps the next bytes of an upload; with the last of them the file is checked, and added to its report. What is acknowledged
 * is on the disk. Of two requests for the same bytes the first to end wins. Whoever asks how far the upload is ends it early:
 * what had come is kept.
 * @throws DomainError upload_not_found, upload_offset_conflict, body_too_large, file_refused
 */
export async function receiveBytes(
  given: Context,
  { files, active }: Receiving,
  key: UploadKey,
  bytes: Bytes,
): Promise<Finished> {
  const context = { ...given, caller: callerFor(given.caller, 'reports:submit') }
  const upload = await findOwnUpload(context, key)
  return active.during(upload.id, (enough) => receiveFor(context, files, upload, { ...bytes, enough }))
}

async function receiveFor(
  context: Context,
  files: AttachmentFiles,
  upload: UploadRow,
  bytes: Bytes & { enough: AbortSignal },
): Promise<Finished> {
  if (bytes.offset !== upload.received) throw new DomainError('upload_offset_conflict', { received: upload.received })
  const left = upload.length - upload.received
  if ((bytes.announced ?? 0) > left) throw new DomainError('body_too_large')
  const received = left === 0 ? upload : await receive(context, files, upload, bytes).catch(unlessDiskRefuses)
  if (received.status === 'receiving') return { upload: received, trouble: null }
  const finished = await finish(context, files, received)
  const { refusal } = finished.upload
  if (refusal !== null) throw new DomainError('file_refused', { reason: refusal })
  return finished
}

/** A disk that is full, or may not be written to, is a fault of ours, and may be mended: worth another try. */
function unlessDiskRefuses(error: unknown): never {
  const { syscall, code } = error as NodeJS.ErrnoException
  if (syscall !== undefined && code !== undefined)
    throw new DomainError('service_unavailable', {}, [], { cause: error })
  throw error
}

async function receive(
  context: Context,
  files: AttachmentFiles,
  upload: UploadRow,
  bytes: Bytes & { enough: AbortSignal },
): Promise<UploadRow> {
  const { spool } = files
  const piece = await spool.receive(upload.id, bytes, upload.length - upload.received)
  try {
    if (piece.failure instanceof TooMuch) throw new DomainError('body_too_large')
    return piece.size === 0 ? upload : await keep(context, files, upload, piece)
  } finally {
    await spool.discard(piece)
  }
}

async function keep(context: Context, files: AttachmentFiles, upload: UploadRow, piece: Piece): Promise<UploadRow> {
  const { db, caller } = context
  const { id, clientId, received: from } = upload
  try {
    return await db.transaction(caller, async (tx) => {
      const row = await advanceUpload(tx, { id, clientId, from, to: from + piece.size })
      if (!row) throw new DomainError('upload_offset_conflict')
      await files.spool.append(id, from, piece)
      return row
    })
  } catch (error) {
    if (!(error instanceof SpoolLost)) throw error
    return beginAgain(error, () => db.transaction(caller, (tx) => advanceUpload(tx, { id, clientId, from, to: 0 })))
  }
}

async function finish(context: Context, files: AttachmentFiles, upload: UploadRow): Promise<Finished> {
  if (upload.status !== 'checking') return { upload, trouble: null }
  const { db, caller } = context
  const finished = await finishUpload(
    files,
    { by: actorOf(context), run: (work) => db.transaction(caller, work) },
    upload,
  )
  if (finished.trouble instanceof SpoolLost)
    await beginAgain(finished.trouble, () => db.transaction(caller, (tx) => restartUpload(tx, upload)))
  return finished
}

/** The disk has lost what was acknowledged: said openly, so that the client begins at the beginning. */
async function beginAgain(cause: SpoolLost, reset: () => Promise<unknown>): Promise<never> {
  await reset()
  throw new DomainError('upload_offset_conflict', { received: 0 }, [], { cause })
}
