import type { Language } from '../http/accept.ts'
import { defused } from './defuse.ts'
import type { Cell, Column } from './table.ts'

/** Places in the list of styles in `workbook-parts.ts`. */
export const styleOf = { text: 1, day: 2, heading: 3 } as const

/** UTF-16 units in a cell. */
const longestCell = 32_767
const cutMark: Record<Language, string> = {
  id: ' […] (terpotong: sel memuat paling banyak 32.767 karakter; selengkapnya di CSV atau NDJSON)',
  en: ' […] (cut: a cell holds 32,767 characters at most; all of it is in CSV or NDJSON)',
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no form for them, nor for half a character
const unspeakable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/gu
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
/** What a spreadsheet would read as the escape of a character (ECMA-376, ST_Xstring). */
const escapes = /_(?=x[0-9A-Fa-f]{4}_)/g

/** `A`, `B` ... `Z`, `AA` ... */
export function letterOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last
}

/** Rows of cells as SpreadsheetML. */
export class SheetRows<Item> {
  readonly #columns: { letter: string; column: Column<Item> }[]
  readonly #language: Language

  constructor(columns: readonly Column<Item>[], language: Language) {
    this.#columns = columns.map((column, index) => ({ letter: letterOf(index), column }))
    this.#language = language
  }

  heading(): string {
    const cells = this.#columns.map(({ letter, column }) => this.#text(`${letter}1`, column.heading, styleOf.heading))
    return `<row r="1">${cells.join('')}</row>`
  }

  /** @param number of the row, from 2 */
  row(item: Item, number: number): string {
    const cells = this.#columns.map(({ letter, column }) =>
      this.#cell(`${letter}${number}`, column, column.value(item)),
    )
    return `<row r="${number}">${cells.join('')}</row>`
  }

  #cell(place: string, { isDay }: Column<Item>, cell: Cell): string {
    if (cell === null) return ''
    if (typeof cell === 'boolean') return `<c r="${place}" t="b"><v>${cell ? 1 : 0}</v></c>`
    // Spreadsheets keep fifteen digits of a number.
    if (typeof cell === 'number' && Math.abs(cell) < 1e15) return `<c r="${place}"><v>${cell}</v></c>`
    const day = isDay ? dayNumber(String(cell)) : undefined
    if (day !== undefined) return `<c r="${place}" s="${styleOf.day}"><v>${day}</v></c>`
    return this.#text(place, String(cell), styleOf.text)
  }

  #text(place: string, text: string, style: number): string {
    return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${this.#inXml(text)}</t></is></c>`
  }

  #inXml(text: string): string {
    const safe = defused(text.replaceAll(/\r\n?/g, '\n'))
    const mark = cutMark[this.#language]
    const fitting = safe.length > longestCell ? safe.slice(0, longestCell - mark.length) + mark : safe
    return fitting
      .replaceAll(unspeakable, '')
      .replaceAll(/[&<>]/g, (sign) => entities[sign] ?? sign)
      .replaceAll(escapes, '_x005F_')
  }
}

/** Days since the end of 1899, as spreadsheets count; undefined for days before March 1900, on which they disagree. */
function dayNumber(day: string): number | undefined {
  const number = Date.parse(`${day}T00:00:00Z`) / 86_400_000 + 25_569
  return number >= 61 ? number : undefined
}
