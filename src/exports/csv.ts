import { stringify } from 'csv-stringify/sync'
import { defusedInCsv } from './defuse.ts'
import { slices } from './slices.ts'
import type { Cell, Table } from './table.ts'

/** RFC 4180 in UTF-8, for programs: headings are the stable names, codes stand as they are. */
export async function* csvOf<Item>(table: Table<Item>): AsyncGenerator<string> {
  const { columns } = table
  yield lines([columns.map(({ name }) => name)])
  for await (const slice of slices(table)) {
    yield lines(
      slice.map((text) => {
        const item: Item = JSON.parse(text)
        return columns.map(({ value }) => asText(value(item)))
      }),
    )
  }
}

function asText(cell: Cell): string {
  if (cell === null) return ''
  return typeof cell === 'string' ? defusedInCsv(cell) : String(cell)
}

function lines(rows: string[][]): string {
  // A cell with a semicolon is quoted too: many a spreadsheet in Indonesia takes it for the comma.
  return stringify(rows, { record_delimiter: 'windows', quoted_match: /;/ })
}
