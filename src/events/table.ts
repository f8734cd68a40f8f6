import { bigint, integer, pgTable, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** What readers see of the log; who acted is not among it. */
export const events = pgTable('events', {
  id: uuid().primaryKey(),
  /** Null until the sequencer has come by. */
  sequence: bigint({ mode: 'number' }),
  type: text().notNull(),
  subjectId: uuid('subject_id').notNull(),
  subjectVersion: integer('subject_version').notNull(),
  /** The report that it is about; null where it is about none. */
  reportId: uuid('report_id'),
  officeCode: text('office_code').notNull(),
  provinceCode: text('province_code'),
  regencyCode: text('regency_code'),
  handling: smallint().notNull(),
  /** What agencies are shown as its handling; null where no agency hears of it. */
  agencyHandling: smallint('agency_handling'),
  /** To whom: null for all agencies. */
  agencies: text().array(),
  /** Those reached by these two hear nothing of it. */
  notAgencies: text('not_agencies').array(),
  notHandling: smallint('not_handling'),
  occurredAt: timestamp('occurred_at', { precision: 3, withTimezone: true }).notNull(),
})

/**
 * Where the report of an event lies now, and how secret it is now. Every column is named: drizzle remembers
 * the names that it makes up by table, and there is another definition of this one.
 */
export const reportsOfEvents = pgTable('reports', {
  id: uuid('id').primaryKey(),
  provinceCode: text('province_code'),
  regencyCode: text('regency_code'),
  handling: smallint('handling').notNull(),
})

/** Where a log begins and ends. */
export const sequences = pgTable('sequences', {
  stream: text().primaryKey(),
  first: bigint('first_sequence', { mode: 'number' }).notNull(),
  last: bigint('last_sequence', { mode: 'number' }).notNull(),
})
