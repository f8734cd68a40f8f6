import { Readable } from 'node:stream'
import exceljs from 'exceljs'

type Bytes = AsyncIterable<Uint8Array>
type Parts = AsyncIterable<unknown>

/** What the reader of exceljs has beside its types: the two places where the parts of a workbook become text. */
interface Parser {
  new (
    ...given: ConstructorParameters<typeof exceljs.stream.xlsx.WorkbookReader>
  ): exceljs.stream.xlsx.WorkbookReader & {
    _parseSharedStrings(entry: Parts): AsyncGenerator<unknown>
    _parseWorksheet(parts: Parts, number: string): Generator<unknown>
  }
}

/**
 * exceljs decodes each chunk of a file by itself, and spoils the letters that lie across two of them: here they are decoded as
 * what they are, one text.
 */
export class WorkbookReader extends (exceljs.stream.xlsx.WorkbookReader as unknown as Parser) {
  override _parseSharedStrings(entry: Bytes) {
    return super._parseSharedStrings(Readable.from(textOf(entry)))
  }

  override _parseWorksheet(parts: Bytes, number: string) {
    return super._parseWorksheet(textOf(parts), number)
  }
}

async function* textOf(chunks: Bytes): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}
