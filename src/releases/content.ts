import type { z } from 'zod'
import type { ReportView } from '../reports/schemas.ts'
import type { ReleaseContent } from './content-schemas.ts'
import type { Approved } from './release-rules.ts'
import type { RegionLevel, ReleaseField } from './vocabulary.ts'

/** A report as the JSON of the wire. */
export type ReportDocument = z.input<typeof ReportView>
/** The content of a release as it is stored and read. */
export type ReleasedContent = z.input<typeof ReleaseContent>
export type ReleasedFile = NonNullable<ReleasedContent['attachments']>[number]

type How = Pick<Approved, 'regionLevel' | 'positionDecimals'> & { files: readonly ReleasedFile[] }
type Told = (report: ReportDocument, how: How) => ReleasedContent[ReleaseField]

/** What each field tells. */
const told: Record<ReleaseField, Told> = {
  subject: ({ subject }) => subject,
  facts: ({ facts }) => facts,
  analysis: ({ analysis }) => analysis,
  prediction: ({ prediction }) => prediction,
  actionsTaken: ({ actionsTaken }) => actionsTaken,
  recommendation: ({ recommendation }) => recommendation,
  product: ({ product }) => product,
  athg: ({ athg }) => athg,
  domain: ({ domain }) => domain,
  incidentType: ({ incidentType }) => incidentType,
  phase: ({ phase }) => phase,
  severity: ({ severity }) => severity,
  urgency: ({ urgency }) => urgency,
  occurredAt: ({ occurredAt }) => occurredAt,
  region: ({ classification }, { regionLevel }) => regionAt(classification.region.code, regionLevel ?? 'nation'),
  place: ({ location }) => location.place,
  position: ({ location: { coordinates } }, { positionDecimals }) =>
    coordinates && { coordinates: rounded(coordinates, positionDecimals ?? 0), decimals: positionDecimals ?? 0 },
  stages: ({ classification }) => classification.stages,
  assessment: ({ source: { reliability = 'F', credibility = 6 } }) => ({ reliability, credibility }),
  impact: ({ impact }) => impact,
  attachments: (_report, { files }) => [...files],
}

/**
 * Exactly what was approved of a report. What else would tell of a member that was not is left out with it: the precision of a
 * moment goes with the moment, and its day with the moment and a region that says in which zone.
 */
export function contentOf(report: ReportDocument, approved: Approved, files: readonly ReleasedFile[]): ReleasedContent {
  const how = { ...approved, files }
  const members = Object.fromEntries(approved.fields.map((field) => [field, told[field](report, how)]))
  const content: ReleasedContent = { exercise: report.exercise, ...members }
  if (!approved.fields.includes('occurredAt')) return content
  content.occurredAtPrecision = report.occurredAtPrecision
  if (content.region && content.region.level !== 'nation') content.localDate = report.classification.region.localDate
  return content
}

const lengths: Record<Exclude<RegionLevel, 'nation'>, number> = { province: 2, regency: 5, district: 8 }
const levelOfLength: Record<number, RegionLevel> = { 2: 'province', 5: 'regency', 8: 'district' }

/** A region as exactly as a level says, or as it is where it is known less exactly. */
export function regionAt(code: string, most: RegionLevel): NonNullable<ReleasedContent['region']> {
  const cut = most === 'nation' ? '00' : code.slice(0, lengths[most])
  if (cut === '00') return { code: '00', level: 'nation', regency: null, province: null }
  return {
    code: cut,
    level: levelOfLength[cut.length] ?? 'district',
    regency: cut.length >= 5 ? cut.slice(0, 5) : null,
    province: cut.slice(0, 2),
  }
}

type Coordinates = readonly [number, number]

/** Half away from zero, of the number as it is written. */
function rounded([longitude, latitude]: Coordinates, decimals: number): [number, number] {
  const format = new Intl.NumberFormat('en', {
    maximumFractionDigits: decimals,
    roundingMode: 'halfExpand',
    useGrouping: false,
  } as Intl.NumberFormatOptions)
  // As text: a number would be rounded by its binary value, which lies just below 1.005.
  const round = (degrees: number) => Number(format.format(String(degrees) as unknown as number)) + 0
  return [round(longitude), round(latitude)]
}
