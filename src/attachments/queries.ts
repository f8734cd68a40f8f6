import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { MediaType } from './vocabulary.ts'

const { placeholder } = sql

/** A whole file of a report, or what is left to say of it. */
export interface AttachmentRow extends Record<string, unknown> {
  id: string
  reportId: string
  provinceCode: string | null
  regencyCode: string | null
  /** Rank, 0 to 3. */
  handling: number
  version: number
  /** Null once it is removed. */
  fileName: string | null
  mediaType: MediaType
  /** Bytes. */
  size: number
  sha256: string
  scanned: boolean
  longitude: number | null
  latitude: number | null
  takenAt: Date | null
  uploadedAt: Date
  actor: string
  officeCode: string
  removedAt: Date | null
  removedBy: string | null
  removingOffice: string | null
  removalReason: string | null
}

const columns = sql`a.id, a.report_id AS "reportId", a.province_code AS "provinceCode", a.regency_code AS "regencyCode", a.handling, a.version,
  a.file_name AS "fileName", a.media_type AS "mediaType", a.size, a.sha256, a.scanned, a.longitude, a.latitude, a.taken_at AS "takenAt",
  a.uploaded_at AS "uploadedAt", a.actor, a.office_code AS "officeCode", a.removed_at AS "removedAt", a.removed_by AS "removedBy",
  a.removing_office AS "removingOffice", a.removal_reason AS "removalReason"`

// The place is that of the report, which is always found beside it; here stands the handling once more.
const ofReport = sql`a.report_id = ${placeholder('reportId')} AND a.handling <= ${placeholder('clearance')}::smallint`

const insert = statement(
  'insert_attachment',
  sql`INSERT INTO attachments AS a (id, report_id, region_code, handling, file_name, media_type, size, sha256, scanned, longitude, latitude,
    taken_at, uploaded_at, client_id, actor, office_code)
  VALUES (${placeholder('id')}, ${placeholder('reportId')}, ${placeholder('regionCode')}, ${placeholder('handling')}, ${placeholder('fileName')},
    ${placeholder('mediaType')}, ${placeholder('size')}, ${placeholder('sha256')}, ${placeholder('scanned')}, ${placeholder('longitude')},
    ${placeholder('latitude')}, ${placeholder('takenAt')}, ${placeholder('uploadedAt')}, ${placeholder('clientId')}, ${placeholder('actor')},
    ${placeholder('officeCode')})
  ON CONFLICT DO NOTHING RETURNING ${columns}`,
)

export type NewAttachment = Pick<
  AttachmentRow,
  'id' | 'reportId' | 'handling' | 'mediaType' | 'size' | 'sha256' | 'scanned' | 'uploadedAt' | 'actor' | 'officeCode'
> &
  Pick<AttachmentRow, 'longitude' | 'latitude' | 'takenAt'> & { fileName: string; regionCode: string; clientId: string }

/** Undefined when the report has the very same file. */
export async function insertAttachment(tx: Transaction, attachment: NewAttachment): Promise<AttachmentRow | undefined> {
  const [row] = await tx.run<AttachmentRow>(insert, attachment)
  return row
}

const findSame = statement(
  'find_same_attachment',
  sql`SELECT id FROM attachments WHERE report_id = ${placeholder('reportId')} AND sha256 = ${placeholder('sha256')} AND removed_at IS NULL`,
)

/** The attachment of a report with these very bytes. */
export async function findSameAttachment(
  tx: Transaction,
  file: { reportId: string; sha256: string },
): Promise<string | undefined> {
  const [row] = await tx.run<{ id: string }>(findSame, file)
  return row?.id
}

/** Which attachment, of which report, for whom. */
export interface AttachmentKey {
  id: string
  reportId: string
  /** Rank of the caller's clearance. */
  clearance: number
}

const find = statement(
  'find_attachment',
  sql`SELECT ${columns} FROM attachments a WHERE a.id = ${placeholder('id')} AND ${ofReport}`,
)
const lock = statement(
  'lock_attachment',
  sql`SELECT ${columns} FROM attachments a WHERE a.id = ${placeholder('id')} AND ${ofReport} FOR UPDATE`,
)

/** Ask for its report in the same transaction: who may not see that one gets nothing. */
export async function findAttachmentOf(tx: Transaction, key: AttachmentKey): Promise<AttachmentRow | undefined> {
  const [row] = await tx.run<AttachmentRow>(find, { ...key })
  return row
}

/** As findAttachmentOf, and held until the transaction ends. */
export async function lockAttachmentOf(tx: Transaction, key: AttachmentKey): Promise<AttachmentRow | undefined> {
  const [row] = await tx.run<AttachmentRow>(lock, { ...key })
  return row
}

const list = statement(
  'list_attachments',
  sql`SELECT ${columns} FROM attachments a WHERE ${ofReport} AND a.id > ${placeholder('after')}::uuid
  ORDER BY a.id LIMIT ${placeholder('rows')}`,
)

/** In the order in which they were begun. Ask for the report in the same transaction. */
export async function listAttachmentsOf(
  tx: Transaction,
  page: Omit<AttachmentKey, 'id'> & { after: string; rows: number },
): Promise<AttachmentRow[]> {
  return tx.run<AttachmentRow>(list, page)
}
