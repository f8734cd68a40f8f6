import { parse } from 'csv-parse/sync'
import exceljs from 'exceljs'
import type { ExportType } from '../../../src/exports/formats.ts'
import type { Content } from '../../releases/model.ts'
import type { Ask } from './ask.ts'
import { type OfAll, toldBy } from './ways.ts'
import { documentOf } from './world.ts'

type Row = Record<string, unknown>
type Document = ReturnType<typeof documentOf>
const url = '/v1/releases?fields=*'

/** What a row has in each column, but for the words in which codes are said once more. */
function flat({ content, ...release }: Document): Row {
  const { region, position, stages, impact, assessment, attachments, ...plain } = content as Content &
    Record<string, Row>
  const primary = stages?.find(({ primary: isPrimary }) => isPrimary)
  return {
    ...release,
    ...plain,
    ...{ regionCode: region?.code, regionLevel: region?.level, regency: region?.regency, province: region?.province },
    ...{
      longitude: position?.coordinates[0],
      latitude: position?.coordinates[1],
      positionDecimals: position?.decimals,
    },
    ...{ primaryElection: primary?.election, primaryStage: primary?.stage, stageGroup: primary?.group },
    openStages: stages?.map(({ election, stage }) => `${election}:${stage}`).join(' '),
    ...{ sourceReliability: assessment?.reliability, sourceCredibility: assessment?.credibility },
    ...impact,
    attachments: attachments && JSON.stringify(attachments),
  }
}

/** As texts, without what is empty and without the words of codes. */
function texts(row: Row): Record<string, string> {
  const said = Object.entries(row).filter(
    ([name, value]) => value !== null && value !== undefined && value !== '' && !/(Label|Name)$/.test(name),
  )
  return Object.fromEntries(
    said.map(([name, value]) => [name, String(value)]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  )
}

async function get(ask: Ask, accept: ExportType) {
  const answer = await ask({ url, headers: { accept } })
  if (answer.statusCode !== 200) throw new Error(answer.payload)
  return answer
}

const rowsByFormat: Record<Exclude<ExportType, 'application/x-ndjson'>, (ask: Ask) => Promise<Row[]>> = {
  'text/csv': async (ask) => parse((await get(ask, 'text/csv')).body, { columns: true }),
  'application/geo+json': async (ask) => {
    const { features } = JSON.parse((await get(ask, 'application/geo+json')).body)
    return features.map(({ geometry, properties }: { geometry: { coordinates: number[] } | null; properties: Row }) => {
      const [longitude, latitude] = geometry?.coordinates ?? []
      return { ...properties, longitude, latitude }
    })
  },
  // A workbook names its columns in words; they are those of the CSV, in its order.
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': async (ask) => {
    const [names = []]: string[][] = parse((await get(ask, 'text/csv')).body, { to: 1 })
    const book = new exceljs.Workbook()
    const { rawPayload } = await get(ask, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    await book.xlsx.load(rawPayload as unknown as ArrayBuffer)
    const rows: Row[] = []
    book.worksheets[0]?.eachRow((row, number) => {
      const cells = names.map((name, at) => [name, row.getCell(at + 1).value])
      if (number > 1)
        rows.push(
          Object.fromEntries(
            cells.map(([name, value]) => [name, value instanceof Date ? value.toISOString().slice(0, 10) : value]),
          ),
        )
    })
    return rows
  },
}

const lines: OfAll = {
  name: 'the export as application/x-ndjson',
  all: async (ask) => {
    const { body } = await get(ask, 'application/x-ndjson')
    return toldBy(body.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])))
  },
  expected: (seen, release) => (seen.state === 'here' ? documentOf(release, seen.version) : undefined),
}

/** All of what reaches the agency, in every format. */
export const exportWays: readonly OfAll[] = [
  lines,
  ...Object.entries(rowsByFormat).map(
    ([type, read]): OfAll => ({
      name: `the export as ${type}`,
      all: async (ask) => new Map((await read(ask)).map((row) => [String(row.id), texts(row)])),
      expected: (seen, release) => (seen.state === 'here' ? texts(flat(documentOf(release, seen.version))) : undefined),
    }),
  ),
]
