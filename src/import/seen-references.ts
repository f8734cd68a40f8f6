import { createHash } from 'node:crypto'
import type { RefusedCell } from './refused-file.ts'
import type { FileRow } from './row.ts'
import type { LineResult } from './service.ts'

/** A dry run stores nothing, so the service cannot tell that two batches bear one reference: some hundred bytes a row can. */
export class SeenReferences {
  readonly #seen = new Map<string, { row: number; content: string }>()

  /** The fault of a row whose reference an earlier row of the file has with other content. */
  again({ row, line }: FileRow, { result, clientReference }: Partial<LineResult> = {}): RefusedCell[] {
    if (result !== 'valid' || clientReference === null || clientReference === undefined) return []
    const content = createHash('sha1').update(line).digest('base64')
    const earlier = this.#seen.get(clientReference)
    if (!earlier) this.#seen.set(clientReference, { row, content })
    if (!earlier || earlier.content === content) return []
    return [{ row, column: 'clientReference', problem: `is that of row ${earlier.row}, which says something else` }]
  }
}
