import { Readable } from 'node:stream'
import { ndjsonMediaType } from '../http/media-type.ts'
import { csvOf } from './csv.ts'
import { geojsonOf } from './geojson.ts'
import { ndjsonOf } from './ndjson.ts'
import type { Table } from './table.ts'
import { xlsxOf } from './xlsx.ts'

interface Format {
  contentType: string
  extension: string
  /** Whether words of ours stand in it, in the language asked for. */
  isWorded: boolean
  write<Item>(table: Table<Item>): Readable
}

const text = (chunks: AsyncGenerator<string>) => Readable.from(chunks, { objectMode: false })

/** What a result can be exported as, by media type. */
export const formats = {
  'text/csv': {
    contentType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    isWorded: true,
    write: (table) => text(csvOf(table)),
  },
  [ndjsonMediaType]: {
    contentType: ndjsonMediaType,
    extension: 'ndjson',
    isWorded: false,
    write: (table) => text(ndjsonOf(table)),
  },
  'application/geo+json': {
    contentType: 'application/geo+json',
    extension: 'geojson',
    isWorded: true,
    write: (table) => text(geojsonOf(table)),
  },
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
    contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    extension: 'xlsx',
    isWorded: true,
    write: (table) => xlsxOf(table),
  },
} satisfies Record<string, Format>

export type ExportType = keyof typeof formats
export const exportTypes = Object.keys(formats) as ExportType[]
