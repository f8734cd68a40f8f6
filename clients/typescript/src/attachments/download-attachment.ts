import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm, stat, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ContractClient } from '../client.ts'
import type { components } from '../contract.ts'
import { UnreachableError, WaspadaError } from '../errors.ts'
import { syncFolder } from '../files/write-atomically.ts'
import { type Answer, answerOf } from '../problem.ts'
import type { Settings } from '../settings.ts'
import { persist } from '../transport/persist.ts'

export type Attachment = components['schemas']['Attachment']

export interface DownloadOptions {
  signal?: AbortSignal
  /** Told of bytes that are here, of how many. */
  onProgress?: (here: number, of: number) => void
}

/**
 * Brings the bytes of an attachment to a path, beside which `<path>.part` holds them until they are all here and found to be
 * the right ones. Called again after any failure it goes on from there.
 * @throws ProblemError, UnreachableError, CredentialsError; WaspadaError when what came is not the file
 */
export type DownloadAttachment = (
  reportId: string,
  attachmentId: string,
  path: string,
  options?: DownloadOptions,
) => Promise<Attachment>

export function downloadAttachment(client: ContractClient, settings: Settings): DownloadAttachment {
  const { clock } = settings.surroundings

  return async (reportId, attachmentId, path, { signal, onProgress = () => {} } = {}) => {
    const of = { params: { path: { id: reportId, attachmentId } }, ...(signal && { signal }) }
    const found = await client.GET('/v1/reports/{id}/attachments/{attachmentId}', of)
    const attachment = answerOf(found as Answer<Attachment>, clock())
    const part = `${path}.part`
    let most = 0
    const step = async (moved: () => void) => {
      const arrived = (size: number) => {
        if (size > most) moved()
        most = Math.max(most, size)
        onProgress(size, attachment.size)
      }
      const from = await sizeOf(part, attachment.size)
      if (from < attachment.size) await receive(of, { part, attachment, from, arrived })
      if ((await sizeOf(part, attachment.size)) < attachment.size) throw new UnreachableError('The file ended early')
    }
    await persist(settings, step, (error) => error instanceof UnreachableError, signal)
    await keep(part, path, attachment)
    return attachment
  }

  async function receive(
    of: { params: { path: { id: string; attachmentId: string } }; signal?: AbortSignal },
    { part, attachment, from, arrived }: Receiving,
  ): Promise<void> {
    // The entity tag of the bytes is their SHA-256: what is not of this file comes from its beginning.
    const header = from > 0 ? { Range: `bytes=${from}-`, 'If-Range': `"${attachment.sha256}"` } : {}
    const answer = await client.GET('/v1/reports/{id}/attachments/{attachmentId}/content', {
      ...of,
      params: { ...of.params, header },
      parseAs: 'stream',
    })
    const { data, error, response } = answer
    if (!data) return void answerOf({ error, response }, clock())
    const goesOn = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${from}-`)
    await append(data, { part, from: goesOn ? from : 0, arrived }, of.signal)
  }
}

interface Receiving {
  part: string
  attachment: Attachment
  from: number
  arrived: (size: number) => void
}

/** @throws UnreachableError when the line breaks; what came is in the file */
async function append(
  bytes: AsyncIterable<Uint8Array>,
  { part, from, arrived }: Omit<Receiving, 'attachment'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = await open(part, from === 0 ? 'w' : 'a', 0o600)
  let size = from
  try {
    const iterator = bytes[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await iterator.next().catch((cause: unknown) => {
        signal?.throwIfAborted()
        throw new UnreachableError('The line broke in the middle of the file', { cause })
      })
      if (done) break
      await file.appendFile(value)
      size += value.length
      arrived(size)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Bytes of what was left; none of what cannot be a part of this file. */
async function sizeOf(part: string, whole: number): Promise<number> {
  const size = await stat(part).then(
    (found) => found.size,
    () => 0,
  )
  if (size <= whole) return size
  await truncate(part, 0)
  return 0
}

async function keep(part: string, path: string, { sha256 }: Attachment): Promise<void> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(part), hash)
  if (hash.digest('hex') !== sha256) {
    await rm(part, { force: true })
    throw new WaspadaError('What came is not the file: its SHA-256 differs')
  }
  await rename(part, path)
  await syncFolder(dirname(path))
}
