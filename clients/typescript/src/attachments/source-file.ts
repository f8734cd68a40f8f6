import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** A path, or the bytes themselves. */
export type SourceFile = string | URL | Blob | Uint8Array | Readable | ReadableStream<Uint8Array>

export interface FileRead {
  bytes: Buffer
  /** Hexadecimal. */
  sha256: string
  /** Of the path, or of a `File`. */
  name: string | undefined
}

/** Bytes that the service takes, as the contract has it. */
const mostBytes = 26_214_400

/**
 * The file, whole: no larger than 25 MiB, and its SHA-256 is announced before its first byte is sent.
 * @throws RangeError when it is empty or too large
 */
export async function readSource(file: SourceFile): Promise<FileRead> {
  const { bytes, name } = await read(file)
  refuseSize(bytes.length)
  return { bytes, name, sha256: createHash('sha256').update(bytes).digest('hex') }
}

async function read(file: SourceFile): Promise<{ bytes: Buffer; name: string | undefined }> {
  if (typeof file === 'string' || file instanceof URL) {
    const path = typeof file === 'string' ? file : fileURLToPath(file)
    refuseSize((await stat(path)).size)
    return { bytes: await readFile(path), name: basename(path) }
  }
  if (file instanceof Uint8Array) return { bytes: Buffer.from(file), name: undefined }
  if (!(file instanceof Blob)) return { bytes: await collected(file), name: undefined }
  refuseSize(file.size)
  const name = (file as Blob & { name?: string }).name
  return { bytes: Buffer.from(await file.arrayBuffer()), name }
}

async function collected(stream: Readable | ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    size += chunk.length
    refuseSize(size)
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks)
}

function refuseSize(size: number): void {
  if (size < 1 || size > mostBytes) throw new RangeError(`A file has 1 to ${mostBytes} bytes, and this one ${size}`)
}
