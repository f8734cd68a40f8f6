import { sql } from 'drizzle-orm'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { handlingRank } from '../access/vocabulary.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { appendEvent } from '../events/append-event.ts'
import { fingerprintOf } from '../idempotency/keys.ts'
import { once } from '../idempotency/once.ts'
import type { Reference } from '../reference/store.ts'
import { owedBy } from './owed.ts'
import { type Period, parsePeriod } from './period.ts'
import {
  findOfPeriod,
  findReportsSeen,
  findSituationIn,
  insertReceipt,
  readBack,
  type StoredSituation,
  setSources,
} from './queries.ts'
import type { SubmitSituationReport } from './schemas.ts'
import { situationFaults, unknownReports } from './situation-faults.ts'

const { placeholder } = sql
const operation = 'submitSituationReport'

/** The office has reported on the period already. Thrown to undo the transaction that tried to once more. */
class PeriodTaken extends Error {}

/**
 * An office reports the situation of its region for a period; late reports are flagged and never refused. Sent again with the
 * same content, with a key or without, it answers with the report that stands.
 * @throws DomainError body_invalid, situation_report_exists, idempotency_conflict
 */
export async function submitSituationReport(
  context: Context,
  given: SubmitSituationReport,
  key: string | undefined,
): Promise<{ made: StoredSituation; replayed: boolean }> {
  const caller = callerFor(context.caller, 'reports:submit')
  const by = { ...context, caller }
  try {
    return await once(by, {
      operation,
      key,
      content: given,
      create: (tx, reference, id) => create(by, tx, reference, given, id),
      find: (tx, id) => findSituationIn(tx, by, id),
    })
  } catch (error) {
    if (!(error instanceof PeriodTaken)) throw error
    return { made: await replay(by, given), replayed: true }
  }
}

const asked = {
  id: sql`${placeholder('id')}::uuid`,
  kind: sql`${placeholder('kind')}::text`,
  from: sql`${placeholder('from')}::date`,
  to: sql`${placeholder('to')}::date`,
  now: sql`${placeholder('now')}::timestamptz`,
}
const due = owedBy({ ...asked, office: sql`o.code`, level: sql`o.level`, timeZone: sql`g.time_zone` })

const insert = statement(
  'insert_situation_report',
  sql`INSERT INTO situation_reports (id, office_code, kind, period, period_from, period_to, exercise, handling, nothing_to_report, situation,
    sections, due_at, received_at, fingerprint, client_id, submitted_by)
  SELECT ${asked.id}, o.code, ${asked.kind}, ${placeholder('period')}::text, ${asked.from}, ${asked.to}, ${placeholder('exercise')}::boolean,
    ${placeholder('handling')}::smallint, ${placeholder('nothingToReport')}::boolean, ${placeholder('situation')}::text,
    ${placeholder('sections')}::json, ${due}, ${asked.now}, ${placeholder('fingerprint')}::bytea, ${placeholder('clientId')}::text,
    ${placeholder('subject')}::text
  FROM offices o JOIN regions g USING (code) WHERE o.code = ${placeholder('office')}::text
  ON CONFLICT (kind, period, office_code, exercise) DO NOTHING
  RETURNING version, province_code AS "provinceCode", regency_code AS "regencyCode"`,
)

interface Inserted extends Record<string, unknown> {
  version: number
  provinceCode: string | null
  regencyCode: string | null
}

async function create(
  context: Context,
  tx: Transaction,
  reference: Reference,
  given: SubmitSituationReport,
  id: string,
): Promise<StoredSituation> {
  const { caller, now } = context
  const period = await refuseFaults(context, tx, reference, given)
  const row = newRow(context, given, period)
  const [inserted] = await tx.run<Inserted>(insert, { ...row, id })
  if (!inserted) throw new PeriodTaken()
  const { handling, office } = row
  const subject = { ...inserted, id, officeCode: office, handling, reportId: null }
  const [, , made] = await Promise.all([
    given.exercise ? undefined : insertReceipt(tx, { ...row, now }),
    given.reports.length > 0 ? setSources(tx, caller, id, given.reports) : undefined,
    readBack(tx, caller, id),
    appendAudit(tx, actorOf(context), {
      action: 'situation_report.submitted',
      resource: { type: 'situation_report', id, version: inserted.version, handling },
    }),
    appendEvent(tx, { type: 'situation_report.submitted', subject, caller, occurredAt: now }),
    tx.commit(),
  ])
  return made
}

/** @throws DomainError body_invalid, all faults at once */
async function refuseFaults(
  { caller, now }: Context,
  tx: Transaction,
  reference: Reference,
  given: SubmitSituationReport,
): Promise<Period> {
  const seen = await findReportsSeen(tx, caller, given.reports)
  const faults = [
    ...situationFaults(given, { scope: caller.scope, reference, now }),
    ...unknownReports(given.reports, seen),
  ]
  const period = parsePeriod(given.period)
  if (faults.length > 0 || !period) throw new DomainError('body_invalid', {}, faults)
  return period
}

function newRow({ caller, now }: Context, given: SubmitSituationReport, { from, to }: Period) {
  const { kind, period, exercise, nothingToReport, situation, sections } = given
  const office = caller.scope.region
  return {
    ...{ kind, period, exercise, nothingToReport, situation, from, to, office, now },
    handling: handlingRank(given.handling),
    sections: sections && JSON.stringify(sections),
    fingerprint: fingerprintOf(given),
    clientId: caller.clientId,
    subject: caller.subject,
  }
}

/** One above the caller's clearance is in the way all the same, but its id is no more shown than the report. */
async function replay(context: Context, given: SubmitSituationReport): Promise<StoredSituation> {
  const { db, caller } = context
  return db.transaction(caller, async (tx) => {
    const existing = await findOfPeriod(tx, caller, given)
    if (!existing) throw new DomainError('situation_report_exists')
    const { id: existingId, fingerprint } = existing
    if (!fingerprint.equals(fingerprintOf(given))) throw new DomainError('situation_report_exists', { existingId })
    const made = await findSituationIn(tx, context, existingId)
    if (!made) throw new DomainError('situation_report_exists')
    return made
  })
}
