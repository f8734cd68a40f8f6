import { open } from 'node:fs/promises'
import { linesOf } from './lines.ts'
import type { FileRow } from './row.ts'

/** Bytes of a report, as the service takes them; a longer one would refuse all that travels with it. */
const longestReport = 256 * 1024

const none = new Map<string, string>()

/** The lines of an NDJSON file, a report each; the row is the line. They are sent as they are, and judged by the service. */
export async function* readNdjson(file: string): AsyncGenerator<FileRow> {
  const handle = await open(file)
  let row = 0
  try {
    for await (const line of linesOf(handle.createReadStream({ autoClose: false }), longestReport)) {
      row += 1
      if (line.text === null) yield { row, line: 'null', notes: new Map([['', line.fault]]) }
      else {
        const text = row === 1 ? line.text.replace(/^\uFEFF/, '') : line.text
        if (text.trim() !== '') yield { row, line: text, notes: none }
      }
    }
  } finally {
    await handle.close()
  }
}
