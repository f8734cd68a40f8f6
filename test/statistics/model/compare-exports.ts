import { isDeepStrictEqual } from 'node:util'
import { parse } from 'csv-parse/sync'
import exceljs from 'exceljs'
import type { LightMyRequestResponse } from 'fastify'
import type { Api } from '../../support/start-api.ts'
import { countable, isTooMuch, unlike } from './compare-counts.ts'
import { listed, refusal } from './compare-lists.ts'
import { count } from './counts.ts'
import type { Query } from './filters.ts'
import { send } from './live.ts'
import { type Asker, type ModelReport, primaryOf } from './model-report.ts'

/** A row as text by the stable name of its column; empty where nothing is known. */
type Row = Record<string, string>

export const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
/** Rows of a workbook that are read back within reason. */
export const mostRows = 100
/** What the lines of the list hold is compared with them word by word; what is laid flat, by these columns. */
const flat: Record<string, (report: ModelReport) => unknown> = {
  id: ({ document }) => document.id,
  number: ({ document }) => document.number,
  status: ({ document }) => document.status,
  level: ({ document }) => document.level,
  exercise: ({ document }) => document.exercise,
  incidentType: ({ document }) => document.incidentType,
  severity: ({ document }) => document.severity,
  handling: ({ document }) => document.handling,
  subject: ({ document }) => document.subject,
  occurredAt: ({ document }) => document.occurredAt,
  receivedAt: ({ document }) => document.receivedAt,
  dueAt: ({ document }) => document.dueAt,
  regionCode: ({ region }) => region,
  place: ({ document }) => document.location.place,
  longitude: ({ document }) => document.location.coordinates?.[0],
  latitude: ({ document }) => document.location.coordinates?.[1],
  localDate: ({ day }) => day,
  primaryElection: (report) => primaryOf(report)?.election,
  primaryStage: (report) => primaryOf(report)?.stage,
  stageGroup: (report) => primaryOf(report)?.group,
  openStages: ({ document }) =>
    document.classification.stages.map(({ election, stage }) => `${election}:${stage}`).join(' '),
}

/** A whole result under a media type, read back, against what the list must give. @returns what they disagree about */
export async function compareReportExport(
  api: Api,
  reports: readonly ModelReport[],
  asker: Asker,
  { type = '', ...query }: Query,
): Promise<string | undefined> {
  const expected = listed(reports, asker, query, api.time.now.getTime())
  const got = await exported(api, asker, `/v1/reports?${new URLSearchParams(query)}`, type)
  if (!Array.isArray(got)) return refusal(got)
  const names = Object.keys(flat)
  if (type !== 'application/x-ndjson')
    return difference(
      expected.map((report) => textsOf(Object.fromEntries(names.map((name) => [name, flat[name]?.(report)])), names)),
      got.map((row) => textsOf(row, names)),
    )
  const list = await send(api, asker, { url: `/v1/reports?${new URLSearchParams({ ...query, limit: '200' })}` })
  if (list.statusCode !== 200) return refusal(list)
  // An export has the members of the list, and no marks on words that were looked for.
  const items = list.json().items.map(({ highlights: _highlights, ...item }: Record<string, unknown>) => item)
  const ids = expected.map(({ document }) => ({ id: document.id }))
  return (
    difference(
      ids,
      got.map(({ id }) => ({ id })),
    ) ?? difference(items, got.slice(0, 200))
  )
}

/** The same of counts. */
export async function compareCountExport(
  api: Api,
  reports: readonly ModelReport[],
  asker: Asker,
  { type = '', ...query }: Query,
): Promise<string | undefined> {
  const counted = countable(reports, asker, query, api.time.now.getTime())
  const by = (query.groupBy ?? '').split(',')
  const got = await exported(api, asker, `/v1/statistics/counts?${new URLSearchParams(query)}`, type)
  if (!Array.isArray(got)) return query.zeros === 'true' && isTooMuch(got) ? undefined : refusal(got)
  const expected = count(counted, query, asker.office).map(({ values, count }) => ({
    ...Object.fromEntries(by.map((dimension, place) => [dimension, values[place]])),
    count,
  }))
  const names = [...by, 'count']
  return difference(
    expected.map((cell) => textsOf(cell, names)),
    got.map((row) => textsOf(row, names)).filter((row) => query.zeros !== 'true' || row.count !== '0'),
  )
}

function textsOf(row: Record<string, unknown>, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, String(row[name] ?? '')]))
}

function difference(expected: object[], got: object[]): string | undefined {
  if (isDeepStrictEqual(got, expected)) return undefined
  const longer = expected.length > got.length ? expected : got
  const at = longer.findIndex((_, place) => !isDeepStrictEqual(expected[place], got[place]))
  return `${got.length} rows instead of ${expected.length}; row ${at} ${unlike(expected[at], got[at])}`
}

type Read = Record<string, unknown>[]

async function exported(api: Api, asker: Asker, url: string, type: string): Promise<Read | LightMyRequestResponse> {
  const answer = await send(api, asker, { url, headers: { accept: type } })
  if (answer.statusCode !== 200) return answer
  if (type === 'text/csv') return parse(answer.body, { columns: true })
  if (type === 'application/x-ndjson')
    return answer.body.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  if (type !== workbook)
    return JSON.parse(answer.body).features.map(({ properties }: { properties: object }) => properties)
  const csv = await send(api, asker, { url, headers: { accept: 'text/csv' } })
  // A workbook names its columns in words; they are those of the CSV, in its order.
  const [names = []]: string[][] = parse(csv.body, { to: 1 })
  return rowsOf(answer.rawPayload, names)
}

async function rowsOf(bytes: Buffer, names: readonly string[]): Promise<Read> {
  const book = new exceljs.Workbook()
  await book.xlsx.load(bytes as unknown as ArrayBuffer)
  const rows: Read = []
  book.worksheets[0]?.eachRow((row, number) => {
    if (number > 1) rows.push(Object.fromEntries(names.map((name, at) => [name, textOf(row.getCell(at + 1).value)])))
  })
  return rows
}

function textOf(value: exceljs.CellValue): unknown {
  return value instanceof Date ? value.toISOString().slice(0, 10) : value
}
