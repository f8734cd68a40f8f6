import { v7 as uuidv7 } from 'uuid'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { appendEvent } from '../events/append-event.ts'
import { claimKey, fingerprintOf, type IdempotencyKey, KeyInUse } from '../idempotency/keys.ts'
import { refuseWhatIsNotTheirs } from './content-faults.ts'
import { newReport, type ReportSettings } from './new-report.ts'
import { insertReport, type StoredReport, takeRegisterNumber } from './queries.ts'
import { replayReport } from './replay-report.ts'
import type { SubmitReport } from './schemas.ts'

/** What the keys of reports belong to, however the reports are sent. */
export const submitOperation = 'submitReport'

export interface Submission {
  report: StoredReport
  /** True when this very report had been posted before. */
  replayed: boolean
}

/**
 * An office posts a report: it is numbered, classified by election stage and region, and stored with its audit and its event.
 * Sent again with the same `clientReference` or Idempotency-Key, it answers with the report that stands.
 * @throws DomainError body_invalid, reference_conflict, idempotency_conflict
 */
export async function submitReport(
  context: Context & { settings: ReportSettings },
  given: SubmitReport,
  idempotencyKey: string | undefined,
): Promise<Submission> {
  const { db, now, settings } = context
  const caller = callerFor(context.caller, 'reports:submit')
  const keys = keysOf(given, idempotencyKey)
  const fingerprint = fingerprintOf(given)
  try {
    const report = await db.transaction(caller, async (tx, reference) => {
      refuseWhatIsNotTheirs(given, caller.scope, reference)
      const row = newReport(given, { id: uuidv7(), caller, now, reference, settings })
      // All in one flight: the register's row is locked for as long as the server works, and not for a round trip more.
      const claims = keys.map((key) => claimKey(tx, caller.scope, key, { fingerprint, resourceId: row.id, now }))
      const number = takeRegisterNumber(tx, caller.scope, row.registerYear)
      const inserted = insertReport(tx, row)
      const version = 1
      const audit = appendAudit(tx, actorOf({ ...context, caller }), {
        action: 'report.submitted',
        resource: { type: 'report', id: row.id, version, handling: row.handling },
      })
      const event = appendEvent(tx, { type: 'report.submitted', subject: { ...row, version }, caller, occurredAt: now })
      const change = Promise.all([number, inserted, audit, event, tx.commit()])
      // A key in use fails all that follows it: its own failure is the one to hear of.
      change.catch(() => {})
      await Promise.all(claims)
      await change
      return inserted
    })
    return { report, replayed: false }
  } catch (error) {
    if (!(error instanceof KeyInUse)) throw error
    return { report: await replayed({ ...context, caller }, keys, fingerprint), replayed: true }
  }
}

/** Tried again where another post takes one of the keys in between: by then that key is known. */
async function replayed(context: Context, keys: IdempotencyKey[], fingerprint: Buffer): Promise<StoredReport> {
  try {
    return await replayReport(context, keys, fingerprint)
  } catch (error) {
    if (!(error instanceof KeyInUse)) throw error
    return replayReport(context, keys, fingerprint)
  }
}

/** The office's own reference first, in every process alike, so that two posts never wait for each other in a ring. */
function keysOf(given: SubmitReport, idempotencyKey: string | undefined): IdempotencyKey[] {
  const keys: IdempotencyKey[] = []
  if (given.clientReference !== null)
    keys.push({ kind: 'reference', operation: submitOperation, key: given.clientReference })
  if (idempotencyKey !== undefined) keys.push({ kind: 'header', operation: submitOperation, key: idempotencyKey })
  return keys
}
