import type { FileRow } from './row.ts'

/** As the service takes them, with room: a batch is answered sooner, and costs less to send again, where it is smaller. */
const largest = { rows: 500, bytes: 2 * 1024 * 1024 }

/** Rows that travel together, in the order of the file. */
export async function* batchesOf(rows: AsyncIterable<FileRow>): AsyncGenerator<FileRow[]> {
  let batch: FileRow[] = []
  let bytes = 0
  for await (const row of rows) {
    const size = Buffer.byteLength(row.line) + 1
    if (batch.length === largest.rows || (batch.length > 0 && bytes + size > largest.bytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(row)
    bytes += size
  }
  if (batch.length > 0) yield batch
}
