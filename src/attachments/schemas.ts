import { z } from 'zod'
import { Cursor, Limit, Narrative, Text, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { Reason } from '../reports/correction-schemas.ts'
import { mediaTypes, mostBytes, refusals, uploadStatuses } from './vocabulary.ts'

export const AttachmentParams = z.strictObject({ id: z.uuid(), attachmentId: z.uuid() })
export const UploadParams = z.strictObject({ id: z.uuid(), uploadId: z.uuid() })

const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256 of the bytes')

export const AttachmentView = z
  .strictObject({
    id: z.uuid(),
    version: z.int().min(1).max(2_147_483_647),
    fileName: Text(1, 200).nullable().describe('As the sender called it; null once it is removed'),
    mediaType: z.enum(mediaTypes).describe('Told by the bytes'),
    size: z.int().min(1).max(mostBytes).describe('Bytes'),
    sha256: Sha256,
    scanned: z.boolean().describe('Whether a scanner found it clean; false where the installation has none'),
    uploadedAt: Timestamp,
    office: RegionCode.describe('The office that sent it'),
    by: Text(1, 128).describe('The official or system that sent it'),
    position: z
      .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
      .nullable()
      .describe('`[longitude, latitude]` where the camera says that the photo was taken'),
    takenAt: Timestamp.nullable().describe('When the photo was taken, where the camera knew its offset from UTC'),
    removed: z
      .strictObject({
        at: Timestamp,
        office: RegionCode.nullable().describe('Null for a rule of retention'),
        by: Text(1, 128),
        reason: Narrative(1, 2_000).nullable(),
      })
      .nullable()
      .describe('Who removed it; its bytes are gone'),
  })
  .meta({ id: 'Attachment' })
export type AttachmentView = z.output<typeof AttachmentView>

export const AttachmentPage = z
  .strictObject({
    items: z.array(AttachmentView).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'AttachmentPage' })

export const ListAttachmentsQuery = z.strictObject({
  limit: Limit,
  cursor: Cursor.optional().describe('`next` of the page before'),
})
export type ListAttachmentsQuery = z.output<typeof ListAttachmentsQuery>

export const RemoveAttachment = z
  .strictObject({ reason: Reason.optional().describe('Why; required once the report has been verified') })
  .meta({ id: 'RemoveAttachment' })

export const UploadView = z
  .strictObject({
    id: z.uuid(),
    status: z
      .enum(uploadStatuses)
      .describe(
        '`checking`: whole, and not yet scanned or stored; `added`: it is an attachment; `refused`: it is not kept',
      ),
    length: z.int().min(1).max(mostBytes).describe('Bytes of the whole file'),
    received: z.int().min(0).max(mostBytes).describe('Bytes that are here for certain'),
    refusal: z.enum(refusals).nullable().describe('Why it is not kept'),
    attachmentId: z.uuid().nullable().describe('The attachment; another one where the report had the very same file'),
    expiresAt: Timestamp.describe('Until when it can be gone on with'),
  })
  .meta({ id: 'Upload' })
export type UploadView = z.output<typeof UploadView>
