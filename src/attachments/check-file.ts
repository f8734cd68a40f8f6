import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { AttachmentFiles } from './open-files.ts'
import { type PhotoFacts, readPhoto } from './read-photo.ts'
import { sniff } from './sniff.ts'
import { lost, SpoolLost } from './spool.ts'
import type { UploadRow } from './upload-queries.ts'
import type { MediaType, Refusal } from './vocabulary.ts'

/** What is found in a whole file. */
export type Findings =
  | { refusal: Refusal }
  /** The scanner gave no verdict: to be asked again. */
  | { refusal: null; file: null }
  | { refusal: null; file: GoodFile }

export interface GoodFile extends PhotoFacts {
  sha256: string
  mediaType: MediaType
  scanned: boolean
}

/**
 * Looks at the bytes themselves: their digest, their kind, what a scanner says, where a photo was taken.
 * @throws SpoolLost, ScanFailed
 */
export async function checkFile(
  { spool, scanner }: Pick<AttachmentFiles, 'spool' | 'scanner'>,
  { id, length, declaredSha256 }: Pick<UploadRow, 'id' | 'length' | 'declaredSha256'>,
): Promise<Findings> {
  const path = spool.pathOf(id)
  // A row must never say more than the store has.
  if ((await stat(path).catch(lost)).size !== length) throw new SpoolLost()
  const sha256 = await digestOf(path)
  if (declaredSha256 !== null && declaredSha256 !== sha256) return { refusal: 'digest' }
  const mediaType = await sniff(path)
  if (mediaType === null) return { refusal: 'type' }
  const verdict = scanner === null ? 'clean' : await scanner.scan(path)
  if (verdict === 'infected') return { refusal: 'infected' }
  if (verdict === 'unknown') return { refusal: null, file: null }
  return {
    refusal: null,
    file: { sha256, mediaType, scanned: scanner !== null, ...(await readPhoto(path, mediaType)) },
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
