import type { FastifyInstance } from 'fastify'
import { DomainError, type Fault } from '../errors.ts'
import { parseJson, readJson, textOf } from './body-parser.ts'
import { textsOfItems } from './json-items.ts'
import { faultsOfJsonText } from './json-text.ts'
import { ndjsonMediaType } from './media-type.ts'

/** Bytes of a whole list, and of one item: as many as a body of its own may have. */
export const longestList = 5 * 1024 * 1024
export const longestItem = 256 * 1024

/** One item as it was sent: a value with what its text alone shows, or why it is none. */
export type SentItem = { value: unknown; textFaults: readonly Fault[] } | { refusal: DomainError }

/**
 * The only bodies that the routes of this plugin take are lists, as a JSON array or as NDJSON. What is wrong with the list refuses
 * all of it; what is wrong with the text of an item is that item's own.
 */
export function takeLists(app: FastifyInstance, most: number): void {
  app.removeAllContentTypeParsers()
  const parsers = { 'application/json': itemsOfArray, [ndjsonMediaType]: itemsOfLines }
  for (const [type, read] of Object.entries(parsers)) {
    app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: longestList }, (_request, body, done) => {
      try {
        done(null, body.length === 0 ? undefined : read(body as Buffer, most))
      } catch (error) {
        done(error as Error)
      }
    })
  }
}

function refuseCount(count: number, most: number): void {
  if (count > most) throw refused({ pointer: '', code: 'too_many', params: { maximum: most } })
  if (count === 0) throw refused({ pointer: '', code: 'too_few', params: { minimum: 1 } })
}

function refused(fault: Fault): DomainError {
  return new DomainError('body_invalid', {}, [fault])
}

function itemsOfArray(body: Buffer, most: number): SentItem[] {
  const text = textOf(body)
  const values = parseJson(text)
  if (!Array.isArray(values)) throw refused({ pointer: '', code: 'wrong_type', params: { expected: 'array' } })
  refuseCount(values.length, most)
  const texts = textsOfItems(text)
  return values.map((value, index) => {
    const own = texts[index] ?? ''
    return Buffer.byteLength(own) > longestItem ? tooLarge() : { value, textFaults: faultsOfJsonText(own) }
  })
}

/** A line that was cut off is an item that cannot be read, and the lines before it stand. */
function itemsOfLines(body: Buffer, most: number): SentItem[] {
  const items: SentItem[] = []
  // No more than it takes to see that they are too many.
  for (let start = 0; start < body.length && items.length <= most; ) {
    const feed = body.indexOf(0x0a, start)
    const end = feed < 0 ? body.length : feed
    const line = body.subarray(start, end)
    if (!isBlank(line)) items.push(itemOfLine(line))
    start = end + 1
  }
  refuseCount(items.length, most)
  return items
}

function itemOfLine(line: Buffer): SentItem {
  if (line.length > longestItem) return tooLarge()
  try {
    const { value, faults } = readJson(line)
    return { value, textFaults: faults }
  } catch (error) {
    if (error instanceof DomainError) return { refusal: error }
    throw error
  }
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}

function tooLarge(): SentItem {
  return { refusal: new DomainError('body_too_large') }
}
