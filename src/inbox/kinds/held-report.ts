import { and, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { reports as r } from '../../reports/table.ts'
import type { InboxKind } from '../kind.ts'

/** Reports that the office holds and that wait for it. The level stands in the text: partial indexes go by it. */
export function heldReport(since: PgColumn, ...conditions: SQL[]): InboxKind {
  return {
    from: sql`${r}`,
    waits: (tier) => and(sql`${r.dueAt} IS NOT NULL AND ${r.level} = ${sql.raw(`'${tier}'`)}`, ...conditions),
    id: r.id,
    since,
    dueAt: r.dueAt,
    position: sql`${r.dueAt}`,
    handling: r.handling,
    members: {},
  }
}
