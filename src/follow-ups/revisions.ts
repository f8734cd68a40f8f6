import { sql } from 'drizzle-orm'
import type { Context } from '../access/context.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { appendEvent } from '../events/append-event.ts'
import type { FollowUpRow } from './queries.ts'
import { type ChangeableMember, changeableMembers, type FollowUpAction } from './vocabulary.ts'

const { placeholder } = sql

type Members = Partial<Pick<FollowUpRow, ChangeableMember>>

/** The members that a version changed, as on the wire before and after it. */
export interface FollowUpChanges {
  before: Members
  after: Members
}

/** What differs between two versions of a follow-up. */
export function changesBetween(before: Members, after: Members): FollowUpChanges {
  const changed = changeableMembers.filter((member) => before[member] !== after[member])
  const of = (row: Members) => Object.fromEntries(changed.map((member) => [member, row[member]]))
  return { before: of(before), after: of(after) }
}

export interface NewFollowUpRevision {
  action: FollowUpAction
  changes: FollowUpChanges
  reason: string | null
}

const insert = statement(
  'insert_follow_up_revision',
  sql`INSERT INTO follow_up_revisions (follow_up_id, version, region_code, handling, action, changed_at, client_id, actor, office_code, reason, changes)
  VALUES (${placeholder('id')}, ${placeholder('version')}, ${placeholder('regionCode')}, ${placeholder('handling')}, ${placeholder('action')},
    ${placeholder('now')}, ${placeholder('clientId')}, ${placeholder('subject')}, ${placeholder('office')}, ${placeholder('reason')},
    ${placeholder('changes')})`,
)

/** What is told of a version: which, where it lies, and how far it is on. */
export type ToldVersion = Pick<
  FollowUpRow,
  | 'id'
  | 'reportId'
  | 'version'
  | 'officeCode'
  | 'regionCode'
  | 'provinceCode'
  | 'regencyCode'
  | 'handling'
  | 'status'
  | 'responsibleOffice'
>

/**
 * Tells of a version that the follow-up has already: its revision, the audit, and as the last statement the event; and commits.
 */
export async function tellVersion(
  context: Context,
  tx: Transaction,
  row: ToldVersion,
  { action, changes, reason }: NewFollowUpRevision,
): Promise<void> {
  const { caller, now } = context
  const by = actorOf(context)
  const { clientId, subject, office } = by
  const { id, version, regionCode, handling, status, responsibleOffice } = row
  const changed = Object.keys(changes.after)
  await Promise.all([
    tx.run(insert, {
      id,
      version,
      regionCode,
      handling,
      action,
      now,
      clientId,
      subject,
      office,
      reason,
      changes: JSON.stringify(changes),
    }),
    appendAudit(tx, by, {
      action: `follow_up.${action}`,
      resource: { type: 'follow_up', id, version, handling },
      details: { changed, status, responsibleOffice },
    }),
    appendEvent(tx, { type: `follow_up.${action}`, subject: row, caller, occurredAt: now }),
    tx.commit(),
  ])
}
