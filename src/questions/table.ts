import { integer, pgTable, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const moment = (name: string) => timestamp(name, { precision: 3, withTimezone: true })

export const questions = pgTable('report_questions', {
  id: uuid().primaryKey(),
  reportId: uuid('report_id').notNull(),
  regionCode: text('region_code').notNull(),
  provinceCode: text('province_code'),
  regencyCode: text('regency_code'),
  /** The highest that the report has had since the question was asked: what was written while it was so stays under it. */
  handling: smallint('content_handling').notNull(),
  /** The office that is asked. */
  officeCode: text('office_code').notNull(),
  version: integer().notNull(),
  text: text().notNull(),
  askedAt: moment('asked_at').notNull(),
  askedOffice: text('asked_office').notNull(),
  askedBy: text('asked_by').notNull(),
  dueAt: moment('due_at'),
  answer: text(),
  answeredAt: moment('answered_at'),
  answeredBy: text('answered_by'),
})
