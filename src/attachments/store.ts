import type { Readable } from 'node:stream'

/** The store does not have a file that it should. */
export class FileMissing extends Error {}

/** Bytes of a file, first and last, both of them included. */
export interface ByteRange {
  first: number
  last: number
}

/** Where whole files are kept, each under the id of its attachment. */
export interface FileStore {
  /** Copies the file at `path`; when it returns, the copy is as durable as the store is. Doing it again does no more. */
  put(id: string, path: string): Promise<void>
  /**
   * @param size that the file has; a file of another size counts as missing
   * @throws FileMissing before a byte is given
   */
  read(id: string, size: number, range: ByteRange): Promise<Readable>
  /** @throws FileMissing for a file that is not there, or of another size */
  check(id: string, size: number): Promise<void>
  /** What is not there is removed already. */
  remove(id: string): Promise<void>
  /** Removes what a `put` left that was begun before and never came to its end. */
  sweep(before: Date): Promise<void>
}
