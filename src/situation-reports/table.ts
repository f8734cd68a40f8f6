import { boolean, date, integer, json, pgTable, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const moment = (name: string) => timestamp(name, { precision: 3, withTimezone: true })

export const situationReports = pgTable('situation_reports', {
  id: uuid().primaryKey(),
  officeCode: text('office_code').notNull(),
  provinceCode: text('province_code'),
  regencyCode: text('regency_code'),
  kind: text().notNull(),
  period: text().notNull(),
  periodFrom: date('period_from').notNull(),
  periodTo: date('period_to').notNull(),
  exercise: boolean().notNull(),
  handling: smallint().notNull(),
  version: integer().notNull(),
  nothingToReport: boolean('nothing_to_report').notNull(),
  situation: text(),
  sections: json(),
  dueAt: moment('due_at'),
  receivedAt: moment('received_at').notNull(),
  timeliness: text(),
})

/** The reports that a situation report rests on; place and handling are those of the report. */
export const sources = pgTable('situation_report_sources', {
  situationReportId: uuid('situation_report_id').notNull(),
  reportId: uuid('report_id').notNull(),
  provinceCode: text('province_code'),
  regencyCode: text('regency_code'),
  handling: smallint().notNull(),
})
