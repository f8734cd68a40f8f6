import { z } from 'zod'
import { AgencyCode, Subject } from '../access/claims.ts'
import { handlingLevels } from '../access/vocabulary.ts'
import { Cursor, Limit, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { Reason } from '../reports/correction-schemas.ts'
import { ReleaseContent } from './content-schemas.ts'
import { regionLevels, releaseFields, releaseStatuses } from './vocabulary.ts'

export const ReleaseParams = z.strictObject({ id: z.uuid() })
export const ReleasedFileParams = z.strictObject({ id: z.uuid(), attachmentId: z.uuid() })

const Agencies = z.array(AgencyCode).min(1).max(100)
const Version = z.int().min(1).max(1_000_000)

/** What is approved of a report, and for whom. What goes together is checked in `release-rules.ts`. */
export const ReleaseReport = z
  .strictObject({
    agencies: z.union([z.literal('all'), Agencies]).describe('`all`, or the codes of those it is for'),
    handling: z.enum(handlingLevels).describe('Of the release; at most your own clearance, and agencies need it too'),
    fields: z
      .array(z.enum(releaseFields))
      .min(1)
      .max(releaseFields.length)
      .describe('What is approved; nothing else is told'),
    regionLevel: z.enum(regionLevels).optional().describe('With `region`: how exactly at most it is told'),
    positionDecimals: z
      .int()
      .min(0)
      .max(4)
      .optional()
      .describe('With `position`: decimals of a degree; 2 is about a kilometre, 4 about ten metres'),
    attachments: z
      .array(z.uuid())
      .min(1)
      .max(50)
      .optional()
      .describe('With `attachments`: photos in JPEG, PNG or WebP'),
    reason: Reason.optional().describe('For the offices, never for agencies'),
  })
  .meta({ id: 'ReleaseReport' })
export type ReleaseReport = z.output<typeof ReleaseReport>

/** What an agency receives. */
export const ReleaseView = z
  .strictObject({
    id: z.uuid(),
    version: Version.describe('One more with each change'),
    handling: z.enum(handlingLevels),
    releasedAt: Timestamp.describe('This version'),
    firstReleasedAt: Timestamp.describe('The first one'),
    content: ReleaseContent,
  })
  .meta({ id: 'Release' })

const Step = {
  at: Timestamp,
  by: Subject,
  office: RegionCode,
}

/** A version of a release as offices see it. */
export const ReleaseVersionView = z
  .strictObject({
    id: z.uuid().describe('Of the release; the same in all of its versions'),
    version: Version,
    etag: z
      .string()
      .max(100)
      .regex(/^"[!#-~]+"$/)
      .describe(
        'What If-Match says to go on from here, while this is the latest version; that of a proposal changes when its report does',
      ),
    report: z.uuid(),
    status: z
      .enum(releaseStatuses)
      .describe(
        '`proposed`: waits for a second person, and no agency knows of it; `published`: what agencies read now',
      ),
    agencies: z.union([z.literal('all'), Agencies]),
    handling: z.enum(handlingLevels),
    fields: z.array(z.enum(releaseFields)).min(1).max(releaseFields.length),
    regionLevel: z.enum(regionLevels).nullable(),
    positionDecimals: z.int().min(0).max(4).nullable(),
    attachments: z
      .array(z.uuid())
      .max(50)
      .describe('Of the report, that were approved; `content` has the copies of them, under ids of their own'),
    content: ReleaseContent.nullable().describe(
      'What agencies read; null where persons were erased from an ended version',
    ),
    reason: Reason.nullable(),
    reportVersion: Version.describe('The version of the report that was copied'),
    outdated: z.boolean().describe('Whether the report has changed since'),
    needsSecondPerson: z.boolean(),
    proposed: z.strictObject(Step).describe('Who released it, or proposed to'),
    approved: z
      .strictObject(Step)
      .nullable()
      .describe('The second person; null where none was needed or none agreed yet'),
    publishedAt: Timestamp.nullable(),
    ended: z
      .strictObject({ ...Step, reason: Reason.nullable() })
      .nullable()
      .describe('Who refused it, replaced it or took it back'),
  })
  .meta({ id: 'ReleaseVersion' })

export const ReleaseVersionPage = z
  .strictObject({
    items: z.array(ReleaseVersionView).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'ReleaseVersionPage' })

export const ListReportReleasesQuery = z.strictObject({
  limit: Limit,
  cursor: Cursor.optional().describe('`next` of the page before'),
})
export type ListReportReleasesQuery = z.output<typeof ListReportReleasesQuery>

export const EndRelease = z.strictObject({ reason: Reason }).meta({ id: 'EndRelease' })
