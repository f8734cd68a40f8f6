import { z } from 'zod'
import { OfficeCode } from '../access/claims.ts'
import { Cursor, OpenList, Timestamp } from '../http/schemas.ts'
import { FollowUpReason, FollowUpView } from './schemas.ts'
import { changeableMembers, followUpActions } from './vocabulary.ts'

const { action, responsibleOffice, dueOn, status, result } = FollowUpView.shape
const Members = z
  .strictObject({ action, responsibleOffice, dueOn, status, result })
  .partial()
  .meta({ id: 'FollowUpMembers' })

/** One version of a follow-up. */
export const FollowUpRevisionView = z
  .strictObject({
    version: z.int().min(1).max(1_000_000),
    action: OpenList(followUpActions).describe('How it came about; an event `follow_up.<action>` tells of it'),
    at: Timestamp,
    office: OfficeCode,
    client: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/),
    by: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[\s\S]+$/)
      .describe('The official, or the client itself'),
    changed: z.array(OpenList(changeableMembers)).max(changeableMembers.length).describe('Members that it changed'),
    reason: FollowUpReason.nullable(),
    changes: z.strictObject({ before: Members, after: Members }).meta({ id: 'FollowUpChanges' }),
  })
  .meta({ id: 'FollowUpRevision' })
export type FollowUpRevisionView = z.output<typeof FollowUpRevisionView>

export const FollowUpRevisionPage = z
  .strictObject({
    items: z.array(FollowUpRevisionView).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'FollowUpRevisionPage' })
export type FollowUpRevisionPage = z.output<typeof FollowUpRevisionPage>
