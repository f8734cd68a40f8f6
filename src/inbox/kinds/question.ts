import { and, eq, isNull, sql } from 'drizzle-orm'
import { visible } from '../../access/scope.ts'
import { questions as q } from '../../questions/table.ts'
import { object, utc } from '../../reports/document.ts'
import { reports as r } from '../../reports/table.ts'
import type { InboxKind } from '../kind.ts'

/** Questions to this office about a report that somebody still works on. One without a deadline stands where it was asked. */
export const question: InboxKind = {
  from: sql`${q} JOIN ${r} ON ${eq(r.id, q.reportId)}`,
  waits: (tier) =>
    and(
      visible(tier, q),
      eq(q.officeCode, sql.placeholder('region')),
      isNull(q.answeredAt),
      sql`${r.status} IN ('submitted', 'verified', 'escalated')`,
    ),
  id: q.id,
  since: q.askedAt,
  dueAt: q.dueAt,
  position: sql`coalesce(${q.dueAt}, ${q.askedAt})`,
  handling: q.handling,
  members: {
    question: object({
      id: q.id,
      text: q.text,
      askedAt: utc(q.askedAt),
      askedBy: object({ office: q.askedOffice, by: q.askedBy }),
      version: q.version,
    }),
  },
}
