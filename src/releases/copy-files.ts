import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { sql } from 'drizzle-orm'
import { v5 as uuidv5 } from 'uuid'
import type { Context } from '../access/context.ts'
import type { AttachmentFiles } from '../attachments/open-files.ts'
import { type AttachmentRow, findAttachmentOf, lockAttachmentOf } from '../attachments/queries.ts'
import { mostBytes } from '../attachments/vocabulary.ts'
import { withoutPosition } from '../attachments/without-position.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError, type Fault } from '../errors.ts'
import { assertMayRelease } from '../reports/lifecycle.ts'
import { lockReport } from '../reports/locked-report.ts'
import type { ReleasedFile } from './content.ts'
import type { Approved } from './release-rules.ts'

const { placeholder } = sql

/** Files written anew, by the id of their attachment; in words what one is that cannot be. */
export type Copies = ReadonlyMap<string, ReleasedFile | { refused: string }>

/** Those that can be written anew; of others nobody knows what stands beside their content. */
const rewritable: readonly string[] = ['image/jpeg', 'image/png', 'image/webp']

/**
 * The id of a copy, in the store as for agencies: the same bytes of the same attachment are one file. The id of the attachment itself
 * would tell when it was uploaded.
 */
const fileIdOf = (attachmentId: string, sha256: string) => uuidv5(sha256, attachmentId)

/**
 * Copies of files of a report without anything beside the picture, made before the transaction that releases them: no row is locked
 * while the store works. Nothing is made for those who may not release; the release itself refuses them.
 * @throws DomainError attachment_unavailable
 */
export async function copyFiles(
  context: Context,
  { store, spool }: AttachmentFiles,
  reportId: string,
  ids: readonly string[],
): Promise<Copies> {
  const copies = new Map<string, ReleasedFile | { refused: string }>()
  if (ids.length === 0) return copies
  for (const attachment of await listFiles(context, reportId, ids)) {
    const { id, mediaType, size } = attachment
    const refused = { refused: mediaType }
    if (!rewritable.includes(mediaType)) {
      copies.set(id, refused)
      continue
    }
    const original = await store
      .read(id, size, { first: 0, last: size - 1 })
      .then(buffer)
      .catch((cause: unknown) => {
        throw new DomainError('attachment_unavailable', { id }, [], { cause })
      })
    const bytes = await withoutPosition(original).catch(() => null)
    if (bytes === null || bytes.length > mostBytes) {
      copies.set(id, refused)
      continue
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const copy = { id: fileIdOf(id, sha256), mediaType, size: bytes.length, sha256 }
    await keep(context, { store, spool }, { reportId, attachmentId: id, fileId: copy.id }, bytes)
    copies.set(id, copy)
  }
  return copies
}

async function listFiles(context: Context, reportId: string, ids: readonly string[]): Promise<AttachmentRow[]> {
  const { db, caller } = context
  const { clearance } = caller.scope
  const files = db.transaction(caller, async (tx) => {
    assertMayRelease(caller, await lockReport(tx, caller, reportId, '*'))
    return Promise.all(ids.map((id) => findAttachmentOf(tx, { id, reportId, clearance })))
  })
  const found = await files.catch((error: unknown) => {
    if (error instanceof DomainError && refusedLater.has(error.code)) return []
    throw error
  })
  return found.filter((file) => file !== undefined && file.removedAt === null) as AttachmentRow[]
}

const refusedLater = new Set(['report_not_found', 'not_in_charge', 'person_required'])

const insert = statement(
  'insert_released_file',
  sql`INSERT INTO released_files (id, attachment_id) VALUES (${placeholder('fileId')}, ${placeholder('attachmentId')}) ON CONFLICT DO NOTHING`,
)

/**
 * The row first: what it names goes with the attachment, and a file without a row would stay for ever. So would one that came after
 * the attachment was removed with all that the row named by then.
 */
async function keep(
  { db, caller }: Context,
  { store, spool }: Pick<AttachmentFiles, 'store' | 'spool'>,
  { reportId, attachmentId, fileId }: { reportId: string; attachmentId: string; fileId: string },
  bytes: Buffer,
): Promise<void> {
  await db.transaction(caller, async (tx) => {
    await tx.run(insert, { fileId, attachmentId })
  })
  const piece = await spool.receive(fileId, { stream: Readable.from([bytes]) }, mostBytes)
  try {
    await store.put(fileId, piece.path)
  } catch (cause) {
    throw new DomainError('attachment_unavailable', { id: attachmentId }, [], { cause })
  } finally {
    await spool.discard(piece)
  }
  const { clearance } = caller.scope
  const file = await db.transaction(caller, (tx) => findAttachmentOf(tx, { id: attachmentId, reportId, clearance }))
  if (file?.removedAt) await store.remove(fileId)
}

/**
 * The files of a release, each held so that it is not removed meanwhile.
 * @throws DomainError body_invalid, which names those that the report does not have and those that cannot be released
 */
export async function lockFiles(
  tx: Transaction,
  of: { reportId: string; clearance: number },
  { attachments }: Pick<Approved, 'attachments'>,
  copies: Copies,
): Promise<ReleasedFile[]> {
  const rows = await Promise.all(attachments.map((id) => lockAttachmentOf(tx, { ...of, id })))
  const faults: Fault[] = []
  const files: ReleasedFile[] = []
  for (const [index, id] of attachments.entries()) {
    const [row, copy, pointer] = [rows[index], copies.get(id), `/attachments/${index}`]
    if (row === undefined || row.removedAt !== null || copy === undefined)
      faults.push({ pointer, code: 'attachment_unknown' })
    else if ('refused' in copy)
      faults.push({ pointer, code: 'attachment_not_releasable', params: { mediaType: copy.refused } })
    else files.push(copy)
  }
  if (faults.length > 0) throw new DomainError('body_invalid', {}, faults)
  return files
}
