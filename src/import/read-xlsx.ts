import { open } from 'node:fs/promises'
import type exceljs from 'exceljs'
import { type Column, columnsOfHeader, FileRefused } from './columns.ts'
import { type Cell, type FileRow, rowOf } from './row.ts'
import { WorkbookReader } from './workbook-reader.ts'

export interface XlsxOptions {
  offset?: string | undefined
  /** The name of the sheet; the first one unless said. */
  sheet?: string | undefined
}

/** The rows of one sheet of a workbook, row by row as the file comes; row 1 is the header. @throws FileRefused */
export async function* readXlsx(file: string, { offset, sheet }: XlsxOptions): AsyncGenerator<FileRow> {
  await refuseWhatIsNoZip(file)
  const workbook = new WorkbookReader(file, {
    worksheets: 'emit',
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
    entries: 'ignore',
  })
  for await (const worksheet of workbook) {
    const { name } = worksheet as unknown as { name?: string }
    if (sheet !== undefined && name !== sheet) {
      // Whoever leaves a sheet unread stops the file there.
      for await (const _row of worksheet);
      continue
    }
    let header: (Column | undefined)[] | undefined
    for await (const row of worksheet) {
      const cells = cellsOf(row)
      if (cells.every(({ text, fault }) => text.trim() === '' && fault === undefined)) continue
      if (header) yield rowOf(row.number, header, cells, offset)
      else header = columnsOfHeader(cells.map(({ text }) => text))
    }
    if (header) return
    throw new FileRefused('The sheet is empty')
  }
  throw new FileRefused(sheet === undefined ? 'The workbook has no sheet' : `There is no sheet "${sheet}"`)
}

function cellsOf(row: exceljs.Row): Cell[] {
  return Array.from({ length: row.cellCount }, (_, index) => cellOf(row.getCell(index + 1).value))
}

/** What a person reads in the cell, where that is beyond doubt. */
function cellOf(value: exceljs.CellValue): Cell {
  if (value === null || value === undefined) return { text: '' }
  if (typeof value === 'string') return { text: decoded(value) }
  if (typeof value === 'number') return { text: String(value) }
  if (typeof value === 'boolean') return { text: String(value) }
  if (value instanceof Date) return dateCell(value)
  if ('richText' in value) return { text: decoded(value.richText.map(({ text }) => text).join('')) }
  if ('formula' in value || 'sharedFormula' in value)
    return { text: '', fault: 'is a formula; copy the column and paste it as values' }
  if ('error' in value) return { text: '', fault: `is the error ${value.error}` }
  return { text: '', fault: 'is neither text nor a number nor a date' }
}

/** Spreadsheets count days from here: what comes before it is a time alone. */
const firstDay = Date.UTC(1900, 0, 1)

/** A date of a spreadsheet has no offset: it is what the clock on the wall said. Its fractions are those of a day. */
function dateCell(value: Date): Cell {
  if (Number.isNaN(value.getTime())) return { text: '', fault: 'is no date' }
  if (value.getTime() < firstDay) return { text: '', fault: 'is a time of day without its day' }
  const wall = new Date(Math.round(value.getTime() / 1000) * 1000).toISOString()
  return { text: wall.slice(0, 19), isDate: true }
}

/** `_x000D_`: how a workbook writes what XML cannot. */
function decoded(text: string): string {
  return text.replaceAll(/_x([0-9A-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

async function refuseWhatIsNoZip(file: string): Promise<void> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    const { size } = await handle.stat()
    const end = Buffer.alloc(Math.min(size, 66_000))
    await handle.read(end, 0, end.length, size - end.length)
    // A file that was cut off lacks the directory at its end, and its reader would wait for it.
    if (bytesRead < 4 || buffer.toString('latin1') !== 'PK\u0003\u0004' || !end.includes('PK\u0005\u0006'))
      throw new FileRefused('The file is no XLSX workbook, or not a whole one')
  } finally {
    await handle.close()
  }
}
