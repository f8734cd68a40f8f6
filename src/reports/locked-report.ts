import { eq, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { assertIfMatch, etagOf } from '../http/etag.ts'
import { reportDocument } from './document.ts'
import type { Standing } from './lifecycle.ts'
import { reportMembers } from './schemas.ts'
import { reports as r } from './table.ts'

const { placeholder } = sql

/** A report as it stands, locked until the transaction ends. */
export interface LockedReport extends Standing {
  id: string
  version: number
  regionCode: string
  provinceCode: string | null
  regencyCode: string | null
  /** Rank, 0 to 3. */
  handling: number
  urgency: string
  /** When its present holder got it. */
  heldSince: Date
  receivedAt: Date
  outcome: string | null
  exercise: boolean
  /** Statistics leave it out for the sake of the original that a link names. */
  isDuplicate: boolean
  /** JSON text of the wire, every member. */
  document: string
}

type Row = Omit<LockedReport, 'authors'> & { submittedBy: string }

const columns: SQL = sql`${r.id}, ${r.version}, ${r.status}, ${r.level}, ${r.officeCode} AS "officeCode", ${r.regionCode} AS "regionCode",
  ${r.provinceCode} AS "provinceCode", ${r.regencyCode} AS "regencyCode", ${r.handling}, ${r.urgency}, ${r.heldSince} AS "heldSince",
  ${r.verifiedAt} AS "verifiedAt", ${r.receivedAt} AS "receivedAt", ${r.outcome},
  ${r.exercise}, ${r.isDuplicate} AS "isDuplicate", ${reportDocument(reportMembers)}::text AS document,
  ${r.submittedBy} AS "submittedBy"`

const lock = statementByTier('lock_report', (tier) => {
  const where = visible(tier, r, eq(r.id, placeholder('id')))
  return sql`SELECT ${columns} FROM ${r} WHERE ${where} FOR UPDATE OF ${r}`
})

// A statement of its own: one that waited for the lock would not see who changed the report meanwhile.
const listCorrectors = statement(
  'list_correctors',
  sql`SELECT DISTINCT actor FROM report_revisions WHERE report_id = ${placeholder('id')} AND action = 'corrected'`,
)

/**
 * Finds a report within the caller's scope and holds it until the transaction ends.
 * @param ifMatch ETag of the version that the caller has read, or `*`
 * @throws DomainError report_not_found, version_stale
 */
export async function lockReport(
  tx: Transaction,
  { scope }: Pick<Caller, 'scope'>,
  id: string,
  ifMatch: string,
): Promise<LockedReport> {
  const [[row], correctors] = await Promise.all([
    tx.run<Row>(lock[scope.tier], { ...scopeValues(scope), id }),
    tx.run<{ actor: string }>(listCorrectors, { id }),
  ])
  if (!row) throw new DomainError('report_not_found', { id })
  assertIfMatch(ifMatch, etagOf(row.id, row.version))
  const { submittedBy, ...report } = row
  return { ...report, authors: [submittedBy, ...correctors.map(({ actor }) => actor)] }
}
