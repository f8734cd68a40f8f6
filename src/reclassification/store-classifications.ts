import { sql } from 'drizzle-orm'
import { type Actor, appendAudits } from '../audit/append-audit.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { appendEvents } from '../events/append-event.ts'
import { classified } from '../reports/correction-statements.ts'
import { reportDocument } from '../reports/document.ts'
import type { LockedReport } from '../reports/locked-report.ts'
import { changesBetween, insertRevisions } from '../reports/revisions.ts'
import { reports as r } from '../reports/table.ts'
import type { Classification } from './classified-anew.ts'
import { type ClassifiedReport, classifiedColumns } from './walk-queries.ts'

const { placeholder } = sql

type Place = Pick<
  LockedReport,
  'id' | 'version' | 'officeCode' | 'regionCode' | 'provinceCode' | 'regencyCode' | 'handling' | 'status' | 'level'
> & {
  /** JSON text of the wire: the classification alone. */
  document: string
}

/** A report as it stands, locked until the transaction ends. */
export type HeldReport = ClassifiedReport & Place

const placed = sql`${r.id}, ${r.version}, ${r.officeCode} AS "officeCode", ${r.regionCode} AS "regionCode",
  ${r.provinceCode} AS "provinceCode", ${r.regencyCode} AS "regencyCode", ${r.handling}, ${r.status}, ${r.level},
  ${reportDocument(['classification'])}::text AS document`

const hold = statement(
  'hold_reports_to_classify',
  sql`SELECT ${classifiedColumns}, ${placed} FROM ${r} WHERE ${r.id} = ANY (${placeholder('ids')}::uuid[])
  ORDER BY ${r.id} FOR UPDATE SKIP LOCKED`,
)

/** Those of the reports that nobody is changing, locked: it waits for no one. */
export async function holdReports(tx: Transaction, ids: readonly string[]): Promise<HeldReport[]> {
  return ids.length === 0 ? [] : tx.run<HeldReport>(hold, { ids })
}

const update = statement('reclassify_reports', updateSql())

function updateSql() {
  const set = classified.map((name) => sql`${sql.identifier(r[name].name)} = n.${sql.identifier(name)}`)
  const given = classified.map((name) => sql`${sql.identifier(name)} ${sql.raw(r[name].getSQLType())}`)
  return sql`UPDATE ${r} SET version = ${r.version} + 1, ${sql.join(set, sql`, `)}
    FROM json_to_recordset(${placeholder('rows')}::json) AS n (id uuid, ${sql.join(given, sql`, `)})
    WHERE ${r.id} = n.id RETURNING ${placed}`
}

/** A report that is classified otherwise than before. */
export interface Reclassified {
  report: HeldReport
  classification: Classification
}

/**
 * Makes the next version of reports that are locked, each with its revision, the audit and its event, as every change of a
 * report does: the classification before it stays on record with the calendar version that gave it.
 */
export async function storeClassifications(tx: Transaction, by: Actor, found: readonly Reclassified[]): Promise<void> {
  if (found.length === 0) return
  const rows = found.map(({ report: { id }, classification }) => ({ id, ...sent(classification) }))
  const after = new Map(
    (await tx.run<Place & Record<string, unknown>>(update, { rows: JSON.stringify(rows) })).map((row) => [row.id, row]),
  )
  const revisions = found.map(({ report }) => revisionOf(report, after.get(report.id)))
  const subjects = revisions.map(({ after }) => after)
  const audited = revisions.map(({ after: { id, version, handling, status, level }, changed }) => ({
    ...{ id, version, handling },
    details: { changed, status, level },
  }))
  await Promise.all([
    insertRevisions(tx, by, { action: 'reclassified', revisions }),
    appendAudits(tx, by, { action: 'report.reclassified', type: 'report', resources: audited }),
    appendEvents(tx, { type: 'report.reclassified', subjects, caller: by, occurredAt: by.now }),
  ])
}

function sent(classification: Classification) {
  return Object.fromEntries(
    classified.map((name) => [name, name === 'stages' ? JSON.parse(classification.stages) : classification[name]]),
  )
}

function revisionOf(before: HeldReport, after: Place | undefined) {
  // A row that the policies hide from an UPDATE is left alone without a word.
  if (!after) throw new Error(`Report ${before.id} was not changed`)
  const changes = changesBetween(before.document, after.document)
  return { before, after, changed: Object.keys(changes.after), changes, reason: null }
}
