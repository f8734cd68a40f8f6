import type { ReleaseField } from '../../../src/releases/vocabulary.ts'
import type { Content } from '../../releases/model.ts'
import { aReport } from '../../support/a-report.ts'
import { canary } from '../../support/canaries.ts'
import type { Audience } from './model.ts'

type Members = Record<string, unknown>

/** What is approved of a report, and for whom. */
export interface How extends Audience {
  fields: readonly ReleaseField[]
  attachments?: string[]
}

/** A word that all reports hold in a member that is searched, beside one of their own. */
export const markerOf = (member: string) => `zebra${member.toLowerCase()}`
export const searched = ['subject', 'facts', 'analysis', 'prediction', 'actionsTaken', 'recommendation', 'place']
const text = (member: string) => `Kata ${markerOf(member)} dan ${canary()} di sini.`
export const secret = () => `Rahasia kantor ${canary()}.`

/** A report in which everything is found nowhere else: words, numbers, digits of the position, moments. */
export function secretive(number: number, changes: Members = {}): Members {
  const unique = (from: number) => from + number * 1_117 + 7
  const moment = new Date(Date.parse('2024-11-24T01:00:00Z') + number * 1_234_567)
  const athg = ['threat', 'challenge', 'obstacle', 'disruption'][number % 4] as string
  const other = athg === 'threat' ? 'challenge' : 'threat'
  return aReport({
    ...Object.fromEntries(searched.filter((each) => each !== 'place').map((member) => [member, text(member)])),
    ...{ athg, athgNotes: { [other]: secret() }, clientReference: canary() },
    ...{ severity: ['low', 'moderate', 'high', 'critical'][number % 4], domain: number % 3 ? 'politics' : 'security' },
    ...{ phase: number % 2 ? 'actual' : 'imminent', product: number % 5 ? 'incident' : 'attention' },
    location: {
      regionCode: number % 3 ? '74.71' : '51.71',
      place: text('place'),
      coordinates: [Number(`122.5${unique(134_971)}`), Number(`-3.9${unique(754_133)}`)],
    },
    impact: { deaths: unique(310_003), lossIdr: unique(450_000_000) },
    actors: [{ role: 'perpetrator', description: secret(), count: unique(520_007) }],
    occurredAt: moment.toISOString(),
    obtainedAt: new Date(moment.getTime() + 61_001).toISOString(),
    composedAt: new Date(moment.getTime() + 122_003).toISOString(),
    ...changes,
  })
}

const regionLength = { nation: 0, province: 2, regency: 5, district: 8 }
type Level = keyof typeof regionLength

/** How exactly place and position are approved: by the number of fields, so that both change as they do. */
export const exactness = (fields: readonly ReleaseField[]): { regionLevel: Level; positionDecimals: number } =>
  fields.length > 10
    ? { regionLevel: 'regency', positionDecimals: 2 }
    : { regionLevel: 'province', positionDecimals: 1 }

interface Told {
  location: { place: string; coordinates: number[] }
  classification: { region: { code: string; localDate: string }; stages: unknown }
  source: { reliability: string; credibility: number }
}

/** What was approved of a report as its office reads it, said once more and independently of the service. */
export function approvedOf(report: Members, { fields }: How, files: unknown): Content {
  const { location, classification, source } = report as unknown as Told
  const { regionLevel, positionDecimals } = exactness(fields)
  const code = classification.region.code.slice(0, regionLength[regionLevel])
  const degrees = location.coordinates.map((each) => Number(each.toFixed(positionDecimals)) + 0)
  const special: Members = {
    region: { code, level: regionLevel, regency: code.length > 2 ? code : null, province: code.slice(0, 2) },
    place: location.place,
    position: { coordinates: degrees, decimals: positionDecimals },
    stages: classification.stages,
    assessment: { reliability: source.reliability, credibility: source.credibility },
    attachments: files,
  }
  const content: Members = { exercise: report.exercise }
  for (const field of fields) content[field] = field in special ? special[field] : report[field]
  if (!fields.includes('occurredAt')) return content as Content
  content.occurredAtPrecision = report.occurredAtPrecision
  if (fields.includes('region')) content.localDate = classification.region.localDate
  return content as Content
}
