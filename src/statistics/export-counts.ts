import type { Context } from '../access/context.ts'
import type { Asked } from '../exports/send-export.ts'
import type { Column, Table } from '../exports/table.ts'
import { type Label, label } from '../vocabularies/label.ts'
import { Words } from '../vocabularies/words.ts'
import type { CountedDimension } from './dimensions.ts'
import type { ReportCounts } from './schemas.ts'

type CountedCell = ReportCounts['items'][number]
type Named = (cell: CountedCell, words: Words) => string | null

const headings: Record<CountedDimension, Label> = {
  region: label('Wilayah', 'Region'),
  election: label('Pemilihan', 'Election'),
  stage: label('Tahapan', 'Stage'),
  stageGroup: label('Kelompok tahapan', 'Stage group'),
  athg: label('ATHG', 'ATHG'),
  domain: label('Bidang', 'Domain'),
  incidentType: label('Jenis kejadian', 'Incident type'),
  severity: label('Tingkat risiko', 'Severity'),
  phase: label('Fase', 'Phase'),
  status: label('Status', 'Status'),
  handling: label('Klasifikasi keamanan', 'Handling'),
  week: label('Pekan ISO', 'ISO week'),
}
const counted = label('Jumlah laporan', 'Reports')
const coded = label(' (kode)', ' (code)')

/** What the code of a dimension is called; a week has no other name. */
const names: Record<Exclude<CountedDimension, 'week'>, [suffix: 'Name' | 'Label', read: Named]> = {
  region: ['Name', ({ region }, words) => words.region(region)],
  election: ['Name', ({ election }, words) => words.election(election)],
  stage: ['Name', ({ stage, election }, words) => words.stage(stage, election)],
  stageGroup: ['Label', ({ stageGroup }, words) => words.of('stageGroup', stageGroup)],
  athg: ['Label', ({ athg }, words) => words.of('athg', athg)],
  domain: ['Label', ({ domain }, words) => words.of('domain', domain)],
  incidentType: ['Label', ({ incidentType }, words) => words.incidentType(incidentType)],
  severity: ['Label', ({ severity }, words) => words.of('severity', severity)],
  phase: ['Label', ({ phase }, words) => words.of('phase', phase)],
  status: ['Label', ({ status }, words) => words.of('status', status)],
  handling: ['Label', ({ handling }, words) => words.of('handling', handling)],
}

/** The cells of counts, a row each; on a map at the centre of their region, where one is known. */
export function exportCounts(
  { db }: Context,
  { groupBy, items }: ReportCounts,
  { language }: Asked,
): Table<CountedCell> {
  const words = new Words(db.held, language)
  return {
    name: 'counts',
    title: language === 'id' ? 'Jumlah laporan' : 'Counts',
    language,
    columns: [
      ...groupBy.flatMap((dimension) => columnsOf(dimension, words)),
      { name: 'count', heading: counted[language], value: ({ count }) => count },
    ],
    batches: inBatches(items),
    idOf: () => undefined,
    pointOf: ({ region }) => (region && db.held.regions.find(region)?.centre) || null,
  }
}

function columnsOf(dimension: CountedDimension, words: Words): Column<CountedCell>[] {
  const heading = headings[dimension][words.language]
  const code = (suffix: string) => ({
    name: dimension,
    heading: heading + suffix,
    value: (cell: CountedCell) => cell[dimension] ?? null,
  })
  if (dimension === 'week') return [code('')]
  const [suffix, read] = names[dimension]
  const named = { name: `${dimension}${suffix}`, heading, value: (cell: CountedCell) => read(cell, words) }
  return [code(coded[words.language]), named]
}

async function* inBatches(items: readonly CountedCell[]): AsyncGenerator<string[]> {
  for (let from = 0; from < items.length; from += 500)
    yield items.slice(from, from + 500).map((item) => JSON.stringify(item))
}
