import type { z } from 'zod'
import type { Cell, Column } from '../exports/table.ts'
import type { VocabularyName } from '../vocabularies/labels.ts'
import type { Words } from '../vocabularies/words.ts'
import { headings } from './column-headings.ts'
import type { ReportItem } from './list-schemas.ts'
import type { ReportMember } from './schemas.ts'

/** An item of a list as it travels. */
export type ExportedReport = z.input<typeof ReportItem>
type Read = (item: ExportedReport, words: Words) => Cell | undefined
type Columns = Record<string, Read>

const coded = (
  name: string,
  list: VocabularyName,
  read: (item: ExportedReport) => string | number | null | undefined,
) => ({
  [name]: read,
  [`${name}Label`]: (item: ExportedReport, words: Words) => words.of(list, read(item)),
})
const plain = <Member extends ReportMember>(member: Member & keyof ExportedReport): Columns => ({
  [member]: (item) => item[member] as Cell,
})
const word = (member: ReportMember & VocabularyName): Columns => coded(member, member, (item) => item[member] as string)

const location: Columns = {
  regionCode: ({ location }) => location?.regionCode,
  regionName: ({ location }, words) => words.region(location?.regionCode),
  place: ({ location }) => location?.place,
  longitude: ({ location }) => location?.coordinates?.[0],
  latitude: ({ location }) => location?.coordinates?.[1],
}
const source: Columns = {
  ...coded('sourceKind', 'sourceKind', ({ source }) => source?.kind),
  ...coded('sourceMethod', 'sourceMethod', ({ source }) => source?.method),
  ...coded('sourceReliability', 'sourceReliability', ({ source }) => source?.reliability),
  ...coded('sourceCredibility', 'sourceCredibility', ({ source }) => source?.credibility),
}
const impact: Columns = {
  deaths: ({ impact }) => impact?.deaths,
  seriouslyInjured: ({ impact }) => impact?.seriouslyInjured,
  lightlyInjured: ({ impact }) => impact?.lightlyInjured,
  missing: ({ impact }) => impact?.missing,
  displaced: ({ impact }) => impact?.displaced,
  lossIdr: ({ impact }) => impact?.lossIdr,
}
const athgNotes: Columns = {
  noteOnThreat: ({ athgNotes }) => athgNotes?.threat,
  noteOnChallenge: ({ athgNotes }) => athgNotes?.challenge,
  noteOnObstacle: ({ athgNotes }) => athgNotes?.obstacle,
  noteOnDisruption: ({ athgNotes }) => athgNotes?.disruption,
}
const primary = ({ classification }: ExportedReport) => classification?.stages[0]
const classification: Columns = {
  regency: ({ classification }) => classification?.region.regency,
  regencyName: ({ classification }, words) => words.region(classification?.region.regency),
  province: ({ classification }) => classification?.region.province,
  provinceName: ({ classification }, words) => words.region(classification?.region.province),
  regionBasis: ({ classification }) => classification?.region.basis,
  timeZone: ({ classification }) => classification?.region.timeZone,
  localDate: ({ classification }) => classification?.region.localDate,
  primaryElection: (item) => primary(item)?.election,
  primaryElectionName: (item, words) => words.election(primary(item)?.election),
  primaryStage: (item) => primary(item)?.stage,
  primaryStageName: (item, words) => words.stage(primary(item)?.stage, primary(item)?.election),
  ...coded('stageGroup', 'stageGroup', (item) => primary(item)?.group),
  openStages: ({ classification }) =>
    classification?.stages.map(({ election, stage }) => `${election}:${stage}`).join(' ') || null,
  calendarVersion: ({ classification }) => classification?.calendarVersion,
  classifiedAt: ({ classification }) => classification?.classifiedAt,
  flags: ({ classification }) => classification?.flags.join(' ') || null,
  flagsLabel: ({ classification }, words) =>
    classification?.flags.map((flag) => words.of('flag', flag)).join(', ') || null,
}

/** The columns of each member of a report. What is nested is laid flat; a code has its label beside it. */
const columnsOf: Record<ReportMember, Columns> = {
  ...{ id: plain('id'), number: plain('number') },
  office: { office: ({ office }) => office, officeName: ({ office }, words) => words.office(office) },
  clientReference: plain('clientReference'),
  ...{ status: word('status'), level: word('level'), version: plain('version') },
  ...{ dueAt: plain('dueAt'), verifiedAt: plain('verifiedAt'), outcome: plain('outcome') },
  ...{ product: word('product'), exercise: plain('exercise'), athg: word('athg'), athgNotes, domain: word('domain') },
  incidentType: {
    incidentType: ({ incidentType }) => incidentType,
    incidentTypeLabel: ({ incidentType }, words) => words.incidentType(incidentType),
  },
  ...{ phase: word('phase'), severity: word('severity'), urgency: word('urgency'), handling: word('handling') },
  ...{ subject: plain('subject'), facts: plain('facts'), analysis: plain('analysis') },
  ...{ prediction: plain('prediction'), actionsTaken: plain('actionsTaken'), recommendation: plain('recommendation') },
  ...{ occurredAtPrecision: word('occurredAtPrecision'), location, source, impact },
  // Of any number, and seldom asked for: as JSON, which loses nothing.
  actors: { actors: ({ actors }) => actors && JSON.stringify(actors) },
  occurredAt: plain('occurredAt'),
  // A cell must not begin with a sign.
  occurredAtOffset: { occurredAtOffset: ({ occurredAtOffset }) => occurredAtOffset && `UTC${occurredAtOffset}` },
  ...{ obtainedAt: plain('obtainedAt'), composedAt: plain('composedAt'), receivedAt: plain('receivedAt') },
  ...{ delaySeconds: plain('delaySeconds'), classification },
}

/** The columns of the members asked for, in their order. */
export function reportColumns(members: readonly ReportMember[], words: Words): Column<ExportedReport>[] {
  return members.flatMap((member) =>
    Object.entries(columnsOf[member]).map(([name, read]) => ({
      name,
      heading: headingOf(name, words),
      ...(name === 'localDate' && { isDay: true as const }),
      value: (item) => read(item, words) ?? null,
    })),
  )
}

function headingOf(name: string, { language }: Words): string {
  const heading = headings[name]
  if (!heading) throw new Error(`The column ${name} has no heading`)
  return heading[language]
}
