import { isUtf8 } from 'node:buffer'
import { CsvError, parse } from 'csv-parse/sync'

export const officeColumns = ['client_id', 'office', 'agency', 'name', 'scopes', 'clearance', 'public_key'] as const
export type OfficeColumn = (typeof officeColumns)[number]
const requiredColumns = ['client_id', 'scopes', 'clearance'] as const satisfies readonly OfficeColumn[]

/** What is wrong at one place of the file; `column` is null where it is the line. */
export interface FileFault {
  line: number
  column: OfficeColumn | null
  detail: string
}

/** The file is refused as a whole, and nothing of it has been written. */
export class OfficesFileError extends Error {
  readonly faults: readonly FileFault[]

  constructor(faults: readonly FileFault[]) {
    super('The file is refused')
    this.faults = [...faults].sort((a, b) => a.line - b.line)
  }
}

export interface OfficeRow {
  line: number
  cells: Record<OfficeColumn, string>
}

interface Read {
  record: string[]
  info: { lines: number }
}

/**
 * Reads a CSV of clients: UTF-8, a header that names the columns in any order, commas or semicolons (which spreadsheets write
 * where the comma is the decimal sign).
 * @returns its rows, and the faults of those that have another number of cells
 * @throws OfficesFileError when the file or its header cannot be read
 */
export function readOfficesFile(bytes: Buffer): { rows: OfficeRow[]; faults: FileFault[] } {
  if (!isUtf8(bytes)) throw refused(1, 'The file is not UTF-8. Save it as "CSV UTF-8"')
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
  const [header, ...records] = read(text)
  if (!header) throw refused(1, 'The file is empty')
  const columns = columnsOf(header)
  const rows: OfficeRow[] = []
  const faults: FileFault[] = []
  for (const { record, info } of records) {
    const line = info.lines - lineBreaksIn(record)
    if (record.length === columns.length) rows.push({ line, cells: cellsOf(columns, record) })
    else faults.push({ line, column: null, detail: `${record.length} cells where the header has ${columns.length}` })
  }
  if (rows.length + faults.length === 0) throw refused(header.info.lines, 'There is no row below the header')
  return { rows, faults }
}

function read(text: string): Read[] {
  const header = text.trimStart().split('\n', 1)[0] ?? ''
  const options = {
    delimiter: header.includes(';') ? ';' : ',',
    info: true,
    trim: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
  }
  try {
    return parse(text, options) as unknown as Read[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // What follows a quote out of place cannot be told apart into rows.
    throw refused(Number(error.lines), error.message)
  }
}

function columnsOf({ record, info }: Read): OfficeColumn[] {
  const known: readonly string[] = officeColumns
  const unknown = record.filter((name) => !known.includes(name)).map((name) => `There is no column "${name}"`)
  const twice = record.filter((name, index) => record.indexOf(name) < index).map((name) => `"${name}" is there twice`)
  const missing = requiredColumns.filter((name) => !record.includes(name)).map((name) => `"${name}" is missing`)
  const details = [...unknown, ...twice, ...missing]
  if (details.length === 0) return record as OfficeColumn[]
  const hint = `the columns are ${officeColumns.join(', ')}`
  throw new OfficesFileError(
    details.map((detail) => ({ line: info.lines, column: null, detail: `${detail}; ${hint}` })),
  )
}

function cellsOf(columns: readonly OfficeColumn[], record: readonly string[]): Record<OfficeColumn, string> {
  const entries = officeColumns.map((column) => [column, record[columns.indexOf(column)] ?? ''])
  return Object.fromEntries(entries)
}

function lineBreaksIn(record: readonly string[]): number {
  return record.reduce((count, cell) => count + cell.split('\n').length - 1, 0)
}

function refused(line: number, detail: string): OfficesFileError {
  return new OfficesFileError([{ line, column: null, detail }])
}
