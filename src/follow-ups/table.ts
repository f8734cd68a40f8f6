import { boolean, date, integer, pgTable, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const moment = (name: string) => timestamp(name, { precision: 3, withTimezone: true })

export const followUps = pgTable('follow_ups', {
  id: uuid().primaryKey(),
  version: integer().notNull(),
  reportId: uuid('report_id'),
  regionCode: text('region_code').notNull(),
  provinceCode: text('province_code'),
  regencyCode: text('regency_code'),
  /** As its report is marked now. */
  reportHandling: smallint('handling').notNull(),
  /** The highest that it ever had, which decides who sees it. */
  handling: smallint('content_handling').notNull(),
  exercise: boolean(),
  officeCode: text('office_code').notNull(),
  responsibleOffice: text('responsible_office').notNull(),
  action: text().notNull(),
  dueOn: date('due_on').notNull(),
  timeZone: text('time_zone').notNull(),
  overdueFrom: moment('overdue_from'),
  status: text().notNull(),
  result: text(),
  recommendation: text(),
  meetingTitle: text('meeting_title'),
  meetingHeldOn: date('meeting_held_on'),
  meetingPlace: text('meeting_place'),
  addedAt: moment('added_at').notNull(),
  changedAt: moment('changed_at').notNull(),
  addedBy: text('added_by').notNull(),
  clientId: text('client_id').notNull(),
})
