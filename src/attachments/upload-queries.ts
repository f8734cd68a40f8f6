import { eq, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { reports as r } from '../reports/table.ts'
import type { Refusal, uploadStatuses } from './vocabulary.ts'

const { placeholder } = sql

/** A file on its way, and where its report belongs. */
export interface UploadRow extends Record<string, unknown> {
  id: string
  reportId: string
  regionCode: string
  provinceCode: string | null
  regencyCode: string | null
  /** Rank, 0 to 3. */
  handling: number
  clientId: string
  actor: string
  officeCode: string
  fileName: string
  /** Bytes of the whole file. */
  length: number
  /** Bytes that are on the disk for certain. */
  received: number
  declaredSha256: string | null
  status: (typeof uploadStatuses)[number]
  refusal: Refusal | null
  attachmentId: string | null
  createdAt: Date
  expiresAt: Date
}

const columns = sql`u.id, u.report_id AS "reportId", u.region_code AS "regionCode", u.province_code AS "provinceCode",
  u.regency_code AS "regencyCode", u.handling, u.client_id AS "clientId", u.actor, u.office_code AS "officeCode", u.file_name AS "fileName",
  u.length, u.received, u.declared_sha256 AS "declaredSha256", u.status, u.refusal, u.attachment_id AS "attachmentId",
  u.created_at AS "createdAt", u.expires_at AS "expiresAt"`

const insert = statement(
  'insert_upload',
  sql`INSERT INTO attachment_uploads AS u (id, report_id, region_code, handling, client_id, actor, office_code, file_name, length,
    declared_sha256, created_at, expires_at)
  VALUES (${placeholder('id')}, ${placeholder('reportId')}, ${placeholder('regionCode')}, ${placeholder('handling')}, ${placeholder('clientId')},
    ${placeholder('actor')}, ${placeholder('officeCode')}, ${placeholder('fileName')}, ${placeholder('length')}, ${placeholder('declaredSha256')},
    ${placeholder('createdAt')}, ${placeholder('expiresAt')}) RETURNING ${columns}`,
)

type NewUpload = Omit<UploadRow, 'provinceCode' | 'regencyCode' | 'received' | 'status' | 'refusal' | 'attachmentId'>

export async function insertUpload(tx: Transaction, upload: NewUpload): Promise<UploadRow> {
  const [row] = await tx.run<UploadRow>(insert, upload)
  if (!row) throw new Error('The upload was not inserted')
  return row
}

const find = statementByTier(
  'find_upload',
  (tier) => sql`SELECT ${columns} FROM attachment_uploads u JOIN ${r} ON ${r.id} = u.report_id
  WHERE ${visible(tier, r, eq(r.id, placeholder('reportId')))} AND u.id = ${placeholder('id')} AND u.client_id = ${placeholder('clientId')}
    AND u.expires_at > ${placeholder('now')}::timestamptz`,
)

/** An upload of the caller's own client to a report that it sees. */
export async function findUpload(
  tx: Transaction,
  { scope, clientId }: Pick<Caller, 'scope' | 'clientId'>,
  upload: { id: string; reportId: string; now: Date },
): Promise<UploadRow | undefined> {
  const [row] = await tx.run<UploadRow>(find[scope.tier], { ...scopeValues(scope), ...upload, clientId })
  return row
}

const advance = statement(
  'advance_upload',
  sql`UPDATE attachment_uploads u SET received = ${placeholder('to')}::integer,
    status = CASE WHEN ${placeholder('to')}::integer = length THEN 'checking' ELSE status END
  WHERE u.id = ${placeholder('id')} AND u.client_id = ${placeholder('clientId')} AND u.received = ${placeholder('from')}::integer
    AND u.status = 'receiving' RETURNING ${columns}`,
)

/** Undefined when other bytes came first. */
export async function advanceUpload(
  tx: Transaction,
  step: { id: string; clientId: string; from: number; to: number },
): Promise<UploadRow | undefined> {
  const [row] = await tx.run<UploadRow>(advance, step)
  return row
}

const restart = statement(
  'restart_upload',
  sql`UPDATE attachment_uploads SET received = 0, status = 'receiving'
  WHERE id = ${placeholder('id')} AND client_id = ${placeholder('clientId')} AND status = 'checking'`,
)

/** A whole file that the disk has lost begins again. */
export async function restartUpload(tx: Transaction, { id, clientId }: Pick<UploadRow, 'id' | 'clientId'>) {
  await tx.run(restart, { id, clientId })
}

const settle = statement(
  'settle_upload',
  sql`UPDATE attachment_uploads u SET status = ${placeholder('status')}, refusal = ${placeholder('refusal')},
    attachment_id = ${placeholder('attachmentId')}::uuid
  WHERE u.id = ${placeholder('id')} AND u.status = 'checking' RETURNING ${columns}`,
)

/** Undefined when it was settled already, or is gone. */
export async function settleUpload(
  tx: Transaction,
  end: { id: string; status: 'added' | 'refused'; refusal: Refusal | null; attachmentId: string | null },
): Promise<UploadRow | undefined> {
  const [row] = await tx.run<UploadRow>(settle, end)
  return row
}

const read = statement(
  'read_upload',
  sql`SELECT ${columns} FROM attachment_uploads u WHERE u.id = ${placeholder('id')}`,
)

/** As it stands now; for whoever has found it before. */
export async function readUpload(tx: Transaction, id: string): Promise<UploadRow | undefined> {
  const [row] = await tx.run<UploadRow>(read, { id })
  return row
}

const remove = statement(
  'remove_upload',
  sql`DELETE FROM attachment_uploads WHERE id = ${placeholder('id')} AND status <> 'added' RETURNING id`,
)

/** False for one whose file was added meanwhile: that is no upload any more. */
export async function removeUpload(tx: Transaction, id: string): Promise<boolean> {
  return (await tx.run(remove, { id })).length > 0
}

const listChecking = statement(
  'list_uploads_to_check',
  sql`SELECT ${columns} FROM attachment_uploads u WHERE u.status = 'checking' ORDER BY random() LIMIT ${placeholder('most')}`,
)

/**
 * Whole files that are still to be checked or stored; for the worker. In no order: those that cannot be looked at must not keep
 * the others waiting.
 */
export async function listUploadsToCheck(tx: Transaction, most: number): Promise<UploadRow[]> {
  return tx.run<UploadRow>(listChecking, { most })
}

const listCheckingIds = statement(
  'list_upload_ids_to_check',
  sql`SELECT id FROM attachment_uploads WHERE status = 'checking'`,
)

/** Uploads whose files are needed until they are checked and stored; for the worker. */
export async function listUploadIdsToCheck(tx: Transaction): Promise<Set<string>> {
  const rows = await tx.run<{ id: string }>(listCheckingIds, {})
  return new Set(rows.map(({ id }) => id))
}

const listExpired = statement(
  'list_expired_uploads',
  sql`SELECT id, status FROM attachment_uploads WHERE expires_at < ${placeholder('before')}::timestamptz AND status <> 'checking'
  ORDER BY expires_at LIMIT ${placeholder('most')}`,
)
const forget = statement('forget_upload', sql`DELETE FROM attachment_uploads WHERE id = ${placeholder('id')}`)

/** A whole file is kept until it was looked at, however long that takes. For the worker. */
export async function listExpiredUploads(
  tx: Transaction,
  before: Date,
  most: number,
): Promise<Pick<UploadRow, 'id' | 'status'>[]> {
  return tx.run<Pick<UploadRow, 'id' | 'status'> & Record<string, unknown>>(listExpired, { before, most })
}

export async function forgetUpload(tx: Transaction, id: string): Promise<void> {
  await tx.run(forget, { id })
}
