import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { AttachmentRow } from './queries.ts'

const { placeholder } = sql

const mark = statement(
  'mark_attachment_removed',
  sql`UPDATE attachments SET version = version + 1, file_name = NULL, longitude = NULL, latitude = NULL, taken_at = NULL,
    removed_at = ${placeholder('now')}, removed_by = ${placeholder('subject')}, removing_client = ${placeholder('clientId')},
    removing_office = ${placeholder('office')}, removal_reason = ${placeholder('reason')}
  WHERE id = ${placeholder('id')} AND removed_at IS NULL RETURNING id`,
)

/** Who removes a file, when, and why. */
export interface Removal {
  id: string
  now: Date
  subject: string
  clientId: string
  office: string | null
  reason: string | null
}

export async function markRemoved(tx: Transaction, removal: Removal): Promise<void> {
  const marked = await tx.run(mark, { ...removal })
  // A row that the policies hide from an UPDATE is left alone without a word.
  if (marked.length === 0) throw new Error(`Attachment ${removal.id} was not removed`)
}

const claimDue = statement(
  'claim_attachments_due',
  sql`SELECT a.id, a.report_id AS "reportId", a.version, a.office_code AS "officeCode", a.province_code AS "provinceCode", a.regency_code AS "regencyCode", a.handling
  FROM attachments a JOIN retention_rules USING (handling)
  WHERE kind = 'attachments' AND a.removed_at IS NULL AND a.uploaded_at < ${placeholder('now')}::timestamptz - keep_days * interval '1 day'
  ORDER BY a.uploaded_at, a.id LIMIT ${placeholder('most')} FOR UPDATE OF a SKIP LOCKED`,
)

/** What an event about an attachment says. */
export type AttachmentSubject = Pick<
  AttachmentRow,
  'id' | 'reportId' | 'version' | 'officeCode' | 'provinceCode' | 'regencyCode' | 'handling'
>

/** Files that have been kept as long as the rules of retention say, the oldest first; for the worker. */
export async function claimAttachmentsDue(tx: Transaction, now: Date, most: number): Promise<AttachmentSubject[]> {
  return tx.run<AttachmentSubject & Record<string, unknown>>(claimDue, { now, most })
}

const listBytes = statement(
  'list_bytes_to_remove',
  sql`SELECT id FROM attachments WHERE removed_at IS NOT NULL AND bytes_gone_at IS NULL ORDER BY removed_at, id LIMIT ${placeholder('most')}`,
)
const listCopies = statement(
  'list_released_copies',
  sql`SELECT id FROM released_files WHERE attachment_id = ${placeholder('id')}`,
)
const markGone = statement(
  'mark_bytes_gone',
  sql`UPDATE attachments SET bytes_gone_at = ${placeholder('now')} WHERE id = ${placeholder('id')}`,
)

/** Removed attachments whose bytes may still be in the store; for the worker. */
export async function listBytesToRemove(tx: Transaction, most: number): Promise<{ id: string }[]> {
  return tx.run<{ id: string }>(listBytes, { most })
}

/** Under which ids the store may have copies of an attachment that were made for releases; for the worker. */
export async function listReleasedCopies(tx: Transaction, id: string): Promise<{ id: string }[]> {
  return tx.run<{ id: string }>(listCopies, { id })
}

export async function markBytesGone(tx: Transaction, id: string, now: Date): Promise<void> {
  await tx.run(markGone, { id, now })
}
