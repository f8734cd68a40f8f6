import { sql } from 'drizzle-orm'
import type { Context } from '../access/context.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { type Statement, statement, type Values } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { appendEvent } from '../events/append-event.ts'
import type { LockedReport } from './locked-report.ts'
import { findReportIn, type StoredReport, stored } from './queries.ts'
import { changesBetween, insertRevision, type RevisionAction } from './revisions.ts'
import { reports as r } from './table.ts'

const { placeholder } = sql

/** What a change sets: a statement that makes the next version of a report, and its values. */
export interface ReportChange {
  action: RevisionAction
  statement: Statement
  values: Values
  /** Why; null where no reason is needed and none was given. */
  reason: string | null
}

const changedRow = sql`${stored}, ${r.regionCode} AS "regionCode", ${r.provinceCode} AS "provinceCode", ${r.regencyCode} AS "regencyCode",
  ${r.handling}, ${r.status}, ${r.level}`

type ChangedRow = StoredReport &
  Pick<LockedReport, 'regionCode' | 'provinceCode' | 'regencyCode' | 'handling' | 'status' | 'level'>

/** A statement that sets these columns, each from the placeholder of its name in `table.ts`, and makes the next version. */
export function changeStatement(label: string, columns: readonly (keyof typeof r.$inferInsert)[]): Statement {
  const set = columns.map((name) => sql`${sql.identifier(r[name].name)} = ${placeholder(name)}`)
  return statement(
    label,
    sql`UPDATE ${r} SET version = ${r.version} + 1, ${sql.join(set, sql`, `)} WHERE ${r.id} = ${placeholder('id')} RETURNING ${changedRow}`,
  )
}

/**
 * Makes the next version of a report that is locked, and tells of it: its revision, the audit, and as the last statement the
 * event. All of it commits, or nothing.
 */
export async function changeReport(
  context: Context,
  tx: Transaction,
  before: LockedReport,
  change: ReportChange,
): Promise<StoredReport> {
  const { caller, now } = context
  const { action, reason } = change
  const { id } = before
  const [after] = await tx.run<ChangedRow>(change.statement, { ...change.values, id })
  // A row that the policies hide from an UPDATE is left alone without a word.
  if (!after) throw new Error(`Report ${id} was not changed`)
  const by = actorOf({ ...context, caller })
  const changes = changesBetween(before.document, after.document)
  const changed = Object.keys(changes.after)
  const { version, handling, status, level } = after
  await Promise.all([
    insertRevision(tx, by, { before, after, action, changed, changes, reason }),
    appendAudit(tx, by, {
      action: `report.${action}`,
      resource: { type: 'report', id, version, handling },
      details: { changed, status, level },
    }),
    appendEvent(tx, {
      type: `report.${action}`,
      subject: { ...after, officeCode: before.officeCode },
      caller,
      occurredAt: now,
    }),
    tx.commit(),
  ])
  return { id, version, document: after.document }
}

/** The report as it stands, where nothing was to be changed: it is shown all the same, and so told as a read. */
export async function readUnchanged(context: Context, tx: Transaction, { id }: LockedReport): Promise<StoredReport> {
  const report = await findReportIn(tx, context, context.caller.scope, id)
  if (!report) throw new Error(`Report ${id} is locked and not found`)
  return report
}
