import { z } from 'zod'
import { Cursor, LocalDate, Narrative, Text, Timestamp, TimestampWithOffset } from '../../src/http/schemas.ts'

export const id = '018f2b7e-0000-7000-8000-000000000001'
export const severities = ['low', 'high'] as const

const Actor = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('person'), age: z.int().min(0).max(150).nullable() }).meta({ id: 'Person' }),
    z.strictObject({ kind: z.literal('group'), size: z.int().min(1).max(1e6) }).meta({ id: 'Group' }),
  ])
  .meta({ id: 'Actor' })

const Location = z
  .strictObject({
    regionCode: z
      .string()
      .regex(/^\d\d(\.\d\d)?$/)
      .max(5),
    coordinates: z
      .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
      .nullable()
      .default(null),
  })
  .meta({ id: 'Location' })

export const SubmitNote = z
  .strictObject({
    subject: Text(5, 20),
    facts: Narrative(1, 200),
    severity: z.enum(severities),
    exercise: z.boolean().default(false),
    on: LocalDate.nullable().default(null),
    occurredAt: TimestampWithOffset,
    location: Location,
    actors: z.array(Actor).max(3).default([]),
  })
  .meta({ id: 'NoteSubmission' })

export const NoteView = z
  .object({
    id: z.uuid(),
    subject: SubmitNote.shape.subject,
    severity: SubmitNote.shape.severity.nullable(),
    exercise: SubmitNote.shape.exercise,
    occurredAt: Timestamp,
    closedAt: Timestamp.nullable(),
    location: Location.nullable(),
    actors: z.array(Actor).max(3),
  })
  .meta({ id: 'Note' })

export const Notes = z.object({ items: z.array(NoteView).max(200), next: Cursor.nullable() }).meta({ id: 'Notes' })
export const etag = {
  description: 'Version of the note',
  schema: { type: 'string', maxLength: 100, pattern: '^".+"$' },
}

export const aNote = {
  id,
  subject: 'Perusakan',
  severity: null,
  exercise: false,
  occurredAt: new Date('2024-11-25T14:30:00Z'),
  closedAt: null,
  location: { regionCode: '74.71', coordinates: [122.5, -3.9] as [number, number] },
  actors: [
    { kind: 'group' as const, size: 3 },
    { kind: 'person' as const, age: null },
  ],
}
export const wireNote = { ...aNote, occurredAt: '2024-11-25T14:30:00.000Z' }
export const submission = {
  subject: 'Perusakan',
  facts: 'Satu.\nDua.',
  severity: 'low',
  occurredAt: '2024-11-25T22:30:00+08:00',
  location: { regionCode: '74.71' },
}
export const aSubmission = () => structuredClone(submission) as Record<string, unknown> & typeof submission
