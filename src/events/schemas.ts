import { z } from 'zod'
import { OfficeCode } from '../access/claims.ts'
import { handlingLevels } from '../access/vocabulary.ts'
import { CommaList, IntegerParam, Limit, Timestamp } from '../http/schemas.ts'
import { eventTypes } from './append-event.ts'

const Sequence = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

export const ListEventsQuery = z.strictObject({
  after: IntegerParam(0, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe(
      'The position: `next` of the page before, or the `sequence` of the last event that the reader has; without it as `from` says',
    ),
  from: z
    .enum(['oldest', 'end'])
    .default('oldest')
    .describe(
      'Where whoever has no position begins: `oldest` with the oldest event that is kept, `end` with what happens next. No part beside `after`',
    ),
  types: CommaList(z.enum(eventTypes), eventTypes.length)
    .optional()
    .describe('Kinds of events; without it all, those that come later too'),
  limit: Limit,
  wait: IntegerParam(0, 30).default(0).meta({
    description:
      'Seconds, 0 to 30, that the answer is held while there is nothing to tell; it comes as soon as there is something. No part in a HEAD',
  }),
})
export type ListEventsQuery = z.output<typeof ListEventsQuery>

export const EventView = z
  .strictObject({
    id: z.uuid(),
    sequence: Sequence.min(1).describe(
      'Its place in the one order of all events; rises, with gaps for what others see',
    ),
    type: z
      .string()
      .regex(/^[a-z_]+\.[a-z_]+$/)
      .max(100)
      .describe('The noun of the resource and what happened to it; more kinds may come'),
    subject: z
      .strictObject({ id: z.uuid(), version: z.int().min(1) })
      .describe('The resource that it happened to, and the version that it has from then on'),
    report: z
      .uuid()
      .nullable()
      .describe('The report that it is about: the subject itself, or what the subject belongs to; null for agencies'),
    office: OfficeCode.nullable().describe('Code of the office that posted it; null for agencies'),
    region: z
      .strictObject({ province: OfficeCode.nullable(), regency: OfficeCode.nullable() })
      .describe('Both null for agencies'),
    handling: z.enum(handlingLevels).describe('When it happened'),
    occurredAt: Timestamp,
  })
  .meta({ id: 'Event' })
export type EventView = z.output<typeof EventView>

export const EventPage = z
  .strictObject({
    items: z
      .array(EventView)
      .max(200)
      .describe('In the order of their sequence; also empty, with a `next` that has moved on'),
    next: Sequence.describe('The position to keep, and to give as `after` next; also where nothing is new'),
  })
  .meta({ id: 'EventPage' })
export type EventPage = z.output<typeof EventPage>
