import { open } from 'node:fs/promises'
import type { FileRow } from './row.ts'

const none = new Map<string, string>()

/** The lines of an NDJSON file, a report each; the row is the line. They are sent as they are, and judged by the service. */
export async function* readNdjson(file: string): AsyncGenerator<FileRow> {
  const handle = await open(file)
  let row = 0
  try {
    for await (const line of handle.readLines()) {
      row += 1
      const text = row === 1 ? line.replace(/^\uFEFF/, '') : line
      if (text.trim() !== '') yield { row, line: text, notes: none }
    }
  } finally {
    await handle.close()
  }
}
