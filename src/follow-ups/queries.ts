import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Scope } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { type Statement, statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { assertIfMatch } from '../http/etag.ts'
import { reports } from '../reports/table.ts'
import { followUps as f } from './table.ts'
import { tagOf } from './view.ts'
import type { FollowUpStatus } from './vocabulary.ts'

const { placeholder } = sql

/** A follow-up as it is stored, with what its report says of it. */
export interface FollowUpRow extends Record<string, unknown> {
  id: string
  version: number
  reportId: string | null
  /** Null where it stands alone. */
  reportVersion: number | null
  regionCode: string
  provinceCode: string | null
  regencyCode: string | null
  /** The highest rank that it ever had, 0 to 3. */
  handling: number
  exercise: boolean
  /** The office that gave it. */
  officeCode: string
  responsibleOffice: string
  action: string
  /** `YYYY-MM-DD`, as all days here. */
  dueOn: string
  overdueFrom: Date | null
  status: FollowUpStatus
  result: string | null
  recommendation: string | null
  meetingTitle: string | null
  meetingHeldOn: string | null
  meetingPlace: string | null
  addedAt: Date
  changedAt: Date
}

/** The columns of a FollowUpRow, from `rows`. */
export const followUpColumns = sql`${f.id}, ${f.version}, ${f.reportId} AS "reportId", ${reports.version} AS "reportVersion",
  ${f.regionCode} AS "regionCode", ${f.provinceCode} AS "provinceCode", ${f.regencyCode} AS "regencyCode", ${f.handling} AS handling,
  coalesce(${f.exercise}, ${reports.exercise}) AS exercise, ${f.officeCode} AS "officeCode", ${f.responsibleOffice} AS "responsibleOffice",
  ${f.action}, ${f.dueOn}::text AS "dueOn", ${f.overdueFrom} AS "overdueFrom", ${f.status}, ${f.result}, ${f.recommendation},
  ${f.meetingTitle} AS "meetingTitle", ${f.meetingHeldOn}::text AS "meetingHeldOn", ${f.meetingPlace} AS "meetingPlace",
  ${f.addedAt} AS "addedAt", ${f.changedAt} AS "changedAt"`
export const rows = sql`${f} LEFT JOIN ${reports} ON ${eq(reports.id, f.reportId)}`

export const findStatements = statementByTier(
  'find_follow_up',
  (tier) => sql`SELECT ${followUpColumns} FROM ${rows} WHERE ${visible(tier, f, eq(f.id, placeholder('id')))}`,
)

/** Undefined for what is missing and for what the caller may not see alike. */
export async function findFollowUpIn(tx: Transaction, scope: Scope, id: string): Promise<FollowUpRow | undefined> {
  const [row] = await tx.run<FollowUpRow>(findStatements[scope.tier], { ...scopeValues(scope), id })
  return row
}

const lock = statementByTier(
  'lock_follow_up',
  (tier) =>
    sql`SELECT ${followUpColumns} FROM ${rows} WHERE ${visible(tier, f, eq(f.id, placeholder('id')))} FOR UPDATE OF ${f}`,
)

/**
 * Finds a follow-up and holds it until the transaction ends.
 * @param ifMatch ETag of the version that the caller has read, or `*`
 * @throws DomainError follow_up_not_found, version_stale
 */
export async function lockFollowUp(tx: Transaction, scope: Scope, id: string, ifMatch: string): Promise<FollowUpRow> {
  const [row] = await tx.run<FollowUpRow>(lock[scope.tier], { ...scopeValues(scope), id })
  if (!row) throw new DomainError('follow_up_not_found', { id })
  assertIfMatch(ifMatch, tagOf(row))
  return row
}

const computed = ['provinceCode', 'regencyCode', 'overdueFrom']

type Inserted = Omit<
  typeof f.$inferInsert,
  'version' | 'reportHandling' | 'provinceCode' | 'regencyCode' | 'overdueFrom'
>
/** A new row, every column said but those that the database computes; it begins with version 1. */
export type NewFollowUp = { [Column in keyof Inserted]-?: Exclude<Inserted[Column], undefined> }

const insert = insertStatement()

function insertStatement(): Statement {
  const columns = Object.entries(getTableColumns(f)).filter(([name]) => !computed.includes(name))
  const values: SQL[] = columns.map(([name]) => {
    if (name === 'version') return sql`1`
    return sql`${placeholder(name === 'reportHandling' ? 'handling' : name)}`
  })
  const names = columns.map(([, column]) => sql.identifier(column.name))
  return statement(
    'insert_follow_up',
    sql`INSERT INTO ${f} (${sql.join(names, sql`, `)}) VALUES (${sql.join(values, sql`, `)})`,
  )
}

export async function insertFollowUp(tx: Transaction, row: NewFollowUp): Promise<void> {
  await tx.run(insert, row)
}

const set = statement(
  'set_follow_up',
  sql`UPDATE ${f} SET version = ${f.version} + 1, action = ${placeholder('action')}, responsible_office = ${placeholder('responsibleOffice')},
    time_zone = ${placeholder('timeZone')}, due_on = ${placeholder('dueOn')}::date, status = ${placeholder('status')},
    result = ${placeholder('result')}, changed_at = ${placeholder('now')}
  WHERE ${eq(f.id, placeholder('id'))}`,
)

/** Makes the next version of a follow-up that is locked. @param timeZone of the responsible office */
export async function setFollowUp(
  tx: Transaction,
  row: Pick<FollowUpRow, 'id' | 'action' | 'responsibleOffice' | 'dueOn' | 'status' | 'result'>,
  { timeZone, now }: { timeZone: string; now: Date },
): Promise<void> {
  await tx.run(set, { ...row, timeZone, now })
}
