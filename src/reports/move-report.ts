import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { changeReport, changeStatement } from './change-report.ts'
import { dueAt } from './deadlines.ts'
import { assertMay, stepOf, type Verb } from './lifecycle.ts'
import { lockReport } from './locked-report.ts'
import type { ReportSettings } from './new-report.ts'
import type { StoredReport } from './queries.ts'
import type { RevisionAction } from './revisions.ts'

/** A step in the life of a report, of the version that the caller has read. */
export interface Move {
  id: string
  /** ETag of the version, or `*`. */
  ifMatch: string
  /** Why, or what else there is to say. */
  reason: string | null
}

export type MoveContext = Context & { settings: ReportSettings }

const actionOf: Record<Verb, RevisionAction> = {
  withdraw: 'withdrawn',
  verify: 'verified',
  reject: 'rejected',
  escalate: 'escalated',
  return: 'returned',
  close: 'closed',
  reopen: 'reopened',
}

const move = changeStatement('move_report', ['status', 'level', 'heldSince', 'dueAt', 'verifiedAt', 'outcome'])

/**
 * Takes a report one step further as the table of its life allows; its next holder has until the deadline of its urgency.
 * @param outcome what came of it, on closing
 * @throws DomainError report_not_found, version_stale, not_in_charge, person_required, author_may_not_verify, transition_not_allowed
 */
export async function moveReport(
  context: MoveContext,
  verb: Verb,
  { id, ifMatch, reason, outcome = null }: Move & { outcome?: string | null },
): Promise<StoredReport> {
  const { db, now, settings } = context
  const caller = callerFor(context.caller, verb === 'withdraw' ? 'reports:submit' : 'reports:verify')
  return db.transaction(caller, async (tx) => {
    const report = await lockReport(tx, caller, id, ifMatch)
    assertMay(verb, caller, report)
    const next = { ...stepOf(verb, report), heldSince: now }
    const verifiedAt = verb === 'verify' ? now : report.verifiedAt
    const due = dueAt(settings.deadlines, { ...next, urgency: report.urgency })
    const values = { ...next, dueAt: due, verifiedAt, outcome }
    return changeReport({ ...context, caller }, tx, report, { action: actionOf[verb], statement: move, values, reason })
  })
}
