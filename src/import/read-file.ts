import { extname } from 'node:path'
import { FileRefused } from './columns.ts'
import { type CsvOptions, readCsv } from './read-csv.ts'
import { readNdjson } from './read-ndjson.ts'
import { readXlsx, type XlsxOptions } from './read-xlsx.ts'
import type { FileRow } from './row.ts'

export type ReadOptions = CsvOptions & XlsxOptions

/** The rows of a file by the kind that its name ends in. @throws FileRefused */
export function readRows(file: string, options: ReadOptions): AsyncGenerator<FileRow> {
  switch (extname(file).toLowerCase()) {
    case '.csv':
      return readCsv(file, options)
    case '.xlsx':
      return readXlsx(file, options)
    case '.ndjson':
      return readNdjson(file)
    default:
      throw new FileRefused(`${file} is none of .csv, .xlsx and .ndjson`)
  }
}
