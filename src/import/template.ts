import exceljs from 'exceljs'
import { handlingLevels } from '../access/vocabulary.ts'
import { csvText } from '../clients/csv-text.ts'
import { submitReportExample } from '../reports/examples.ts'
import * as words from '../reports/vocabulary.ts'
import { type Column, columns } from './columns.ts'

/** The header and one row as an example, in CSV that spreadsheets take for UTF-8. */
export function csvTemplate(delimiter: string): string {
  return `\uFEFF${csvText([columns.map(({ name }) => name), columns.map(exampleOf)], delimiter)}`
}

/** The same as a workbook whose cells are all text, so that no code becomes a number, with a sheet of the words that are allowed. */
export async function xlsxTemplate(incidentTypes: readonly string[]): Promise<Buffer> {
  const workbook = new exceljs.Workbook()
  const sheet = workbook.addWorksheet('reports', { views: [{ state: 'frozen', ySplit: 1 }] })
  sheet.columns = columns.map(({ name }) => ({
    header: name,
    width: Math.max(14, name.length + 2),
    style: { numFmt: '@' },
  }))
  sheet.addRow(columns.map(exampleOf))
  sheet.getRow(1).font = { bold: true }
  const lists = Object.entries(allowedWords(incidentTypes))
  const allowed = workbook.addWorksheet('words')
  allowed.columns = lists.map(([name]) => ({ header: name, width: 24 }))
  allowed.getRow(1).font = { bold: true }
  const longest = Math.max(...lists.map(([, list]) => list.length))
  for (let index = 0; index < longest; index += 1) allowed.addRow(lists.map(([, list]) => list[index] ?? null))
  return Buffer.from(await workbook.xlsx.writeBuffer())
}

function allowedWords(incidentTypes: readonly string[]): Record<string, readonly string[]> {
  return {
    product: words.products,
    athg: words.athgKinds,
    domain: words.domains,
    incidentType: incidentTypes,
    phase: words.phases,
    severity: words.severities,
    urgency: words.urgencies,
    handling: handlingLevels,
    occurredAtPrecision: words.precisions,
    sourceKind: words.sourceKinds,
    sourceMethod: words.sourceMethods,
    sourceReliability: words.reliabilities,
    sourceCredibility: ['1', '2', '3', '4', '5', '6'],
    exercise: ['false', 'true'],
  }
}

/** A report of its own: beside that of the guides it would be the same reference with other content. */
const example = { ...submitReportExample, clientReference: 'contoh-001' }

function exampleOf({ path }: Column): string {
  let value: unknown = example
  for (const step of path) value = (value as Record<string | number, unknown> | null | undefined)?.[step]
  return value === null || value === undefined ? '' : String(value)
}
