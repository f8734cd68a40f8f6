import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { columnsOfHeader, FileRefused } from './columns.ts'
import { type FileRow, rowOf } from './row.ts'

/** Characters of a row at most: those of a report, and room. A quote out of place would otherwise read the file to its end. */
const longestRow = 400_000

export interface CsvOptions {
  offset?: string | undefined
  /** Comma or semicolon; looked for in the header unless said. */
  delimiter?: string | undefined
}

/** The rows of a CSV file in UTF-8, with or without BOM; row 1 is the header. @throws FileRefused */
export async function* readCsv(file: string, { offset, delimiter }: CsvOptions): AsyncGenerator<FileRow> {
  const text = textOf(file)
  const { value: start = '' } = await text.next()
  const source = Readable.from(behind(start, text))
  const parser = source.pipe(
    parse({
      delimiter: delimiter ?? delimiterOf(start),
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: longestRow,
    }),
  )
  const counted = { row: 0 }
  let header: ReturnType<typeof columnsOfHeader> | undefined
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      counted.row += 1
      if (record.every((cell) => cell.trim() === '')) continue
      if (header)
        yield rowOf(
          counted.row,
          header,
          record.map((text) => ({ text })),
          offset,
        )
      else header = columnsOfHeader(record)
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new FileRefused(`Row ${counted.row + 1} cannot be read: ${error.message}`)
  } finally {
    source.destroy()
  }
  if (!header) throw new FileRefused('The file is empty')
}

async function* behind(start: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield start
  yield* rest
}

async function* textOf(file: string): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const handle = await open(file)
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false }))
      yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error
    throw new FileRefused('The file is not UTF-8. Save it as "CSV UTF-8"')
  } finally {
    await handle.close()
  }
}

function delimiterOf(start: string): string {
  const [header = ''] = start.trimStart().split(/\r?\n/, 1)
  return header.includes(';') ? ';' : ','
}
