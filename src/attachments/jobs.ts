import type { Actor } from '../audit/append-audit.ts'
import type { Job, JobContext } from '../worker/job.ts'
import { finishUpload } from './finish-upload.ts'
import type { AttachmentFiles } from './open-files.ts'
import { claimAttachmentsDue, listBytesToRemove, listReleasedCopies, markBytesGone } from './removal-queries.ts'
import { remove } from './remove-attachment.ts'
import { forgetUpload, listExpiredUploads, listUploadIdsToCheck, listUploadsToCheck } from './upload-queries.ts'

/** Files that a run takes at once. */
const batch = 100

/** Milliseconds: clocks of processes differ, and what one of them still believes in must not be gone. */
const grace = 3_600_000

/** The work on files that no request waits for. It needs the same folder as the service. */
export function attachmentJobs(files: AttachmentFiles): readonly Job[] {
  return [
    { name: 'finish-uploads', cron: '* * * * *', run: (context) => finishUploads(context, files) },
    { name: 'remove-unfinished-uploads', cron: '27 * * * *', run: (context) => removeUnfinished(context, files) },
    {
      name: 'enforce-attachment-retention',
      cron: '47 18 * * *',
      run: (context) => enforceAttachmentRetention(context, files),
    },
  ]
}

/** Looks again at whole files that were not scanned or stored when they came. */
export async function finishUploads({ db, now, signal }: JobContext, files: AttachmentFiles): Promise<void> {
  const by = workerAs('finish-uploads', now)
  const waiting = await as(db, by, (tx) => listUploadsToCheck(tx, batch))
  const troubles: unknown[] = []
  for (const upload of waiting) {
    if (signal.aborted) return
    const { trouble } = await finishUpload(files, { by, run: (work) => as(db, by, work) }, upload)
    if (trouble !== null) troubles.push(trouble)
  }
  if (troubles.length > 0) throw new AggregateError(troubles, 'Uploads could not be finished')
}

/**
 * Removes uploads that have expired, with what came of them, the bytes first: a row without bytes is found again. And bytes of
 * attachments that were removed while the store was out of reach.
 */
export async function removeUnfinished(context: JobContext, files: AttachmentFiles): Promise<void> {
  const { db, now, signal } = context
  const by = workerAs('remove-unfinished-uploads', now)
  const before = new Date(now.getTime() - grace)
  for (;;) {
    const expired = await as(db, by, (tx) => listExpiredUploads(tx, before, batch))
    for (const { id, status } of expired) {
      await files.spool.remove(id)
      if (status !== 'added') await files.store.remove(id)
      await as(db, by, (tx) => forgetUpload(tx, id))
    }
    if (expired.length < batch || signal.aborted) break
  }
  const kept = await as(db, by, listUploadIdsToCheck)
  await files.spool.sweep({ pieces: before, files: new Date(before.getTime() - files.uploadTime) }, kept)
  await files.store.sweep(before)
  await removeBytes(context, files)
}

/** Removes files that have been kept as long as the rules of retention say. */
export async function enforceAttachmentRetention(context: JobContext, files: AttachmentFiles): Promise<void> {
  const { db, now, signal } = context
  const by = workerAs('retention', now)
  while (!signal.aborted) {
    const due = await as(db, by, async (tx) => {
      const claimed = await claimAttachmentsDue(tx, now, batch)
      for (const attachment of claimed) await remove(tx, by, attachment, null)
      return claimed
    })
    if (due.length < batch) break
  }
  await removeBytes(context, files)
}

async function removeBytes({ db, now, signal }: JobContext, { store }: AttachmentFiles): Promise<void> {
  const by = workerAs('remove-bytes', now)
  while (!signal.aborted) {
    const removed = await as(db, by, (tx) => listBytesToRemove(tx, batch))
    for (const { id } of removed) {
      const copies = await as(db, by, (tx) => listReleasedCopies(tx, id))
      for (const file of [{ id }, ...copies]) await store.remove(file.id)
      await as(db, by, (tx) => markBytesGone(tx, id, now))
    }
    if (removed.length < batch) return
  }
}

type Worker = Actor & { clientId: 'system:worker' }

function workerAs(subject: string, now: Date): Worker {
  const nowhere = { office: null, agency: null, breakGlassId: null }
  return { clientId: 'system:worker', subject, ...nowhere, trace: { requestId: 'worker', operation: subject }, now }
}

function as<T>(db: JobContext['db'], by: Worker, work: Parameters<typeof db.workAs<T>>[2]): Promise<T> {
  return db.workAs('worker', { client: by.clientId, actor: by.subject }, work)
}
