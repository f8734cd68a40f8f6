import { pgTable, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core'

export const reportLinks = pgTable('report_links', {
  id: uuid().primaryKey(),
  type: text().notNull(),
  reportId: uuid('report_id').notNull(),
  regionCode: text('region_code').notNull(),
  provinceCode: text('province_code'),
  regencyCode: text('regency_code'),
  handling: smallint().notNull(),
  targetId: uuid('target_id').notNull(),
  targetRegionCode: text('target_region_code').notNull(),
  targetProvinceCode: text('target_province_code'),
  targetRegencyCode: text('target_regency_code'),
  targetHandling: smallint('target_handling').notNull(),
  reason: text(),
  reasonHandling: smallint('reason_handling').notNull(),
  linkedAt: timestamp('linked_at', { precision: 3, withTimezone: true }).notNull(),
  officeCode: text('office_code').notNull(),
  clientId: text('client_id').notNull(),
  actor: text().notNull(),
})
