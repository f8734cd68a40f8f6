import { z } from 'zod'
import type { HeaderDoc, ResponseNotes } from '../http/contract/responses.ts'
import { exportTypes } from './formats.ts'

const anyText = /^[\s\S]*$/
const longest = Number.MAX_SAFE_INTEGER
const Cell = z.union([z.string().max(200_000).regex(anyText), z.number().min(-1e300).max(1e300), z.boolean()])

const Point = z
  .strictObject({
    type: z.literal('Point'),
    coordinates: z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]),
  })
  .describe('Longitude and latitude in WGS 84 degrees')

const ExportedFeature = z
  .strictObject({
    type: z.literal('Feature'),
    id: z.string().max(100).regex(anyText).optional(),
    geometry: Point.nullable(),
    properties: z.record(z.string().max(100).regex(anyText), Cell.nullable()),
  })
  .meta({ id: 'ExportedFeature' })

const ExportedFeatures = z
  .strictObject({
    type: z.literal('FeatureCollection'),
    features: z.array(ExportedFeature).max(1_000_000_000),
  })
  .meta({ id: 'ExportedFeatures', description: 'The whole result as a FeatureCollection (RFC 7946).' })

const asText = (description: string) => z.string().max(longest).regex(anyText).describe(description)

const descriptions: Record<(typeof exportTypes)[number], z.ZodType> = {
  'text/csv': asText(
    'The whole result (RFC 4180, UTF-8): stable names as headings, labels beside codes, formulas defused',
  ),
  'application/x-ndjson': asText('The whole result: an item of the list a line, without highlights, in UTF-8'),
  'application/geo+json': ExportedFeatures,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': asText(
    'The whole result as a workbook: headings and labels in the language of Accept-Language, codes as text',
  ),
}

const disposition: HeaderDoc = {
  description: 'With an export: to be kept, with the name of the file',
  schema: { type: 'string', maxLength: 100, pattern: '^attachment; filename="[a-z0-9.-]+"$' },
}

/** Documents that an answer can also be had as an export. */
export const exported = {
  otherForms: Object.fromEntries(exportTypes.map((type) => [type, descriptions[type]])),
  headers: { 'Content-Disposition': disposition },
} satisfies ResponseNotes

/** What the description of an operation says of it. */
export const exportNote =
  'By `Accept` the whole result streams as CSV, NDJSON, GeoJSON or XLSX, under the same filters and scope, with labels in the ' +
  'language of `Accept-Language`; then without `limit`, `cursor` and the order by relevance.'
