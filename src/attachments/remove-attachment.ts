import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { type Actor, actorOf, appendAudit } from '../audit/append-audit.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { appendEvent } from '../events/append-event.ts'
import { assertIfMatch, etagOf } from '../http/etag.ts'
import { assertMayCorrect } from '../reports/lifecycle.ts'
import { lockReport } from '../reports/locked-report.ts'
import type { AttachmentFiles } from './open-files.ts'
import { lockAttachmentOf } from './queries.ts'
import { type AttachmentSubject, markRemoved } from './removal-queries.ts'

/** What is removed, in the version that the caller has read. */
export interface Removing {
  id: string
  reportId: string
  /** ETag of the version, or `*`. */
  ifMatch: string
  reason: string | null
}

/**
 * Removes the bytes of a file for good, and all that may name persons; that it was there, who removed it, when and why, stays.
 * Whoever may correct the report may do this.
 * @throws DomainError attachment_not_found, attachment_removed, version_stale, not_in_charge, transition_not_allowed, body_invalid
 * without a reason that is needed
 */
export async function removeAttachment(
  context: Context,
  { store }: AttachmentFiles,
  { id, reportId, ifMatch, reason }: Removing,
): Promise<void> {
  const caller = callerFor(context.caller, 'reports:submit')
  const by = actorOf({ ...context, caller })
  await context.db.transaction(caller, async (tx) => {
    const report = await lockReport(tx, caller, reportId, '*').catch(nothingToSee)
    const attachment = await lockAttachmentOf(tx, { id, reportId, clearance: caller.scope.clearance })
    if (!report || !attachment) throw new DomainError('attachment_not_found', { id })
    if (attachment.removedAt !== null) throw new DomainError('attachment_removed', { id })
    assertIfMatch(ifMatch, etagOf(attachment.id, attachment.version))
    const { reasonNeeded } = assertMayCorrect(caller, report)
    if (reasonNeeded && reason === null)
      throw new DomainError('body_invalid', {}, [{ pointer: '/reason', code: 'required' }])
    await remove(tx, by, attachment, reason)
  })
  // Where the store is out of reach the worker does it later.
  await store.remove(id).catch(() => {})
}

function nothingToSee(error: unknown): undefined {
  if (error instanceof DomainError && error.code === 'report_not_found') return undefined
  throw error
}

/** Makes the tombstone of an attachment that is locked, and tells of it. The bytes go after the commit. */
export async function remove(
  tx: Transaction,
  by: Actor,
  attachment: AttachmentSubject,
  reason: string | null,
): Promise<void> {
  const { id, handling } = attachment
  const version = attachment.version + 1
  const { now, subject, clientId, office } = by
  await markRemoved(tx, { id, now, subject, clientId, office, reason })
  await appendAudit(tx, by, { action: 'attachment.removed', resource: { type: 'attachment', id, version, handling } })
  await appendEvent(tx, {
    type: 'attachment.removed',
    subject: { ...attachment, version },
    caller: by,
    occurredAt: now,
  })
}
