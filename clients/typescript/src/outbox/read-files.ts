import { readSource, type SourceFile } from '../attachments/source-file.ts'
import { OutboxError } from './errors.ts'
import type { QueuedFile } from './item.ts'

/** The files of one report, each content once: so the service has them too. @throws OutboxError file_unusable */
export async function readFiles(sources: readonly SourceFile[]): Promise<{ bytes: Buffer[]; files: QueuedFile[] }> {
  const bytes: Buffer[] = []
  const files: QueuedFile[] = []
  for (const source of sources) {
    const read = await readSource(source).catch(refuseSize)
    if (files.some(({ sha256 }) => sha256 === read.sha256)) continue
    bytes.push(read.bytes)
    files.push({ name: read.name ?? 'file', size: read.bytes.length, sha256: read.sha256 })
  }
  return { bytes, files }
}

function refuseSize(error: unknown): never {
  throw error instanceof RangeError ? new OutboxError('file_unusable', error.message, { cause: error }) : error
}
