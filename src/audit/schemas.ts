import { z } from 'zod'
import { AgencyCode, OfficeCode, Subject } from '../access/claims.ts'
import { handlingLevels } from '../access/vocabulary.ts'
import { fault } from '../http/contract/fault-of-issue.ts'
import { Cursor, Limit, Text, Timestamp } from '../http/schemas.ts'

const Action = z
  .string()
  .regex(/^[a-z_]+\.[a-z_]+$/)
  .max(100)
const ResourceType = z
  .string()
  .regex(/^[a-z_]+$/)
  .max(50)

/** Text as it came: what was asked for may be anything. */
const AsItCame = (maximum: number) =>
  z
    .string()
    .max(maximum)
    .regex(/^[\s\S]*$/)

export const ListAuditQuery = z
  .strictObject({
    from: Timestamp.optional().describe('From this moment on'),
    to: Timestamp.optional().describe('Before this moment'),
    clientId: Text(1, 128).optional(),
    actor: Subject.optional().describe('The official, or the client itself for a system'),
    action: Action.optional().describe('Such as `report.submitted`, `report.read`, `report.not_found`'),
    resourceType: ResourceType.optional(),
    resourceId: Text(1, 200).optional().describe('As it was asked for'),
    office: OfficeCode.optional().describe('Office of the client; not what lies below it'),
    agency: AgencyCode.optional(),
    limit: Limit,
    cursor: Cursor.optional().describe('`next` of the page before'),
  })
  .superRefine(({ from, to }, ctx) => {
    if (from && to && from >= to) ctx.addIssue({ code: 'custom', path: ['to'], params: fault('range_reversed') })
  })
export type ListAuditQuery = z.output<typeof ListAuditQuery>

export const AuditEntryView = z
  .strictObject({
    sequence: z.int().min(1).describe('Place in the chain, without gaps'),
    occurredAt: Timestamp,
    action: Action,
    operation: AsItCame(100).describe('Operation of the contract, or command'),
    clientId: AsItCame(128).describe('`system:` and a part of Waspada for its own work'),
    actor: AsItCame(128),
    office: OfficeCode.nullable(),
    agency: AgencyCode.nullable(),
    requestId: AsItCame(200),
    resource: z.strictObject({
      type: ResourceType,
      id: AsItCame(200).nullable().describe('As it was asked for'),
      version: z.int().nullable(),
      handling: z.enum(handlingLevels),
    }),
    breakGlassId: z.uuid().nullable(),
    details: z
      .record(
        z
          .string()
          .max(100)
          .regex(/^[A-Za-z0-9]+$/),
        z.unknown(),
      )
      .nullable()
      .describe('Names and numbers, never content'),
    exists: z
      .boolean()
      .nullable()
      .describe('Of a report that was not found: whether there is one now that the reader is cleared for; else null'),
    existsIn: OfficeCode.nullable().describe('The office that posted it'),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('SHA-256 over the hash before and this row'),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntryView = z.output<typeof AuditEntryView>

export const AuditPage = z
  .strictObject({
    items: z.array(AuditEntryView).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'AuditPage' })
