import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { csvText } from '../clients/csv-text.ts'

export interface RefusedCell {
  row: number
  column: string
  problem: string
}

const header = csvText([['row', 'column', 'problem']])

/** `FILE.rejected.csv`: the rows that were refused, in their order, with every reason. It is there only if there are any. */
export class RefusedFile {
  readonly path: string
  #handle: FileHandle | undefined
  #bytes: number

  /** @param bytes of it that an earlier import wrote and that stay */
  constructor(file: string, bytes: number) {
    this.path = pathBeside(file)
    this.#bytes = bytes
  }

  /** Whether what an earlier import wrote is still there. */
  static async holds(file: string, bytes: number): Promise<boolean> {
    if (bytes === 0) return true
    const found = await stat(pathBeside(file)).catch(() => undefined)
    return found !== undefined && found.size >= bytes
  }

  get bytes(): number {
    return this.#bytes
  }

  async add(cells: readonly RefusedCell[]): Promise<void> {
    if (cells.length === 0) return
    this.#handle ??= await open(this.path, this.#bytes === 0 ? 'w' : 'r+')
    const rows = csvText(cells.map(({ row, column, problem }) => [String(row), column, problem]))
    const text = Buffer.from(this.#bytes === 0 ? header + rows : rows)
    // At its own place: another import of the same file writes the same there.
    await this.#handle.write(text, 0, text.length, this.#bytes)
    this.#bytes += text.length
  }

  /** What an interrupted import wrote beyond is cut off; without any refused row the file goes. */
  async close(): Promise<void> {
    if (this.#bytes === 0) return rm(this.path, { force: true })
    this.#handle ??= await open(this.path, 'r+')
    await this.#handle.truncate(this.#bytes)
    await this.#handle.close()
  }
}

function pathBeside(file: string): string {
  return `${file}.rejected.csv`
}
