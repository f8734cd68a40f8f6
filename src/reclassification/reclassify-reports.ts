import type { Actor } from '../audit/append-audit.ts'
import type { Transaction } from '../database/transaction.ts'
import type { WorkDoor } from '../database/work-door.ts'
import type { Reference } from '../reference/store.ts'
import { classifiedAnew } from './classified-anew.ts'
import { awaitEarlier, claimRun, type Position, type Run, setProgress } from './run-queries.ts'
import { holdReports, storeClassifications } from './store-classifications.ts'
import { type ClassifiedReport, listReports, listReportsById } from './walk-queries.ts'

/** Reports in one transaction: short enough that nobody waits for it. */
const batch = 200

/** What the worker classifies by: the reference data as it holds it, once it has read it, and a way to read it anew. */
export interface ReferenceInForce {
  current(): Reference | undefined
  refresh(): Promise<unknown>
}

/** What a batch came to. */
export interface Reclassifying {
  /** `idle`: nothing to do. `waiting`: for transactions that began before the request, or for who changes a report. */
  state: 'idle' | 'waiting' | 'working' | 'finished'
  run: Pick<Run, 'id' | 'lookedAt' | 'changed'> | null
}

/**
 * One batch of the oldest run that is not finished, in one transaction: it looks at the next reports, and where the newest
 * reference data says otherwise makes their next version. It may be broken off at any point and run again, also twice at
 * once: the run stands where its last batch that was committed has left it.
 */
export async function reclassifyBatch(
  { db, reference }: { db: WorkDoor; reference: ReferenceInForce },
  now: Date,
): Promise<Reclassifying> {
  const by = reclassifier(now)
  const done = await db
    .workAs('worker', { client: by.clientId, actor: by.subject }, (tx) => goOn(tx, by, reference.current()))
    .catch((error) => {
      if (!isReplaced(error)) throw error
      return null
    })
  if (done) return done
  await reference.refresh()
  return { state: 'working', run: null }
}

/** @returns null where the reference data is not read yet, or has changed: nothing was done */
async function goOn(tx: Transaction, by: Actor, reference: Reference | undefined): Promise<Reclassifying | null> {
  const { run, revision } = await claimRun(tx)
  if (!run) return { state: 'idle', run }
  if (run.startedAt === null && run.waits) {
    await awaitEarlier(tx, run)
    return { state: 'waiting', run }
  }
  if (reference?.revision !== revision) return null
  const isWalking = run.stretch < run.touched.length
  const page = isWalking ? await walk(tx, run) : await comeAgain(tx, run)
  const { changed, left } = await classifyAgain(tx, by, { reports: page.reports, reference })
  const again = [...page.again, ...left]
  const next = { ...run, ...page.position, again, changed: run.changed + changed }
  const lookedAt = isWalking ? run.lookedAt + page.reports.length : run.lookedAt
  const isFinished = next.stretch >= run.touched.length && again.length === 0
  const startedAt = run.startedAt ?? by.now
  const progress = { ...next, lookedAt, startedAt, finishedAt: isFinished ? by.now : null }
  await setProgress(tx, progress)
  const isStuck = !isWalking && changed === 0 && left.length === page.reports.length
  return { state: isFinished ? 'finished' : isStuck ? 'waiting' : 'working', run: progress }
}

interface Page {
  reports: ClassifiedReport[]
  position: Position
  again: string[]
}

/** The next reports of the stretch; a page that is not full is its last. */
async function walk(tx: Transaction, run: Run): Promise<Page> {
  const { stretch, again } = run
  const walked = run.touched[stretch]
  const reports = walked ? await listReports(tx, walked, run, batch) : []
  const last = reports.at(-1)
  if (!last || reports.length < batch)
    return { reports, again, position: { stretch: stretch + 1, afterOccurredAt: null, afterId: null } }
  return { reports, again, position: { stretch, afterOccurredAt: last.occurredAt, afterId: last.id } }
}

/** Reports that others were changing before. */
async function comeAgain(tx: Transaction, { stretch, again }: Run): Promise<Page> {
  const reports = await listReportsById(tx, again.slice(0, batch))
  return { reports, again: again.slice(batch), position: { stretch, afterOccurredAt: null, afterId: null } }
}

/**
 * Locks those that are classified otherwise now, and no others. What is being changed at this moment is left for later.
 * @returns how many are of a new version, and the ids of those left
 */
async function classifyAgain(
  tx: Transaction,
  by: Actor,
  { reports, reference }: { reports: readonly ClassifiedReport[]; reference: Reference },
): Promise<{ changed: number; left: string[] }> {
  const differing = reports.filter((report) => classifiedAnew(report, by.now, reference)).map(({ id }) => id)
  const held = await holdReports(tx, differing)
  // Asked again of what is locked: it may have been corrected in between.
  const found = held.flatMap((report) => {
    const classification = classifiedAnew(report, by.now, reference)
    return classification ? [{ report, classification }] : []
  })
  await storeClassifications(tx, by, found)
  const ids = new Set(held.map(({ id }) => id))
  return { changed: found.length, left: differing.filter((id) => !ids.has(id)) }
}

/** A calendar was put in force while the batch was under way. */
function isReplaced(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'WSP01'
}

function reclassifier(now: Date): Actor & { clientId: 'system:worker' } {
  const trace = { requestId: 'worker', operation: 'reclassify-reports' }
  const nowhere = { office: null, agency: null, breakGlassId: null }
  return { clientId: 'system:worker', subject: 'reclassification', ...nowhere, trace, now }
}
