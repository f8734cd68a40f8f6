import { sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { Caller } from '../access/caller.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'

const { placeholder } = sql

/** Every kind of event: the noun of the resource and what happened to it. */
export const eventTypes = [
  'report.submitted',
  'report.corrected',
  'report.handling_changed',
  'report.withdrawn',
  'report.verified',
  'report.rejected',
  'report.escalated',
  'report.returned',
  'report.closed',
  'report.reopened',
  'report.linked',
  'report.unlinked',
  'report.reclassified',
  'report.personal_data_erased',
  'report.read_through_glass',
  'situation_report.submitted',
  'situation_report.corrected',
  'situation_report.missing',
] as const
export type EventType = (typeof eventTypes)[number]

/** A thin fact: what happened to which resource. Whoever reads it fetches the resource under their own scope. */
export interface NewEvent {
  type: EventType
  subject: {
    id: string
    version: number
    officeCode: string
    provinceCode: string | null
    regencyCode: string | null
    /** Rank, 0 to 3. */
    handling: number
  }
  caller: Pick<Caller, 'clientId' | 'subject'>
  occurredAt: Date
}

const append = statement(
  'append_event',
  sql`INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at)
  VALUES (${placeholder('id')}, ${placeholder('type')}, ${placeholder('subjectId')}, ${placeholder('version')}, ${placeholder('officeCode')},
    ${placeholder('provinceCode')}, ${placeholder('regencyCode')}, ${placeholder('handling')}, ${placeholder('clientId')},
    ${placeholder('actor')}, ${placeholder('occurredAt')})`,
)

/** Appends to the log in the transaction of the change, as its last statement. Its public sequence is given after the commit. */
export async function appendEvent(tx: Transaction, { type, subject, caller, occurredAt }: NewEvent): Promise<void> {
  const { id: subjectId, ...place } = subject
  const { clientId, subject: actor } = caller
  await tx.run(append, { id: uuidv7(), type, subjectId, ...place, clientId, actor, occurredAt })
}
