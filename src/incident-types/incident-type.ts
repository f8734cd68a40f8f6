import { z } from 'zod'
import { readDataFile } from '../regions/data-file.ts'
import { ReferenceDataError } from '../regions/reference-data-error.ts'

/** Ipoleksosbudhankam: the field of life that a report concerns. */
export const domains = ['ideology', 'politics', 'economy', 'social_culture', 'defence', 'security'] as const
export type Domain = (typeof domains)[number]

const Label = z.string().trim().min(1).max(200)

/** What is counted as the same thing abroad: the event and sub-event types of the ACLED codebook. */
const Acled = z.strictObject({ eventType: Label, subEventType: Label })

/** One kind of incident, as the reference file has it. */
const IncidentTypeEntry = z
  .strictObject({
    code: z
      .string()
      .max(50)
      .regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/, 'must be words of a-z and 0-9 joined by "_", and start with a letter'),
    label_id: Label,
    label_en: Label,
    domain: z.enum(domains),
    acled: Acled.nullable(),
  })
  .transform(({ label_id: labelId, label_en: labelEn, ...rest }) => ({ ...rest, labelId, labelEn }))

/** `domain` is the usual one: a report of this type may concern another. */
export type IncidentType = Readonly<z.output<typeof IncidentTypeEntry>>

/** Reads a list of incident types, in its order. Throws ReferenceDataError naming every fault. */
export function parseIncidentTypes(document: unknown): IncidentType[] {
  const parsed = z.array(IncidentTypeEntry).min(1).safeParse(document)
  if (!parsed.success) {
    throw new ReferenceDataError('incident types', parsed.error.issues.map(faultOf))
  }
  const codes = parsed.data.map(({ code }) => code)
  const repeated = codes.filter((code, index) => codes.indexOf(code) !== index)
  if (repeated.length > 0) {
    throw new ReferenceDataError(
      'incident types',
      repeated.map((code) => `${code} is given twice`),
    )
  }
  return parsed.data
}

/** The incident types that come with the service. */
export async function loadIncidentTypes(): Promise<IncidentType[]> {
  return parseIncidentTypes(await readDataFile('incident-types.json'))
}

function faultOf({ path, message }: z.core.$ZodIssue): string {
  return `/${path.join('/')}: ${message}`
}
