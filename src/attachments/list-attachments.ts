import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import { hashOf, openCursor, sealCursor } from '../http/cursor.ts'
import { findReportIn } from '../reports/queries.ts'
import { type AttachmentRow, findAttachmentOf, listAttachmentsOf } from './queries.ts'
import type { AttachmentView, ListAttachmentsQuery } from './schemas.ts'

const beforeAll = '00000000-0000-0000-0000-000000000000'

/** The files of a report that the caller sees, removed ones as what is left of them. @throws DomainError report_not_found, cursor_invalid */
export async function listAttachments(
  context: Context & { cursorKey: Uint8Array },
  reportId: string,
  { limit, cursor }: ListAttachmentsQuery,
): Promise<{ items: AttachmentView[]; next: string | null }> {
  const { db, now, cursorKey } = context
  const caller = callerFor(context.caller, 'reports:read')
  const { scope, clientId } = caller
  const bound = { sort: 'id', filterHash: hashOf(['attachments', reportId]), scopeHash: hashOf([scope, clientId]) }
  const after = cursor === undefined ? beforeAll : String(openCursor(cursorKey, cursor, bound, now)[0])
  return db.transaction(caller, async (tx) => {
    const [report, rows] = await Promise.all([
      findReportIn(tx, { ...context, caller }, scope, reportId),
      listAttachmentsOf(tx, { reportId, clearance: scope.clearance, after, rows: limit + 1 }),
    ])
    if (!report) throw new DomainError('report_not_found', { id: reportId })
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    return { items: shown.map(viewOf), next: last ? sealCursor(cursorKey, [last.id], bound, now) : null }
  })
}

/** What is known of a file. @throws DomainError attachment_not_found, where the report is not to be seen too */
export async function findAttachment(context: Context, key: { id: string; reportId: string }): Promise<AttachmentRow> {
  const caller = callerFor(context.caller, 'reports:read')
  const { scope } = caller
  return context.db.transaction(caller, async (tx) => {
    const [report, row] = await Promise.all([
      findReportIn(tx, { ...context, caller }, scope, key.reportId),
      findAttachmentOf(tx, { ...key, clearance: scope.clearance }),
    ])
    if (!report || !row) throw new DomainError('attachment_not_found', { id: key.id })
    return row
  })
}

/** An attachment as it is answered. */
export function viewOf(row: AttachmentRow): AttachmentView {
  const { id, version, fileName, mediaType, size, sha256, scanned, uploadedAt, takenAt } = row
  const { longitude, latitude, removedAt, removedBy, removingOffice, removalReason } = row
  return {
    id,
    version,
    fileName,
    mediaType,
    size,
    sha256,
    scanned,
    uploadedAt,
    office: row.officeCode,
    by: row.actor,
    position: longitude === null || latitude === null ? null : [longitude, latitude],
    takenAt,
    removed:
      removedAt === null || removedBy === null
        ? null
        : { at: removedAt, office: removingOffice, by: removedBy, reason: removalReason },
  }
}
