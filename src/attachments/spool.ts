import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'

/** The file of an upload is gone, or holds less than was acknowledged. */
export class SpoolLost extends Error {}

/** Milliseconds in which what has reached this machine is read, once no more is wanted. */
const graceForArrived = 50

/** Bytes on their way. */
interface Incoming {
  stream: Readable
  /** No more of them are wanted. */
  enough?: AbortSignal | undefined
}

/** Bytes of one request, on the disk beside the file that they are meant for. */
export interface Piece {
  path: string
  size: number
  /** Why no more came; null where all that was sent is here. */
  failure: unknown
}

/**
 * Files while they arrive, one a client may come back to for days, in a folder of this machine. Each request writes a file of
 * its own, so that two of them never touch the same bytes; `append` takes it over in one go.
 */
export class Spool {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  pathOf(id: string): string {
    return join(this.#folder, id)
  }

  /**
   * Keeps what comes, as it comes, up to `most` bytes; what had come before a connection broke, or before it was enough, is
   * kept as well.
   * @throws whatever keeps this disk from being written to
   */
  async receive(id: string, { stream, enough }: Incoming, most: number): Promise<Piece> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const piece: Piece = { path: `${this.pathOf(id)}.${randomBytes(8).toString('hex')}.piece`, size: 0, failure: null }
    const file = await open(piece.path, 'wx', 0o600)
    try {
      for await (const chunk of whatComes({ stream, enough }, piece)) {
        const fitting = chunk.subarray(0, most - piece.size)
        await file.appendFile(fitting)
        piece.size += fitting.length
        if (fitting.length < chunk.length) {
          piece.failure = new TooMuch()
          break
        }
      }
      return piece
    } catch (error) {
      // A disk that is full gets back what it gave.
      await rm(piece.path, { force: true }).catch(() => {})
      throw error
    } finally {
      await file.close()
    }
  }

  /**
   * Puts a piece behind the bytes that were acknowledged, for certain: on the disk when it returns. What lies beyond them is
   * of a request that never got that far.
   * @throws SpoolLost
   */
  async append(id: string, offset: number, piece: Piece): Promise<void> {
    const file = await open(this.pathOf(id), offset === 0 ? 'w' : 'r+', 0o600).catch(lost)
    try {
      if ((await file.stat()).size < offset) throw new SpoolLost()
      await file.truncate(offset)
      let at = offset
      for await (const chunk of createReadStream(piece.path)) {
        await writeAll(file, chunk, at)
        at += chunk.length
      }
      await file.sync()
    } finally {
      await file.close()
    }
    if (offset === 0) await syncFolder(this.#folder)
  }

  async discard({ path }: Piece): Promise<void> {
    await rm(path, { force: true })
  }

  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true })
  }

  /**
   * Removes what no request has touched since: pieces of processes that were killed, files whose upload is gone.
   * @param kept ids of uploads that still need theirs
   */
  async sweep(before: { pieces: Date; files: Date }, kept: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.#folder).catch(() => [])
    for (const name of names.filter((each) => !kept.has(each))) {
      const path = join(this.#folder, name)
      const found = await stat(path).catch(() => null)
      const limit = name.endsWith('.piece') ? before.pieces : before.files
      if (found?.isFile() && found.mtime < limit) await rm(path, { force: true })
    }
  }
}

/** A disk that is all but full takes a part without a word. */
async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

/** @throws SpoolLost for a file that is not there */
export function lost(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new SpoolLost('', { cause: error })
  throw error
}

/**
 * Until the connection breaks, or it is enough; how it broke is noted with the piece. Leaving early leaves the connection open
 * for an answer.
 */
async function* whatComes({ stream, enough }: Incoming, piece: Piece): AsyncGenerator<Buffer> {
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  const stopped = untilAborted(enough)
  for (;;) {
    const next = chunks.next().catch((error: unknown) => {
      piece.failure = error ?? new Error('The bytes broke off')
      return { done: true } as const
    })
    const come = await Promise.race([next, stopped])
    if (come.done) return
    yield come.value
  }
}

async function untilAborted(signal: AbortSignal | undefined): Promise<{ done: true }> {
  if (!signal?.aborted) await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }))
  await setTimeout(graceForArrived)
  return { done: true }
}

/** More bytes came than the file has. */
export class TooMuch extends Error {}

/** A new name is as durable as the folder that holds it. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
