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
  'question.asked',
  'question.answered',
  'follow_up.added',
  'follow_up.changed',
  'follow_up.completed',
  'follow_up.cancelled',
  'follow_up.reopened',
  'attachment.added',
  'attachment.refused',
  'attachment.removed',
  'situation_report.submitted',
  'situation_report.corrected',
  'situation_report.missing',
  'release.proposed',
  'release.refused',
  'release.published',
  'release.changed',
  'release.retracted',
] as const
export type EventType = (typeof eventTypes)[number]
type ReleaseEventType = Extract<EventType, `release.${string}`>
type ReportEventType = Extract<EventType, `report.${string}`>

interface Subject {
  id: string
  version: number
  officeCode: string
  provinceCode: string | null
  regencyCode: string | null
  /** Rank, 0 to 3. */
  handling: number
}

/** Of what belongs to a report: whoever may no longer see the report does not read of it either. Null where it belongs to none. */
interface ChildSubject extends Subject {
  reportId: string | null
}

/** Those agencies, null for all, that are cleared for the handling (rank, 0 to 3). */
export interface Audience {
  agencies: readonly string[] | null
  handling: number
}

/** A fact about a release, and which agencies hear of it besides the offices: null for none. */
export interface NewReleaseEvent {
  type: ReleaseEventType
  subject: ChildSubject
  audience: (Audience & { butNot?: Audience }) | null
  caller: Pick<Caller, 'clientId' | 'subject'>
  occurredAt: Date
}

/** A thin fact: what happened to which resource. Whoever reads it fetches the resource under their own scope. */
export type NewEvent = {
  caller: Pick<Caller, 'clientId' | 'subject'>
  occurredAt: Date
} & (
  | { type: ReportEventType; subject: Subject }
  | { type: Exclude<EventType, ReportEventType | ReleaseEventType>; subject: ChildSubject }
)

const append = statement(
  'append_event',
  sql`INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at,
    of_report_id)
  VALUES (${placeholder('id')}, ${placeholder('type')}, ${placeholder('subjectId')}, ${placeholder('version')}, ${placeholder('officeCode')},
    ${placeholder('provinceCode')}, ${placeholder('regencyCode')}, ${placeholder('handling')}, ${placeholder('clientId')},
    ${placeholder('actor')}, ${placeholder('occurredAt')}, ${placeholder('reportId')})`,
)

const appendOfRelease = statement(
  'append_release_event',
  sql`INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at,
    of_report_id, agencies, agency_handling, not_agencies, not_handling)
  VALUES (${placeholder('id')}, ${placeholder('type')}, ${placeholder('subjectId')}, ${placeholder('version')}, ${placeholder('officeCode')},
    ${placeholder('provinceCode')}, ${placeholder('regencyCode')}, ${placeholder('handling')}, ${placeholder('clientId')},
    ${placeholder('actor')}, ${placeholder('occurredAt')}, ${placeholder('reportId')}, ${placeholder('agencies')},
    ${placeholder('agencyHandling')}, ${placeholder('notAgencies')}, ${placeholder('notHandling')})`,
)

const appendMany = statement(
  'append_events',
  sql`INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at)
  SELECT n.id, ${placeholder('type')}, n.subject_id, n.version, n.office_code, n.province_code, n.regency_code, n.handling,
    ${placeholder('clientId')}, ${placeholder('actor')}, ${placeholder('occurredAt')}::timestamptz
  FROM json_to_recordset(${placeholder('subjects')}::json) AS n (id uuid, subject_id uuid, version integer, office_code text,
    province_code text, regency_code text, handling smallint)`,
)

/** As appendEvent, for the same thing that happened to many resources at once. */
export async function appendEvents(
  tx: Transaction,
  { type, subjects, caller, occurredAt }: Omit<NewEvent, 'subject'> & { subjects: readonly NewEvent['subject'][] },
): Promise<void> {
  const rows = subjects.map(({ id, version, officeCode, provinceCode, regencyCode, handling }) => ({
    id: uuidv7(),
    subject_id: id,
    version,
    office_code: officeCode,
    province_code: provinceCode,
    regency_code: regencyCode,
    handling,
  }))
  const { clientId, subject: actor } = caller
  await tx.run(appendMany, { type, clientId, actor, occurredAt, subjects: JSON.stringify(rows) })
}

/** Appends to the log in the transaction of the change, as its last statement. Its public sequence is given after the commit. */
export async function appendEvent(tx: Transaction, { type, subject, caller, occurredAt }: NewEvent): Promise<void> {
  const { id: subjectId, ...place } = subject
  const { clientId, subject: actor } = caller
  await tx.run(append, { reportId: null, id: uuidv7(), type, subjectId, ...place, clientId, actor, occurredAt })
}

/** As appendEvent, of a release: agencies of the audience hear of it as well. */
export async function appendReleaseEvent(tx: Transaction, event: NewReleaseEvent): Promise<void> {
  const { type, subject, audience, caller, occurredAt } = event
  const { id: subjectId, version, officeCode, provinceCode, regencyCode, handling, reportId } = subject
  await tx.run(appendOfRelease, {
    ...{ id: uuidv7(), type, subjectId, version, officeCode, provinceCode, regencyCode, handling, reportId },
    ...{ clientId: caller.clientId, actor: caller.subject, occurredAt },
    agencies: audience?.agencies ?? null,
    agencyHandling: audience?.handling ?? null,
    notAgencies: audience?.butNot?.agencies ?? null,
    notHandling: audience?.butNot?.handling ?? null,
  })
}
