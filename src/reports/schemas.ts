import { z } from 'zod'
import { handlingLevels, officeLevels } from '../access/vocabulary.ts'
import { ClassificationView } from '../classification/schemas.ts'
import { Narrative, Text, Timestamp, TimestampWithOffset } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import * as words from './vocabulary.ts'

const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null)
const Count = z.int().min(0).max(100_000_000)

export const ReportParams = z.strictObject({ id: z.uuid() })

export const ClientReference = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/)
  .describe(
    "The office's own reference, unique in the office for ever: the same one with the same content answers again",
  )

const Actor = z
  .strictObject({
    role: z.enum(words.actorRoles),
    description: orNull(Text(1, 500)),
    count: orNull(Count),
  })
  .meta({ id: 'Actor' })

const Impact = z
  .strictObject({
    deaths: orNull(Count),
    seriouslyInjured: orNull(Count),
    lightlyInjured: orNull(Count),
    missing: orNull(Count),
    displaced: orNull(Count),
    lossIdr: orNull(z.int().min(0).max(Number.MAX_SAFE_INTEGER)).describe('Loss in rupiah'),
  })
  .describe('What is known of the harm; null is unknown, 0 is known to be none')
  .meta({ id: 'Impact' })

const Location = z
  .strictObject({
    regionCode: RegionCode.describe('Kemendagri code of the province, regency or district; `00` for the nation'),
    place: orNull(Text(1, 300)),
    coordinates: orNull(z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])).describe(
      '`[longitude, latitude]` in WGS 84 degrees',
    ),
  })
  .meta({ id: 'Location' })

const Source = z
  .strictObject({
    kind: z.enum(words.sourceKinds).describe('The kind of source, never the person'),
    method: orNull(z.enum(words.sourceMethods)),
    reliability: z.enum(words.reliabilities).default('F').describe('Admiralty grade of the source; F cannot be judged'),
    credibility: z.int().min(1).max(6).default(6).describe('Admiralty grade of the information; 6 cannot be judged'),
  })
  .meta({ id: 'Source' })

const AthgNote = Narrative(1, 2_000).optional()
const AthgNotes = z
  .strictObject({ threat: AthgNote, challenge: AthgNote, obstacle: AthgNote, disruption: AthgNote })
  .describe('Notes on the ATHG kinds other than the primary one')
  .meta({ id: 'AthgNotes' })

export const Outcome = Narrative(3, 4_000).describe('What came of it, said on closing')

const told = {
  product: z.enum(words.products).describe('Laporan Kejadian, Informasi, Atensi or Khusus'),
  exercise: z.boolean().default(false).describe('True for an exercise: it flows everywhere and counts nowhere'),
  athg: z.enum(words.athgKinds).describe('Ancaman, tantangan, hambatan or gangguan'),
  athgNotes: orNull(AthgNotes),
  domain: z.enum(words.domains).describe('Bidang (Ipoleksosbudhankam)'),
  incidentType: z
    .string()
    .regex(/^[a-z][a-z0-9_]{1,49}$/)
    .describe('A code of /v1/incident-types'),
  phase: z.enum(words.phases).describe('Has it happened yet? Potensi, ambang, nyata'),
  severity: z.enum(words.severities).describe('Tingkat risiko'),
  urgency: z.enum(words.urgencies).default('routine').describe('Biasa, segera, sangat segera, kilat'),
  handling: z
    .enum(handlingLevels)
    .default('restricted')
    .describe('Klasifikasi keamanan: biasa, terbatas, rahasia, sangat rahasia'),
  subject: Text(5, 200).describe('Perihal'),
  facts: Narrative(20).describe('What happened: 5W1H, apart from any opinion'),
  analysis: orNull(Narrative()).describe('Analisa'),
  prediction: orNull(Narrative()).describe('Prediksi'),
  actionsTaken: orNull(Narrative()).describe('Langkah yang telah diambil'),
  recommendation: orNull(Narrative()).describe('Rekomendasi'),
  occurredAtPrecision: z
    .enum(words.precisions)
    .default('exact')
    .describe('How exact occurredAt is; `unknown`: a best estimate'),
  location: Location,
  source: Source,
  actors: orNull(z.array(Actor).max(50)),
  impact: orNull(Impact),
}

export const SubmitReport = z
  .strictObject({
    clientReference: orNull(ClientReference),
    ...told,
    occurredAt: TimestampWithOffset,
    obtainedAt: orNull(Timestamp),
    composedAt: orNull(Timestamp),
  })
  .meta({ id: 'SubmitReport' })
export type SubmitReport = z.output<typeof SubmitReport>

type Given<Shape> = { [Member in keyof Shape]: Shape[Member] extends z.ZodDefault<infer Inner> ? Inner : Shape[Member] }

/** The same members as they are answered: always said, so that nothing has a default. */
function given<Shape extends Record<string, z.ZodType>>(shape: Shape): Given<Shape> {
  const members = Object.entries(shape).map(([name, schema]) => {
    if (!(schema instanceof z.ZodDefault)) return [name, schema]
    const inner = schema.unwrap() as z.ZodType
    return [name, schema.description === undefined ? inner : inner.describe(schema.description)]
  })
  return Object.fromEntries(members) as Given<Shape>
}

/** What a client sees of a report; columns not named here never leave. */
export const ReportView = z
  .strictObject({
    id: z.uuid(),
    number: z
      .string()
      .regex(/^\d{2}(\.\d{2})?\/\d{4}\/\d{6,10}$/)
      .describe('Posting office, year of receipt in its zone, running number without gaps'),
    office: RegionCode.describe('Code of the office that posted it'),
    clientReference: ClientReference.nullable(),
    status: z.enum(words.statuses),
    level: z.enum(officeLevels).describe('Who holds it now'),
    version: z.int().min(1).max(1_000_000),
    dueAt: Timestamp.nullable().describe(
      'Until when the holding level should have verified, rejected or answered it; null when nothing is waited for',
    ),
    verifiedAt: Timestamp.nullable().describe('When it was verified; null for as long as it never was'),
    outcome: Outcome.nullable(),
    ...given(told),
    occurredAt: Timestamp,
    occurredAtOffset: z
      .string()
      .regex(/^[+-]\d{2}:\d{2}$/)
      .describe('The offset that occurredAt was sent with'),
    obtainedAt: Timestamp.nullable(),
    composedAt: Timestamp.nullable(),
    receivedAt: Timestamp,
    delaySeconds: z.int().min(0).max(Number.MAX_SAFE_INTEGER).describe('Seconds from occurredAt to receivedAt'),
    classification: ClassificationView,
  })
  .meta({ id: 'Report' })

/** Members that a list leaves out unless `fields` asks for them. */
export const narrativeMembers = [
  'athgNotes',
  'facts',
  'analysis',
  'prediction',
  'actionsTaken',
  'recommendation',
  'actors',
  'outcome',
] as const
export type ReportMember = keyof z.output<typeof ReportView>
export const reportMembers = Object.keys(ReportView.shape) as ReportMember[]
