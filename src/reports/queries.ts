import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Scope } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues, visible } from '../access/scope.ts'
import type { Tier } from '../access/vocabulary.ts'
import { type Telling, tellingOf, tellingValues, toldRead } from '../audit/told-reads.ts'
import { type Statement, statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { reportDocument } from './document.ts'
import { reportMembers } from './schemas.ts'
import { type NewReport, reports } from './table.ts'

const { placeholder } = sql

/** A report as it leaves: JSON text, with what its ETag is made of. */
export interface StoredReport {
  id: string
  version: number
  document: string
}

/** The columns of a StoredReport. */
export const stored = sql`${reports.id}, ${reports.version}, ${reportDocument(reportMembers)}::text AS document`

/** What `toldRead` needs to know of each report. */
export const placed = sql`${reports.id}, ${reports.version}, ${reports.handling}, ${reports.officeCode}, ${reports.regionCode},
  ${reports.provinceCode}, ${reports.regencyCode}`

const find: Record<Telling, Record<Tier, Statement>> = {
  untold: findBy('untold'),
  told: findBy('told'),
  through_glass: findBy('through_glass'),
}

function findBy(telling: Telling): Record<Tier, Statement> {
  return statementByTier(`find_report_${telling}`, (tier) => {
    const where = visible(tier, reports, eq(reports.id, placeholder('id')))
    if (telling === 'untold') return sql`SELECT ${stored} FROM ${reports} WHERE ${where}`
    const shownHandling = sql`greatest(${reports.handling}, ${placeholder('saidUnder')}::smallint)`
    const query = sql`SELECT ${placed}, ${shownHandling} AS said_under, ${reportDocument(reportMembers)}::text AS document
      FROM ${reports} WHERE ${where}`
    return toldRead(telling, { query, columns: sql`id, version, document`, shownHandling: sql`said_under` })
  })
}

/** @throws DomainError report_not_found for what is missing and for what the caller may not see alike */
export async function findReport(context: Context, scope: Scope, id: string): Promise<StoredReport> {
  const { statement: query, values } = findStatement(context, scope, { id })
  const [report] = await context.db.read<StoredReport & Record<string, unknown>>(context.caller, query, values)
  if (!report) throw new DomainError('report_not_found', { id })
  return report
}

/**
 * As findReport, within a transaction; undefined for what is missing or not to be seen.
 * @param saidUnder rank of what is shown beside the report, where that was written under more than the report of today
 */
export async function findReportIn(
  tx: Transaction,
  context: Context,
  scope: Scope,
  id: string,
  saidUnder = 0,
): Promise<StoredReport | undefined> {
  const { statement: query, values } = findStatement(context, scope, { id, saidUnder })
  const [report] = await tx.run<StoredReport & Record<string, unknown>>(query, values)
  return report
}

function findStatement(context: Context, scope: Scope, { id, saidUnder = 0 }: { id: string; saidUnder?: number }) {
  const telling = tellingOf(context.caller)
  const values = { ...scopeValues(scope), ...tellingValues(context), id, ...(telling !== 'untold' && { saidUnder }) }
  return { statement: find[telling][scope.tier], values }
}

const takeNumber = statement(
  'take_register_number',
  sql`INSERT INTO report_registers AS r (office_code, register_year, last_number)
  VALUES (${placeholder('officeCode')}, ${placeholder('registerYear')}, 1)
  ON CONFLICT (office_code, register_year) DO UPDATE SET last_number = r.last_number + 1`,
)

/** Takes the next running number of the office and year; the report inserted next in the transaction gets it. */
export async function takeRegisterNumber(tx: Transaction, scope: Scope, registerYear: number): Promise<void> {
  await tx.run(takeNumber, { officeCode: scope.region, registerYear })
}

const numberTaken = sql`(SELECT last_number FROM report_registers
  WHERE office_code = ${placeholder('officeCode')} AND register_year = ${placeholder('registerYear')})`

const insert = statement('insert_report', insertSql())

function insertSql(): SQL {
  const columns = Object.entries(getTableColumns(reports)).filter(([, column]) => !column.generated)
  const values: SQL[] = columns.map(([name]) => {
    if (name === 'version') return sql`1`
    return name === 'registerNumber' ? numberTaken : sql`${placeholder(name)}`
  })
  const names = columns.map(([, column]) => sql.identifier(column.name))
  return sql`INSERT INTO ${reports} (${sql.join(names, sql`, `)}) VALUES (${sql.join(values, sql`, `)}) RETURNING ${stored}`
}

export async function insertReport(tx: Transaction, report: NewReport): Promise<StoredReport> {
  const [row] = await tx.run<StoredReport & Record<string, unknown>>(insert, report)
  if (!row) throw new Error('The report was not inserted')
  return row
}
