import { Readable } from 'node:stream'
import type { Context } from '../access/context.ts'
import { wantedRange } from '../attachments/byte-range.ts'
import type { AttachmentFiles } from '../attachments/open-files.ts'
import { DomainError } from '../errors.ts'
import type { ReleasedFile } from './content.ts'
import { findRelease } from './find-release.ts'

/** Which bytes of a released file a request wants. */
export interface WantedFile {
  /** Of the release. */
  id: string
  /** As the release names it. */
  attachmentId: string
  range: string | undefined
  ifRange: string | undefined
  /** Whether the caller has these bytes already. */
  isKnown(etag: string): boolean
  /** Whether the bytes themselves are wanted, or only what would be said about them. */
  head: boolean
}

export interface ReleasedBytes {
  file: ReleasedFile
  etag: string
  /** `full` is the whole file, `unmodified` none of it. */
  part: 'full' | 'unmodified' | { first: number; last: number }
  bytes: Readable
}

/**
 * The bytes of a file as they were released, or a range of them. The audit is told before they leave.
 * @throws DomainError release_not_found, release_retracted, attachment_not_found, range_not_satisfiable, attachment_unavailable
 */
export async function readReleasedFile(
  context: Context,
  { store }: AttachmentFiles,
  { id, attachmentId, isKnown, head, ...wanted }: WantedFile,
): Promise<ReleasedBytes> {
  const { content } = await findRelease(context, id, attachmentId)
  const file = content.attachments?.find((each) => each.id === attachmentId.toLowerCase())
  if (!file) throw new DomainError('attachment_not_found', { id: attachmentId })
  const { size } = file
  const etag = `"${file.sha256}"`
  const nothing = Readable.from([])
  if (isKnown(etag)) return { file, etag, part: 'unmodified', bytes: nothing }
  const range = wantedRange(wanted, { size, etag })
  const open = async () => {
    if (!head) return store.read(file.id, size, range ?? { first: 0, last: size - 1 })
    await store.check(file.id, size)
    return nothing
  }
  const bytes = await open().catch((cause: unknown) => {
    throw new DomainError('attachment_unavailable', { id: attachmentId }, [], { cause })
  })
  return { file, etag, part: range ?? 'full', bytes }
}
