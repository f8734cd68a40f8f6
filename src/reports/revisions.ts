import { sql } from 'drizzle-orm'
import type { Actor } from '../audit/append-audit.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { LockedReport } from './locked-report.ts'

const { placeholder } = sql

/** How a version came about; an event `report.<action>` tells of each. */
export const revisionActions = [
  'corrected',
  'handling_changed',
  'withdrawn',
  'verified',
  'rejected',
  'escalated',
  'returned',
  'closed',
  'reopened',
  'linked',
  'unlinked',
  'reclassified',
  'personal_data_erased',
] as const
export type RevisionAction = (typeof revisionActions)[number]

/** The members of a report that a version changed, as on the wire before and after it. */
export interface Changes {
  before: Record<string, unknown>
  after: Record<string, unknown>
}

/** What differs between two versions of a report, from their JSON texts; the version itself is not told. */
export function changesBetween(before: string, after: string): Changes {
  const [old, young] = [JSON.parse(before), JSON.parse(after)] as [Changes['before'], Changes['after']]
  const changed = Object.keys(young).filter(
    (member) => member !== 'version' && JSON.stringify(old[member]) !== JSON.stringify(young[member]),
  )
  const of = (report: Record<string, unknown>) => Object.fromEntries(changed.map((member) => [member, report[member]]))
  return { before: of(old), after: of(young) }
}

export interface NewRevision {
  before: Pick<LockedReport, 'handling'>
  after: Pick<LockedReport, 'id' | 'version' | 'regionCode' | 'handling' | 'status' | 'level'>
  action: RevisionAction
  /** Names of the members that it changed. */
  changed: readonly string[]
  /** What it changed; nothing of what was erased. */
  changes: Changes
  reason: string | null
}

const insert = statement(
  'insert_revision',
  sql`INSERT INTO report_revisions (report_id, version, region_code, handling, action, changed_at, client_id, actor, office_code, status, level, changed)
  VALUES (${placeholder('id')}, ${placeholder('version')}, ${placeholder('regionCode')}, ${placeholder('handling')}, ${placeholder('action')},
    ${placeholder('now')}, ${placeholder('clientId')}, ${placeholder('subject')}, ${placeholder('office')}, ${placeholder('status')},
    ${placeholder('level')}, ${placeholder('changed')})`,
)
const insertContent = statement(
  'insert_revision_content',
  sql`INSERT INTO report_revision_contents (report_id, version, region_code, handling, content_handling, reason, changes)
  VALUES (${placeholder('id')}, ${placeholder('version')}, ${placeholder('regionCode')}, ${placeholder('handling')},
    ${placeholder('contentHandling')}, ${placeholder('reason')}, ${placeholder('changes')})`,
)

/** Tells who made a version of a report, when, how and why. The report itself has that version already. */
export async function insertRevision(tx: Transaction, by: Actor, revision: NewRevision): Promise<void> {
  const { before, after, action, changed, changes, reason } = revision
  const { clientId, subject, office, now } = by
  await Promise.all([
    tx.run(insert, { ...after, action, now, clientId, subject, office, changed }),
    tx.run(insertContent, {
      ...after,
      contentHandling: Math.max(before.handling, after.handling),
      reason,
      changes: JSON.stringify(changes),
    }),
  ])
}

const insertMany = statement(
  'insert_revisions',
  sql`INSERT INTO report_revisions (report_id, version, region_code, handling, action, changed_at, client_id, actor, office_code, status, level, changed)
  SELECT n.id, n.version, n.region_code, n.handling, ${placeholder('action')}, ${placeholder('now')}::timestamptz, ${placeholder('clientId')},
    ${placeholder('subject')}, ${placeholder('office')}, n.status, n.level, ARRAY(SELECT json_array_elements_text(n.changed))
  FROM json_to_recordset(${placeholder('rows')}::json) AS n (id uuid, version integer, region_code text, handling smallint, status text,
    level text, changed json)`,
)
const insertContents = statement(
  'insert_revision_contents',
  sql`INSERT INTO report_revision_contents (report_id, version, region_code, handling, content_handling, reason, changes)
  SELECT n.id, n.version, n.region_code, n.handling, n.content_handling, n.reason, n.changes
  FROM json_to_recordset(${placeholder('rows')}::json) AS n (id uuid, version integer, region_code text, handling smallint,
    content_handling smallint, reason text, changes json)`,
)

/** As insertRevision, for the same thing done to many reports at once. */
export async function insertRevisions(
  tx: Transaction,
  { clientId, subject, office, now }: Actor,
  { action, revisions }: { action: RevisionAction; revisions: readonly Omit<NewRevision, 'action'>[] },
): Promise<void> {
  const rows = JSON.stringify(
    revisions.map(({ before, after, changed, changes, reason }) => ({
      ...{
        id: after.id,
        version: after.version,
        region_code: after.regionCode,
        status: after.status,
        level: after.level,
      },
      ...{ handling: after.handling, content_handling: Math.max(before.handling, after.handling) },
      ...{ changed, changes, reason },
    })),
  )
  await Promise.all([
    tx.run(insertMany, { rows, action, now, clientId, subject, office }),
    tx.run(insertContents, { rows }),
  ])
}
