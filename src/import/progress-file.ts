import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'

/** What an import has to be in order to go on where another stopped: the same file, for the same office of the same service. */
export interface ImportIdentity {
  sha256: string
  url: string
  office: string
  /** How the file is read: another sheet has other rows, and another offset other times. */
  reading: { sheet: string | null; offset: string | null; delimiter: string | null }
}

export interface Counts {
  created: number
  replayed: number
  refused: number
}

export interface Progress {
  /** The last row that was answered; all before it were. */
  row: number
  /** Bytes of the file of refused rows that tell of rows up to that one. */
  refusedBytes: number
  counts: Counts
}

export const atStart: Progress = { row: 0, refusedBytes: 0, counts: { created: 0, replayed: 0, refused: 0 } }

/** A small file beside the one that is imported, which says how far it got. It goes away at the end. */
export class ProgressFile {
  readonly #path: string
  readonly #identity: ImportIdentity

  constructor(file: string, identity: ImportIdentity) {
    this.#path = `${file}.waspada-import.json`
    this.#identity = identity
  }

  /** How far an import of the very same got; from the start where there was none, or it was of something else. */
  async read(): Promise<Progress> {
    try {
      const { identity, progress } = JSON.parse(await readFile(this.#path, 'utf8'))
      return JSON.stringify(identity) === JSON.stringify(this.#identity) ? progress : atStart
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return atStart
      throw error
    }
  }

  async write(progress: Progress): Promise<void> {
    // Whole or not at all, and apart from another import of the same file.
    const temporary = `${this.#path}.${process.pid}`
    await writeFile(temporary, JSON.stringify({ identity: this.#identity, progress }))
    await rename(temporary, this.#path)
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest('hex')
}
