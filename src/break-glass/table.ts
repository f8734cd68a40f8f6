import { pgTable, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const moment = (name: string) => timestamp(name, { precision: 3, withTimezone: true })

export const grants = pgTable('break_glass_grants', {
  id: uuid().primaryKey(),
  clientId: text('client_id').notNull(),
  actor: text().notNull(),
  reason: text().notNull(),
  clearance: smallint().notNull(),
  openedAt: moment('opened_at').notNull(),
  expiresAt: moment('expires_at').notNull(),
  closedAt: moment('closed_at'),
})

export const reads = pgTable('break_glass_reads', {
  grantId: uuid('grant_id').notNull(),
  reportId: uuid('report_id').notNull(),
  regionCode: text('region_code').notNull(),
  provinceCode: text('province_code'),
  regencyCode: text('regency_code'),
  handling: smallint().notNull(),
  firstReadAt: moment('first_read_at').notNull(),
})
