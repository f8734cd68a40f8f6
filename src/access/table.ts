import { boolean, integer, pgTable, smallint, text, timestamp } from 'drizzle-orm/pg-core'

export const clients = pgTable('clients', {
  clientId: text('client_id').primaryKey(),
  officeCode: text('office_code'),
  agency: text(),
  scopes: text().array().notNull(),
  clearance: smallint().notNull(),
  issuedByCommand: boolean('issued_by_command').notNull(),
  version: integer().notNull().default(1),
  disabledAt: timestamp('disabled_at', { precision: 3, withTimezone: true }),
  createdAt: timestamp('created_at', { precision: 3, withTimezone: true }).notNull(),
})
