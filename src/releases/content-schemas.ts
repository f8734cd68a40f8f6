import { z } from 'zod'
import { ReportStage } from '../classification/schemas.ts'
import { LocalDate, Text, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { ReportView } from '../reports/schemas.ts'
import { regionLevels } from './vocabulary.ts'

const { shape: report } = ReportView

/** A file that was approved; its bytes carry no position and no other metadata. */
const ReleasedAttachment = z
  .strictObject({
    id: z.uuid().describe('Of the copy'),
    mediaType: Text(1, 100),
    size: z.int().min(1).max(26_214_400).describe('Bytes'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('Of the bytes as they are released'),
  })
  .meta({ id: 'ReleasedAttachment' })

/**
 * What was approved of a report; a member that was not is absent. `exercise` is always said. This is the very JSON that
 * `release_versions.content` holds.
 */
export const ReleaseContent = z
  .strictObject({
    exercise: report.exercise,
    subject: report.subject.optional(),
    facts: report.facts.optional(),
    analysis: report.analysis.optional(),
    prediction: report.prediction.optional(),
    actionsTaken: report.actionsTaken.optional(),
    recommendation: report.recommendation.optional(),
    product: report.product.optional(),
    athg: report.athg.optional(),
    domain: report.domain.optional(),
    incidentType: report.incidentType.optional(),
    phase: report.phase.optional(),
    severity: report.severity.optional(),
    urgency: report.urgency.optional(),
    occurredAt: Timestamp.optional(),
    occurredAtPrecision: report.occurredAtPrecision.optional(),
    localDate: LocalDate.optional().describe('The day of occurredAt, in the region'),
    region: z
      .strictObject({
        code: RegionCode,
        level: z.enum(regionLevels),
        regency: RegionCode.nullable(),
        province: RegionCode.nullable(),
      })
      .optional()
      .describe('As exactly as was approved'),
    place: report.location.shape.place.unwrap().optional(),
    position: z
      .strictObject({
        coordinates: z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]),
        decimals: z.int().min(0).max(4).describe('To how many decimals of a degree it was rounded'),
      })
      .nullable()
      .optional()
      .describe('`[longitude, latitude]` in WGS 84 degrees, rounded; null where the report has none'),
    stages: z.array(ReportStage).max(50).optional(),
    assessment: z
      .strictObject({
        reliability: report.source.shape.reliability.unwrap(),
        credibility: report.source.shape.credibility.unwrap(),
      })
      .optional()
      .describe('Admiralty grades; nothing else of the source is ever released'),
    impact: report.impact.optional(),
    attachments: z.array(ReleasedAttachment).max(50).optional(),
  })
  .meta({ id: 'ReleaseContent' })
export type ReleaseContent = z.output<typeof ReleaseContent>
