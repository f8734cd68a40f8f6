import { type Column, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Scope } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues, visible } from '../access/scope.ts'
import type { Tier } from '../access/vocabulary.ts'
import { type Telling, tellingOf, tellingValues, toldRead } from '../audit/told-reads.ts'
import { type Statement, statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { allFlags, reportNumber } from './document.ts'
import { placed } from './queries.ts'
import { type NewReport, reports } from './table.ts'
import type { Flag } from './vocabulary.ts'

const { placeholder } = sql

/** What the answer to a batch tells of a report that stands. */
export interface StandingReport {
  id: string
  number: string
  version: number
  flags: Flag[]
}

type Row = StandingReport & Record<string, unknown>

const numbered = sql`${reportNumber} AS number, ${allFlags} AS flags`
const among = sql`${reports.id} = ANY (${placeholder('ids')}::uuid[])`

const list: Record<Telling, Record<Tier, Statement>> = {
  untold: listBy('untold'),
  told: listBy('told'),
  through_glass: listBy('through_glass'),
}

function listBy(telling: Telling): Record<Tier, Statement> {
  return statementByTier(`list_standing_${telling}`, (tier) => {
    const where = visible(tier, reports, among)
    if (telling === 'untold')
      return sql`SELECT ${reports.id}, ${reports.version}, ${numbered} FROM ${reports} WHERE ${where}`
    const query = sql`SELECT ${placed}, ${numbered} FROM ${reports} WHERE ${where}`
    return toldRead(telling, { query, columns: sql`id, version, number, flags` })
  })
}

/** Those of the reports that the caller may see, by id; whoever reads of a secret one is told of to the audit. */
export async function listStandingIn(
  tx: Transaction,
  context: Context,
  ids: readonly string[],
): Promise<Map<string, StandingReport>> {
  if (ids.length === 0) return new Map()
  const { scope } = context.caller
  const query = list[tellingOf(context.caller)][scope.tier]
  return byId(await tx.run<Row>(query, { ...scopeValues(scope), ...tellingValues(context), ids }))
}

const listIds = statementByTier(
  'list_visible_ids',
  (tier) => sql`SELECT ${reports.id} FROM ${reports} WHERE ${visible(tier, reports, among)}`,
)

/** Which of the reports the caller may see: nothing of them is shown, so nobody is told. */
export async function listVisibleIn(tx: Transaction, scope: Scope, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx.run<{ id: string }>(listIds[scope.tier], { ...scopeValues(scope), ids })
  return new Set(rows.map(({ id }) => id))
}

const takeNumbers = statement(
  'take_register_numbers',
  sql`INSERT INTO report_registers AS r (office_code, register_year, last_number)
  VALUES (${placeholder('officeCode')}, ${placeholder('registerYear')}, ${placeholder('count')}::integer)
  ON CONFLICT (office_code, register_year) DO UPDATE SET last_number = r.last_number + excluded.last_number`,
)

/** As takeRegisterNumber: the reports inserted next get the numbers, in their order. */
export async function takeRegisterNumbers(
  tx: Transaction,
  scope: Scope,
  registerYear: number,
  count: number,
): Promise<void> {
  await tx.run(takeNumbers, { officeCode: scope.region, registerYear, count })
}

const inserted = Object.entries(getTableColumns(reports)).filter(([, column]) => !column.generated)
/** Version and number are given here; all else is in the rows. */
const given = inserted.filter(([name]) => name !== 'version' && name !== 'registerNumber')
const insert = statement('insert_reports', insertSql())

function insertSql(): SQL {
  const names = inserted.map(([, column]) => sql.identifier(column.name))
  const values = inserted.map(([name, column]) => {
    if (name === 'version') return sql`1`
    return name === 'registerNumber'
      ? sql`taken.last_number - ${placeholder('count')}::integer + n.ordinal`
      : insertedValue(column)
  })
  const columns = given.map(([, column]) => sql`${sql.identifier(column.name)} ${sql.raw(sentAs(column))}`)
  return sql`INSERT INTO ${reports} (${sql.join(names, sql`, `)})
    SELECT ${sql.join(values, sql`, `)}
    FROM report_registers taken, json_to_recordset(${placeholder('rows')}::json) AS n (ordinal integer, ${sql.join(columns, sql`, `)})
    WHERE taken.office_code = ${placeholder('officeCode')} AND taken.register_year = ${placeholder('registerYear')}
    RETURNING ${reports.id}, ${reports.version}, ${numbered}`
}

/** JSON within the rows is text: it is stored as it was written. */
function sentAs(column: Column): string {
  return isJson(column) ? 'text' : column.getSQLType()
}

function insertedValue(column: Column): SQL {
  const value = sql`n.${sql.identifier(column.name)}`
  return isJson(column) ? sql`${value}::${sql.raw(column.getSQLType())}` : value
}

function isJson(column: Column): boolean {
  return column.getSQLType().startsWith('json')
}

/** Inserts reports of one office and year, one at least, under the numbers that were taken for them. */
export async function insertReports(tx: Transaction, rows: readonly NewReport[]): Promise<Map<string, StandingReport>> {
  const [{ officeCode, registerYear } = { officeCode: '', registerYear: 0 }] = rows
  const sent = rows.map((row, index) => ({
    ordinal: index + 1,
    ...Object.fromEntries(given.map(([name, column]) => [column.name, row[name as keyof NewReport]])),
  }))
  return byId(await tx.run<Row>(insert, { officeCode, registerYear, count: rows.length, rows: JSON.stringify(sent) }))
}

function byId(rows: readonly Row[]): Map<string, StandingReport> {
  return new Map(rows.map((row) => [row.id, row]))
}
