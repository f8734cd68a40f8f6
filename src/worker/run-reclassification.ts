import type { LockSession } from '../database/lock-session.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { type Reclassifying, type ReferenceInForce, reclassifyBatch } from '../reclassification/reclassify-reports.ts'
import { keepGoing } from './keep-going.ts'
import type { WorkerLog } from './worker-log.ts'

/**
 * Milliseconds: between two batches, so that posts have the better part of the server; while others must end before; where
 * there is nothing to do; while another process does it; and how often it says how far it is.
 */
const rests = { working: 20, finished: 0, waiting: 250, idle: 2_000, other: 5_000, report: 30_000 }

interface Reclassification {
  db: WorkDoor
  reference: ReferenceInForce
  locks: LockSession
  clock: () => Date
  log: WorkerLog
  signal: AbortSignal
}

/** Classifies reports again whenever it is asked for, until it is told to stop, while no other process does. */
export async function runReclassification(given: Reclassification): Promise<void> {
  const { db, reference, locks, clock, log, signal } = given
  const report = reporter(log)
  const turn = async () => {
    if (!(await locks.hold('reclassification'))) return rests.other
    const done = await reclassifyBatch({ db, reference }, clock())
    report(done)
    return rests[done.state]
  }
  await keepGoing({ name: 'the reclassification', turn, log, signal })
}

/** Says now and then how far it is, that it waits for long, and when a run is finished. */
function reporter(log: WorkerLog): (done: Reclassifying) => void {
  const last = { at: performance.now() }
  return ({ state, run }) => {
    const about = run && { run: run.id, lookedAt: run.lookedAt, changed: run.changed }
    if (about && state === 'finished') log.info(about, 'reports have been classified again')
    if (performance.now() - last.at < rests.report && state !== 'finished' && state !== 'idle') return
    last.at = performance.now()
    if (about && state === 'working') log.info(about, 'reports are classified again')
    if (about && state === 'waiting')
      log.warn(about, 'the reclassification waits for changes that others have under way')
  }
}
