import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { SheetRows } from './sheet-xml.ts'
import { slices } from './slices.ts'
import type { Table } from './table.ts'
import { sheetEnd, sheetName, sheetStart, workbookParts } from './workbook-parts.ts'

/** Rows with the heading that a sheet holds, and characters of XML that an entry of the archive may have without its larger form. */
export const fullSheet = { rows: 1_048_576, characters: 1_000_000_000 }

/** A workbook, its sheets compressed as they are read: what is not taken is not made. */
export function xlsxOf<Item>(table: Table<Item>, full = fullSheet): Readable {
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  const source = slices(table)
  zip.on('error', (error) => output.destroy(error as Error))
  output.once('close', () => {
    // Behind what is being read: a walk that was asked for its next rows ends after them.
    void source.return(undefined)
  })
  writeSheets(zip, { table, source, full }).catch((error: Error) => output.destroy(error))
  return output
}

interface Source<Item> {
  table: Table<Item>
  source: AsyncGenerator<string[]>
  full: typeof fullSheet
}

async function writeSheets<Item>(zip: ZipFile, { table, source, full }: Source<Item>): Promise<void> {
  const rows = new SheetRows(table.columns, table.language)
  const left: { slice: string[] | undefined } = { slice: undefined }
  let sheets = 0
  do {
    sheets += 1
    const sheet = Readable.from(sheetOf({ table, source, full }, rows, left), { objectMode: false })
    zip.addReadStream(sheet, sheetName(sheets), { mtime: new Date(), compressionLevel: 1 })
    zip.outputStream.once('close', () => sheet.destroy())
    await finished(sheet)
  } while (left.slice)
  for (const [name, text] of Object.entries(workbookParts(table.title, sheets))) zip.addBuffer(Buffer.from(text), name)
  zip.end()
}

/** One sheet; what no longer fits is left for the next. */
async function* sheetOf<Item>(
  { table, source, full }: Source<Item>,
  rows: SheetRows<Item>,
  left: { slice: string[] | undefined },
): AsyncGenerator<string> {
  let [number, characters] = [1, 0]
  yield sheetStart(table.columns.length) + rows.heading()
  for (;;) {
    const slice = left.slice ?? (await nextOf(source))
    left.slice = slice
    if (!slice || number + slice.length > full.rows || characters > full.characters) break
    left.slice = undefined
    const text = slice.map((each, index) => rows.row(JSON.parse(each), number + index + 1)).join('')
    number += slice.length
    characters += text.length
    yield text
  }
  yield sheetEnd
}

async function nextOf(source: AsyncGenerator<string[]>): Promise<string[] | undefined> {
  const { value, done } = await source.next()
  return done ? undefined : value
}
