import { liesIn } from './places.ts'

/** A report as the wire has it, whole. */
export interface Document {
  id: string
  status: string
  level: string
  exercise: boolean
  athg: string
  domain: string
  incidentType: string
  phase: string
  severity: string
  handling: string
  subject: string
  occurredAt: string
  receivedAt: string
  dueAt: string | null
  location: { regionCode: string; place: string | null; coordinates: [number, number] | null }
  classification: {
    region: { regency: string | null; province: string | null; timeZone: string; localDate: string }
    stages: Stage[]
  }
  [member: string]: unknown
}
export interface Stage {
  election: string
  stage: string
  group: string
  primary: boolean
}

/** What the model knows of a report: what was posted and done, and the stages that the service said. */
export interface ModelReport {
  document: Document
  region: string
  occurredAt: number
  receivedAt: number
  dueAt: number | null
  /** The day where it happened. */
  day: string
  isDuplicate: boolean
}

/** Who asks. */
export interface Asker {
  clientId: string
  tier: 'regency' | 'province' | 'national' | 'agency'
  /** Code of the office; of an agency its name. */
  office: string
  /** Rank of the handling up to which it is cleared. */
  clearance: number
}

export const handlings = ['ordinary', 'restricted', 'secret', 'top_secret'] as const

export function sees({ tier, office, clearance }: Asker, { region, document }: ModelReport): boolean {
  return (
    tier !== 'agency' &&
    liesIn(region, office) &&
    (handlings as readonly string[]).indexOf(document.handling) <= clearance
  )
}

/** What statistics count: no exercise, no duplicate, neither rejected nor withdrawn. */
export function isCounted({ document, isDuplicate }: ModelReport): boolean {
  return !document.exercise && !isDuplicate && document.status !== 'rejected' && document.status !== 'withdrawn'
}

export function primaryOf({ document }: ModelReport): Stage | undefined {
  return document.classification.stages.find(({ primary }) => primary)
}
