import { eq, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues, visible } from '../access/scope.ts'
import type { Tier } from '../access/vocabulary.ts'
import { tellingOf, tellingValues, toldRead } from '../audit/told-reads.ts'
import { type Statement, statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { reports } from '../reports/table.ts'
import { situationDocument } from './document.ts'
import { situationReports as r } from './table.ts'

const { placeholder } = sql

/** A situation report as it leaves: JSON text, with what its ETag is made of. */
export interface StoredSituation {
  id: string
  version: number
  document: string
}
type Row = StoredSituation & Record<string, unknown>

/** What of a situation report is locked for a correction. */
export interface LockedSituation extends StoredSituation {
  officeCode: string
  provinceCode: string | null
  regencyCode: string | null
  /** Rank, 0 to 3. */
  handling: number
  dueAt: Date | null
}

const stored = (tier: Tier) => sql`${r.id}, ${r.version}, ${situationDocument(tier)} AS document`
const place = sql`${r.officeCode} AS "officeCode", ${r.provinceCode} AS "provinceCode", ${r.regencyCode} AS "regencyCode", ${r.handling},
  ${r.dueAt} AS "dueAt"`

const byId = eq(r.id, placeholder('id'))
const findUntold = statementByTier(
  'find_situation_report',
  (tier) => sql`SELECT ${stored(tier)} FROM ${r} WHERE ${visible(tier, r, byId)}`,
)
const findTold = statementByTier('find_situation_report_told', (tier) =>
  toldRead('told', {
    query: sql`SELECT ${stored(tier)}, ${r.handling} FROM ${r} WHERE ${visible(tier, r, byId)}`,
    columns: sql`id, version, document`,
    type: 'situation_report',
  }),
)

/** Within a transaction; the audit is told of what is secret. Undefined for what is missing or not to be seen. */
export async function findSituationIn(
  tx: Transaction,
  context: Omit<Context, 'db'>,
  id: string,
): Promise<StoredSituation | undefined> {
  const { statement: query, values } = findStatement(context, id)
  const [found] = await tx.run<Row>(query, values)
  return found
}

/** What the caller has just written, of which nobody need be told that they read it. */
export async function readBack(tx: Transaction, { scope }: Caller, id: string): Promise<StoredSituation> {
  const [found] = await tx.run<Row>(findUntold[scope.tier], { ...scopeValues(scope), id })
  if (!found) throw new Error(`The situation report ${id} was not written`)
  return found
}

/** @throws DomainError situation_report_not_found for what is missing and for what the caller may not see alike */
export async function findSituationReport(context: Context, id: string): Promise<StoredSituation> {
  const { statement: query, values } = findStatement(context, id)
  const [found] = await context.db.read<Row>(context.caller, query, values)
  if (!found) throw new DomainError('situation_report_not_found', { id })
  return found
}

function findStatement(
  context: Omit<Context, 'db'>,
  id: string,
): { statement: Statement; values: Record<string, unknown> } {
  const { scope } = context.caller
  const query = tellingOf(context.caller) === 'untold' ? findUntold : findTold
  return { statement: query[scope.tier], values: { ...scopeValues(scope), ...tellingValues(context), id } }
}

const samePeriod: SQL = sql`${r.kind} = ${placeholder('kind')} AND ${r.period} = ${placeholder('period')}
  AND ${r.officeCode} = ${placeholder('office')} AND ${r.exercise} = ${placeholder('exercise')}`
const findOwn = statementByTier(
  'find_situation_report_of_period',
  (tier) => sql`SELECT ${r.id}, fingerprint FROM ${r}
  WHERE ${visible(tier, r, samePeriod)}`,
)
/** What the caller's office has posted for a period, if the caller may see it. */
export async function findOfPeriod(
  tx: Transaction,
  { scope }: Caller,
  { kind, period, exercise }: { kind: string; period: string; exercise: boolean },
): Promise<{ id: string; fingerprint: Buffer } | undefined> {
  const values = { ...scopeValues(scope), kind, period, exercise, office: scope.region }
  const [found] = await tx.run<{ id: string; fingerprint: Buffer }>(findOwn[scope.tier], values)
  return found
}

// Row-level security lets an office lock its own alone. What it holds then is read by a statement of its own: one that waited for the
// lock would not see what was changed meanwhile.
const lock = statementByTier(
  'lock_situation_report',
  (tier) =>
    sql`SELECT ${r.id} FROM ${r} WHERE ${visible(tier, r, byId, sql`${r.officeCode} = ${placeholder('region')}`)} FOR UPDATE OF ${r}`,
)
const read = statementByTier(
  'read_situation_report',
  (tier) => sql`SELECT ${stored(tier)}, ${place} FROM ${r} WHERE ${visible(tier, r, byId)}`,
)

/**
 * Holds a situation report of the caller's own office until the transaction ends.
 * @throws DomainError situation_report_not_found, not_in_charge for one of another office that the caller sees
 */
export async function lockOwnSituation(tx: Transaction, { scope }: Caller, id: string): Promise<LockedSituation> {
  const values = { ...scopeValues(scope), id }
  const [[locked], [found]] = await Promise.all([
    tx.run(lock[scope.tier], values),
    tx.run<LockedSituation & Record<string, unknown>>(read[scope.tier], values),
  ])
  if (!found) throw new DomainError('situation_report_not_found', { id })
  if (!locked) throw new DomainError('not_in_charge')
  return found
}

const seenReports = statementByTier(
  'find_reports_seen',
  (tier) =>
    sql`SELECT ${reports.id} FROM ${reports} WHERE ${visible(tier, reports, sql`${reports.id} = ANY (${placeholder('ids')}::uuid[])`)}`,
)

/** Which of these reports the caller sees. */
export async function findReportsSeen(
  tx: Transaction,
  { scope }: Caller,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx.run<{ id: string }>(seenReports[scope.tier], { ...scopeValues(scope), ids })
  return new Set(rows.map(({ id }) => id))
}

const dropSources = statementByTier(
  'drop_situation_sources',
  (
    tier,
  ) => sql`DELETE FROM situation_report_sources WHERE situation_report_id = ${placeholder('id')} AND NOT report_id = ANY (${placeholder('ids')}::uuid[])
    AND report_id IN (SELECT ${reports.id} FROM ${reports} WHERE ${visible(tier, reports)})`,
)
const addSources = statementByTier(
  'add_situation_sources',
  (
    tier,
  ) => sql`INSERT INTO situation_report_sources (situation_report_id, office_code, situation_handling, report_id, region_code, handling)
  SELECT s.id, s.office_code, s.handling, ${reports.id}, ${reports.regionCode}, ${reports.handling} FROM situation_reports s, ${reports}
  WHERE s.id = ${placeholder('id')} AND ${visible(tier, reports, sql`${reports.id} = ANY (${placeholder('ids')}::uuid[])`)}
  ORDER BY ${reports.id} ON CONFLICT (situation_report_id, report_id) DO NOTHING`,
)

/** Sets the reports that it rests on, among those that the caller sees; others stay as they are. */
export async function setSources(
  tx: Transaction,
  { scope }: Caller,
  id: string,
  ids: readonly string[],
): Promise<void> {
  const values = { ...scopeValues(scope), id, ids }
  await Promise.all([tx.run(dropSources[scope.tier], values), tx.run(addSources[scope.tier], values)])
}

const receive = statement(
  'insert_situation_receipt',
  sql`INSERT INTO situation_report_receipts (kind, period, office_code, received_at)
  VALUES (${placeholder('kind')}, ${placeholder('period')}, ${placeholder('office')}, ${placeholder('now')})`,
)

/** Tells all who look after the office that it has reported, and nothing of what. */
export async function insertReceipt(
  tx: Transaction,
  receipt: { kind: string; period: string; office: string; now: Date },
): Promise<void> {
  await tx.run(receive, receipt)
}
