import { join } from 'node:path'
import { FolderStore } from './folder-store.ts'
import { S3Store } from './s3-store.ts'
import { Scanner } from './scan-file.ts'
import type { AttachmentSettings } from './settings.ts'
import { Spool } from './spool.ts'
import type { FileStore } from './store.ts'

/** Everything outside the database that attachments stand on. */
export interface AttachmentFiles {
  spool: Spool
  store: FileStore
  /** Null where nothing is scanned. */
  scanner: Scanner | null
  /** Milliseconds that an upload may take. */
  uploadTime: number
  /** Uploads of one client that may be under way at once. */
  openUploads: number
}

export function openFiles({ folder, uploadHours, openUploads, scanCommand, s3 }: AttachmentSettings): AttachmentFiles {
  return {
    spool: new Spool(join(folder, 'unfinished')),
    store: s3 === null ? new FolderStore(join(folder, 'files')) : new S3Store(s3),
    scanner: scanCommand === null ? null : new Scanner(scanCommand),
    uploadTime: uploadHours * 3_600_000,
    openUploads,
  }
}
