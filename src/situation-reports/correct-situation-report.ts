import { sql } from 'drizzle-orm'
import { type Caller, callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { handlingLevels, handlingRank } from '../access/vocabulary.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { appendEvent } from '../events/append-event.ts'
import { faultsOf } from '../http/contract/fault-of-issue.ts'
import { assertIfMatch, etagOf } from '../http/etag.ts'
import { fingerprintOf } from '../idempotency/keys.ts'
import { mergePatch } from '../reports/merge-patch.ts'
import { changesBetween } from '../reports/revisions.ts'
import {
  findReportsSeen,
  findSituationIn,
  type LockedSituation,
  lockOwnSituation,
  readBack,
  type StoredSituation,
  setSources,
} from './queries.ts'
import { Correctable, type CorrectSituationReport } from './schemas.ts'
import { unknownReports } from './situation-faults.ts'
import { insertSituationRevision } from './situation-revisions.ts'

const { placeholder } = sql

/** A correction of the version that the caller has read. */
interface Correction {
  id: string
  /** ETag of the version, or `*`. */
  ifMatch: string
  patch: CorrectSituationReport
}

/**
 * The office that reported makes a new version of its report, once the deadline has passed with a reason. When it was
 * received, and so whether it came in time, stays. What changes nothing makes no version.
 * @throws DomainError situation_report_not_found, not_in_charge, version_stale, body_invalid
 */
export async function correctSituationReport(
  context: Context,
  { id, ifMatch, patch }: Correction,
): Promise<StoredSituation> {
  const { reason = null, ...members } = patch
  const caller = callerFor(context.caller, 'reports:submit')
  return context.db.transaction(caller, async (tx) => {
    const before = await lockOwnSituation(tx, caller, id)
    assertIfMatch(ifMatch, etagOf(before.id, before.version))
    const told = toldOf(before)
    const corrected = parseTold(mergePatch(told, members))
    await refuseFaults(tx, caller, { before, corrected, named: members.reports ?? [] })
    if (isSame(corrected, told)) return readUnchanged({ ...context, caller }, tx, before)
    if (reason === null && before.dueAt !== null && context.now > before.dueAt)
      throw new DomainError('body_invalid', {}, [{ pointer: '/reason', code: 'required' }])
    if (members.reports !== undefined) await setSources(tx, caller, id, corrected.reports)
    return change({ ...context, caller }, tx, before, { corrected, reason })
  })
}

/** Where nothing was to be changed it is shown all the same, and so told as a read. */
async function readUnchanged(context: Context, tx: Transaction, { id }: LockedSituation): Promise<StoredSituation> {
  const found = await findSituationIn(tx, context, id)
  if (!found) throw new Error(`Situation report ${id} is locked and not found`)
  return found
}

/** What of the report can be corrected, as the caller sees it. */
function toldOf({ document }: LockedSituation): Record<string, unknown> {
  const members = JSON.parse(document) as Record<string, unknown>
  return Object.fromEntries(Object.keys(Correctable.shape).map((name) => [name, members[name]]))
}

/** @throws DomainError body_invalid naming what the corrected report lacks */
function parseTold(told: unknown): Correctable {
  const parsed = Correctable.safeParse(told)
  if (parsed.success) return { ...parsed.data, reports: [...parsed.data.reports].sort() }
  throw new DomainError('body_invalid', {}, faultsOf('body', parsed.error.issues, told))
}

function isSame(corrected: Correctable, told: Record<string, unknown>): boolean {
  return fingerprintOf(corrected).equals(fingerprintOf(told))
}

interface Checked {
  before: LockedSituation
  corrected: Correctable
  /** The reports that the correction names itself. */
  named: readonly string[]
}

/** @throws DomainError body_invalid, all faults at once */
async function refuseFaults(tx: Transaction, caller: Caller, { before, corrected, named }: Checked): Promise<void> {
  const faults = unknownReports(named, await findReportsSeen(tx, caller, named))
  const rank = handlingRank(corrected.handling)
  const allowed = handlingLevels.slice(before.handling).join(', ')
  if (rank < before.handling) faults.push({ pointer: '/handling', code: 'not_allowed', params: { allowed } })
  if (rank > caller.scope.clearance) faults.push({ pointer: '/handling', code: 'handling_above_clearance' })
  if (faults.length > 0) throw new DomainError('body_invalid', {}, faults)
}

const update = statement(
  'correct_situation_report',
  sql`UPDATE situation_reports SET version = version + 1, handling = ${placeholder('handling')}, nothing_to_report = ${placeholder('nothingToReport')},
    situation = ${placeholder('situation')}, sections = ${placeholder('sections')} WHERE id = ${placeholder('id')}`,
)

async function change(
  context: Context,
  tx: Transaction,
  before: LockedSituation,
  { corrected, reason }: { corrected: Correctable; reason: string | null },
): Promise<StoredSituation> {
  const { caller, now } = context
  const { id } = before
  const handling = handlingRank(corrected.handling)
  const sections = corrected.sections && JSON.stringify(corrected.sections)
  const [, after] = await Promise.all([
    tx.run(update, { ...corrected, id, handling, sections }),
    readBack(tx, caller, id),
  ])
  const { before: old, after: young } = changesBetween(before.document, after.document)
  const changed = Object.keys(young)
  const { version } = after
  // Not all who see this report see those that it rests on.
  const changes = { before: { ...old, reports: undefined }, after: { ...young, reports: undefined } }
  const revision = { id, version, officeCode: before.officeCode, handling, changed, reason, changes }
  await Promise.all([
    insertSituationRevision(tx, actorOf(context), revision),
    appendAudit(tx, actorOf(context), {
      action: 'situation_report.corrected',
      resource: { type: 'situation_report', id, version, handling },
      details: { changed },
    }),
    appendEvent(tx, {
      type: 'situation_report.corrected',
      subject: { ...before, version, handling, reportId: null },
      caller,
      occurredAt: now,
    }),
    tx.commit(),
  ])
  return after
}
