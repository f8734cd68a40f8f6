import { type Column, pointerOf } from './columns.ts'

/** What is wrong with a cell, named by the pointer that its value has in the report; '' for the row. */
export type Notes = ReadonlyMap<string, string>

/** A row of the file, from 1 as a spreadsheet counts them, as one line of NDJSON. */
export interface FileRow {
  row: number
  line: string
  /** What we know to be wrong already: such a row is never stored. */
  notes: Notes
}

/** A cell as the reader of its file found it: text, or text with what is wrong with it. */
export interface Cell {
  text: string
  fault?: string
  /** Whether the spreadsheet takes it for a date. */
  isDate?: boolean
}

/** @param offset of the office, such as `+08:00`, for times that were written without one */
export function rowOf(
  row: number,
  columns: readonly (Column | undefined)[],
  cells: readonly Cell[],
  offset?: string,
): FileRow {
  const report: Record<string, unknown> = { location: {}, source: {} }
  const notes = new Map<string, string>()
  const surplus = cells.slice(columns.length).filter(({ text }) => text.trim() !== '').length
  if (surplus > 0) notes.set('', `there are ${surplus} cells more than the header has`)
  for (const [index, column] of columns.entries()) {
    const { text = '', fault, isDate = false } = cells[index] ?? {}
    const trimmed = text.trim()
    if (!column || (trimmed === '' && fault === undefined)) continue
    const read = valueOfCell(column, trimmed, offset)
    put(report, column.path, read.value)
    const wrong = fault ?? (isDate && column.kind !== 'time' ? madeADate : read.fault)
    if (wrong !== undefined) notes.set(pointerOf(column), wrong)
  }
  const { coordinates } = report.location as { coordinates?: unknown[] }
  // So that it is the missing one of the two that is named.
  if (coordinates?.length === 1) coordinates.push(null)
  return { row, line: JSON.stringify(report), notes }
}

interface Read {
  value: unknown
  fault?: string
}

const madeADate = 'is a date, which a spreadsheet makes of 1-2 or 12/2024 as well. Format the column as text'
const offsetForm = 'give the offset of its times by --offset, such as +08:00'

const readers: Record<Column['kind'], (text: string, offset?: string) => Read> = {
  text: (value) => ({ value }),
  code(value) {
    if (!/^\d{2}[.,]\d$/.test(value)) return { value }
    return {
      value,
      fault: `"${value}" is no code; a spreadsheet makes ${value} of ${value}0. Format the column as text`,
    }
  },
  whole: (text) => ({ value: /^-?\d{1,15}$/.test(text) ? Number(text) : text }),
  // Where the comma is the decimal sign, spreadsheets write it.
  decimal: (text) => ({ value: /^-?\d{1,3}([.,]\d{1,15})?$/.test(text) ? Number(text.replace(',', '.')) : text }),
  truth(text) {
    if (/^(true|ya|yes|1)$/i.test(text)) return { value: true }
    return { value: /^(false|tidak|no|0)$/i.test(text) ? false : text }
  },
  time(text, offset) {
    const [, day, time, seconds = ':00'] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?$/.exec(text) ?? []
    if (day === undefined) return { value: text }
    return offset === undefined ? { value: text, fault: offsetForm } : { value: `${day}T${time}${seconds}${offset}` }
  },
}

function valueOfCell({ kind }: Column, text: string, offset?: string): Read {
  return readers[kind](text, offset)
}

function put(report: Record<string, unknown>, path: readonly (string | number)[], value: unknown): void {
  let place = report as Record<string | number, unknown>
  for (const [index, step] of path.slice(0, -1).entries()) {
    place[step] ??= typeof path[index + 1] === 'number' ? [] : {}
    place = place[step] as Record<string | number, unknown>
  }
  place[path.at(-1) as string] = value
}
