import type { z } from 'zod'
import type { Cell, Column } from '../exports/table.ts'
import { headings } from '../reports/column-headings.ts'
import { type Label, label } from '../vocabularies/label.ts'
import type { VocabularyName } from '../vocabularies/labels.ts'
import type { Words } from '../vocabularies/words.ts'
import type { ReleaseItem } from './list-schemas.ts'
import type { ReleaseField } from './vocabulary.ts'

/** An item of a list as it travels. */
export type ExportedRelease = z.input<typeof ReleaseItem>
type Content = ExportedRelease['content']
type Columns = Record<string, (content: Content, words: Words) => Cell | undefined>

const ofReleases = {
  releasedAt: label('Dirilis (UTC)', 'Released at (UTC)'),
  firstReleasedAt: label('Pertama dirilis (UTC)', 'First released at (UTC)'),
  regionLevel: label('Ketelitian wilayah', 'How exactly the region is told'),
  positionDecimals: label('Desimal koordinat', 'Decimals of the position'),
  attachments: label('Lampiran (JSON)', 'Attachments (JSON)'),
}

const coded = (name: VocabularyName, read: (content: Content) => string | number | undefined): Columns => ({
  [name]: read,
  [`${name}Label`]: (content, words) => words.of(name, read(content)),
})
const word = (field: ReleaseField & VocabularyName): Columns => coded(field, (content) => content[field] as string)
const plain = (name: keyof Content): Columns => ({ [name]: (content) => content[name] as Cell })
const primary = ({ stages }: Content) => stages?.find((stage) => stage.primary)

/** The columns of each field that can be approved, named as those of reports are. What was not approved is empty. */
const columnsOf: Record<ReleaseField, Columns> = {
  ...{ subject: plain('subject'), facts: plain('facts'), analysis: plain('analysis') },
  ...{ prediction: plain('prediction'), actionsTaken: plain('actionsTaken'), recommendation: plain('recommendation') },
  ...{ product: word('product'), athg: word('athg'), domain: word('domain') },
  incidentType: {
    incidentType: ({ incidentType }) => incidentType,
    incidentTypeLabel: ({ incidentType }, words) => words.incidentType(incidentType),
  },
  ...{ phase: word('phase'), severity: word('severity'), urgency: word('urgency') },
  occurredAt: {
    ...plain('occurredAt'),
    ...coded('occurredAtPrecision', ({ occurredAtPrecision }) => occurredAtPrecision),
    ...plain('localDate'),
  },
  region: {
    regionCode: ({ region }) => region?.code,
    regionName: ({ region }, words) => words.region(region?.code),
    regionLevel: ({ region }) => region?.level,
    regency: ({ region }) => region?.regency,
    regencyName: ({ region }, words) => words.region(region?.regency),
    province: ({ region }) => region?.province,
    provinceName: ({ region }, words) => words.region(region?.province),
  },
  place: plain('place'),
  position: {
    longitude: ({ position }) => position?.coordinates[0],
    latitude: ({ position }) => position?.coordinates[1],
    positionDecimals: ({ position }) => position?.decimals,
  },
  stages: {
    primaryElection: (content) => primary(content)?.election,
    primaryElectionName: (content, words) => words.election(primary(content)?.election),
    primaryStage: (content) => primary(content)?.stage,
    primaryStageName: (content, words) => words.stage(primary(content)?.stage, primary(content)?.election),
    ...coded('stageGroup', (content) => primary(content)?.group),
    openStages: ({ stages }) => stages?.map(({ election, stage }) => `${election}:${stage}`).join(' ') || null,
  },
  assessment: {
    ...coded('sourceReliability', ({ assessment }) => assessment?.reliability),
    ...coded('sourceCredibility', ({ assessment }) => assessment?.credibility),
  },
  impact: {
    deaths: ({ impact }) => impact?.deaths,
    seriouslyInjured: ({ impact }) => impact?.seriouslyInjured,
    lightlyInjured: ({ impact }) => impact?.lightlyInjured,
    missing: ({ impact }) => impact?.missing,
    displaced: ({ impact }) => impact?.displaced,
    lossIdr: ({ impact }) => impact?.lossIdr,
  },
  // Of any number: as JSON, which loses nothing.
  attachments: { attachments: ({ attachments }) => attachments && JSON.stringify(attachments) },
}

const known: Readonly<Record<string, Label>> = { ...headings, ...ofReleases }

/** The columns of releases with the fields asked for, in their order. */
export function releaseColumns(fields: readonly ReleaseField[], words: Words): Column<ExportedRelease>[] {
  const column = (name: string, value: Column<ExportedRelease>['value']): Column<ExportedRelease> => {
    const heading = known[name]
    if (!heading) throw new Error(`The column ${name} has no heading`)
    return { name, heading: heading[words.language], ...(name === 'localDate' && { isDay: true as const }), value }
  }
  const ofContent = {
    ...plain('exercise'),
    ...Object.assign({}, ...fields.map((field) => columnsOf[field])),
  } as Columns
  return [
    column('id', ({ id }) => id),
    column('version', ({ version }) => version),
    column('handling', ({ handling }) => handling),
    column('handlingLabel', ({ handling }) => words.of('handling', handling)),
    column('releasedAt', ({ releasedAt }) => releasedAt),
    column('firstReleasedAt', ({ firstReleasedAt }) => firstReleasedAt),
    ...Object.entries(ofContent).map(([name, read]) => column(name, ({ content }) => read(content, words) ?? null)),
  ]
}
