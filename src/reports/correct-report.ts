import { z } from 'zod'
import { type Caller, callerFor, type Scope } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { type Handling, officeLevelOf } from '../access/vocabulary.ts'
import { DomainError } from '../errors.ts'
import { faultsOf } from '../http/contract/fault-of-issue.ts'
import { formatTimestamp } from '../http/timestamps.ts'
import { fingerprintOf } from '../idempotency/keys.ts'
import type { Reference } from '../reference/store.ts'
import { changeHandling, requireReason } from './change-handling.ts'
import { changeReport, readUnchanged } from './change-report.ts'
import { refuseWhatIsNotTheirs } from './content-faults.ts'
import { classifiedRow, contentRow, timedRow } from './content-row.ts'
import { CorrectReport } from './correction-schemas.ts'
import { correct, correctAndClassify } from './correction-statements.ts'
import { dueAt } from './deadlines.ts'
import { assertMayCorrect } from './lifecycle.ts'
import { type LockedReport, lockReport } from './locked-report.ts'
import { mergePatch } from './merge-patch.ts'
import type { ReportSettings } from './new-report.ts'
import type { StoredReport } from './queries.ts'
import { SubmitReport } from './schemas.ts'

type Wire = Record<string, unknown>

/**
 * Makes a new revision of a report: the posting office while it is submitted, later the holding level with a reason. Another
 * time or place classifies it again, by the calendar in force. What changes nothing makes no revision. The handling is
 * changed on its own (see `changeHandling`).
 * @param ifMatch ETag of the version that is corrected, or `*`
 * @throws DomainError report_not_found, version_stale, not_in_charge, transition_not_allowed, body_invalid
 */
export async function correctReport(
  context: Context & { settings: ReportSettings },
  { id, ifMatch, patch }: { id: string; ifMatch: string; patch: CorrectReport },
): Promise<StoredReport> {
  const { reason = null, ...members } = z.encode(CorrectReport, patch) as Wire & { reason?: string | null }
  const caller = callerFor(context.caller, 'reports:submit')
  refuseMixture(members)
  return context.db.transaction(caller, async (tx, reference) => {
    const report = await lockReport(tx, caller, id, ifMatch)
    const by = { ...context, caller }
    if ('handling' in members) return changeHandling(by, tx, report, { handling: handlingOf(members), reason })
    const { reasonNeeded } = assertMayCorrect(caller, report)
    const before = toldOf(report)
    const corrected = parseTold(mergePatch(before, members))
    if (isSame(corrected, before)) return readUnchanged(by, tx, report)
    refuseOtherMark(corrected, report)
    refuseWhatIsNotTheirs(corrected, postersScope(caller, report), reference)
    if (reasonNeeded) requireReason(reason)
    const moved = hasMoved(corrected, before)
    const statement = moved ? correctAndClassify : correct
    const values = correctedRow(corrected, report, { ...context, reference: moved ? reference : null })
    return changeReport(by, tx, report, { action: 'corrected', statement, values, reason })
  })
}

/** A change of handling has its own rules: beside others it could not be told on its own. */
function refuseMixture(members: Wire): void {
  if (!('handling' in members) || Object.keys(members).length === 1) return
  throw new DomainError('body_invalid', {}, [{ pointer: '/handling', code: 'must_stand_alone' }])
}

/** Whether an incident was an exercise is said by the original of a duplicate: as another it would count nowhere, or twice. */
function refuseOtherMark({ exercise }: SubmitReport, report: LockedReport): void {
  if (!report.isDuplicate || exercise === report.exercise) return
  throw new DomainError('body_invalid', {}, [{ pointer: '/exercise', code: 'as_its_original' }])
}

/** Taken back, it is what a report has that says nothing of it. */
function handlingOf({ handling }: Wire): Handling {
  return SubmitReport.shape.handling.parse(handling ?? undefined)
}

/** What the office told, as it would post it now. */
function toldOf({ document }: LockedReport): Wire {
  const { occurredAt, occurredAtOffset, ...members } = JSON.parse(document) as Wire
  const told = Object.keys(SubmitReport.shape).map((name) => [name, members[name]])
  const instant = new Date(String(occurredAt))
  return { ...Object.fromEntries(told), occurredAt: formatTimestamp(instant, String(occurredAtOffset)) }
}

/** @throws DomainError body_invalid naming what the corrected report lacks */
function parseTold(told: unknown): SubmitReport {
  const parsed = SubmitReport.safeParse(told)
  if (parsed.success) return parsed.data
  throw new DomainError('body_invalid', {}, faultsOf('body', parsed.error.issues, told))
}

function isSame(corrected: SubmitReport, before: Wire): boolean {
  return fingerprintOf(z.encode(SubmitReport, corrected)).equals(fingerprintOf(before))
}

function hasMoved({ location, occurredAt }: SubmitReport, before: Wire): boolean {
  const { regionCode, coordinates } = before.location as SubmitReport['location']
  return (
    location.regionCode !== regionCode ||
    String(location.coordinates) !== String(coordinates) ||
    occurredAt.instant.getTime() !== Date.parse(String(before.occurredAt))
  )
}

/** A report stays within the region of the office that posted it, whoever corrects it. */
function postersScope({ scope }: Caller, { officeCode }: LockedReport): Scope {
  return { ...scope, tier: officeLevelOf(officeCode), region: officeCode }
}

function correctedRow(
  corrected: SubmitReport,
  report: LockedReport,
  { now, settings, reference }: { now: Date; settings: ReportSettings; reference: Reference | null },
) {
  return {
    ...contentRow(corrected),
    ...timedRow(corrected, report.receivedAt, settings.lateAfterHours),
    ...(reference && classifiedRow(corrected, now, reference)),
    dueAt: dueAt(settings.deadlines, { ...report, urgency: corrected.urgency }),
  }
}
