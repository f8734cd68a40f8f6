import { Readable } from 'node:stream'
import type { Context } from '../access/context.ts'
import { type Actor, actorOf, appendAudit } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import { wantedRange } from './byte-range.ts'
import { findAttachment } from './list-attachments.ts'
import type { AttachmentFiles } from './open-files.ts'
import type { AttachmentRow } from './queries.ts'
import { FileMissing } from './store.ts'

/** Bytes of attachments of this handling and above are told, each time: secret. */
const toldFrom = 2

/** Which bytes a request wants. */
export interface Wanted {
  id: string
  reportId: string
  range: string | undefined
  ifRange: string | undefined
  /** Whether the caller has these bytes already. */
  isKnown(etag: string): boolean
  /** Whether the bytes themselves are wanted, or only what would be said about them. */
  head: boolean
}

export interface Content {
  attachment: AttachmentRow
  etag: string
  /** `full` is the whole file, `unmodified` none of it. */
  part: 'full' | 'unmodified' | { first: number; last: number }
  bytes: Readable
}

/**
 * The bytes of a file, or a range of them. A file that the store does not have is told to the audit and to the log.
 * @throws DomainError attachment_not_found, attachment_removed, range_not_satisfiable, attachment_unavailable
 */
export async function readContent(context: Context, { store }: AttachmentFiles, wanted: Wanted): Promise<Content> {
  const attachment = await findAttachment(context, wanted)
  const { id, size, sha256, removedAt } = attachment
  if (removedAt !== null) throw new DomainError('attachment_removed', { id })
  const etag = `"${sha256}"`
  const nothing = Readable.from([])
  if (wanted.isKnown(etag)) return { attachment, etag, part: 'unmodified', bytes: nothing }
  const range = wantedRange(wanted, { size, etag })
  const all = { first: 0, last: size - 1 }
  const open = async () => {
    if (!wanted.head) return store.read(id, size, range ?? all)
    await store.check(id, size)
    return nothing
  }
  const bytes = await open().catch((error: unknown) => unavailable(context, attachment, error))
  if (attachment.handling >= toldFrom || context.caller.breakGlass !== null) {
    await tell(context, attachment, 'attachment.read').catch((error: unknown) => {
      bytes.destroy()
      throw error
    })
  }
  return { attachment, etag, part: range ?? 'full', bytes }
}

async function unavailable(context: Context, attachment: AttachmentRow, error: unknown): Promise<never> {
  if (error instanceof FileMissing) await tell(context, attachment, 'attachment.missing')
  throw new DomainError('attachment_unavailable', { id: attachment.id }, [], { cause: error })
}

async function tell(context: Context, attachment: AttachmentRow, action: 'attachment.read' | 'attachment.missing') {
  const by: Actor = actorOf(context)
  const { id, version, handling, reportId } = attachment
  await context.db.transaction(context.caller, async (tx) => {
    const resource = { type: 'attachment', id, version, handling }
    await Promise.all([appendAudit(tx, by, { action, resource, details: { report: reportId } }), tx.commit()])
  })
}
