import { isUtf8 } from 'node:buffer'
import { CsvError, parse } from 'csv-parse/sync'
import { ReferenceDataError } from './reference-data-error.ts'

export const factColumns = ['code', 'lon', 'lat', 'population', 'neighbours'] as const
export type FactColumn = (typeof factColumns)[number]

/** A line of the file, blanks around its cells taken off. */
export interface FactRow {
  line: number
  cells: Record<FactColumn, string>
}

/**
 * Reads a CSV of facts about regions: UTF-8, a header that names the columns in any order, commas or semicolons.
 * @returns its rows, and what is wrong with lines that have another number of cells
 * @throws ReferenceDataError when the file or its header cannot be read
 */
export function readFactsFile(bytes: Buffer): { rows: FactRow[]; faults: string[] } {
  if (!isUtf8(bytes)) throw refused('The file is not UTF-8. Save it as "CSV UTF-8"')
  const [header, ...records] = read(bytes.toString('utf8').replace(/^\uFEFF/, ''))
  if (!header) throw refused('The file is empty')
  assertColumns(header.record)
  const rows: FactRow[] = []
  const faults: string[] = []
  for (const { record, info } of records) {
    if (record.length === header.record.length) rows.push({ line: info.lines, cells: cellsOf(header.record, record) })
    else faults.push(`line ${info.lines}: ${record.length} cells where the header has ${header.record.length}`)
  }
  if (rows.length + faults.length === 0) throw refused('There is no row below the header')
  return { rows, faults }
}

interface Read {
  record: string[]
  info: { lines: number }
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
    if (error instanceof CsvError) throw refused(`line ${error.lines}: ${error.message}`)
    throw error
  }
}

function assertColumns(given: readonly string[]): void {
  const known: readonly string[] = factColumns
  const faults = [
    ...given.filter((name) => !known.includes(name)).map((name) => `There is no column "${name}"`),
    ...given.filter((name, index) => given.indexOf(name) < index).map((name) => `"${name}" is there twice`),
    ...factColumns.filter((name) => !given.includes(name)).map((name) => `"${name}" is missing`),
  ]
  if (faults.length > 0) throw refused(...faults.map((fault) => `header: ${fault}`))
}

function cellsOf(header: readonly string[], record: readonly string[]): Record<FactColumn, string> {
  return Object.fromEntries(factColumns.map((column) => [column, record[header.indexOf(column)] ?? ''])) as Record<
    FactColumn,
    string
  >
}

function refused(...faults: string[]): ReferenceDataError {
  return new ReferenceDataError('region facts', faults)
}
