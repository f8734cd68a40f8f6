import { headText } from '../audit/chain.ts'
import type { LockSession } from '../database/lock-session.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { readProgress, sequenceAll, sequenceBatch } from '../events/sequencer.ts'
import { keepGoing } from './keep-going.ts'
import type { WorkerLog } from './worker-log.ts'

/**
 * Milliseconds: how soon the sequencer looks again after it found something, after it found nothing, and while another
 * process does the work; how long that one may stand still; and how often it says how far it is.
 */
const rests = { busy: 50, idle: 250, other: 2_000, stuck: 10_000, report: 60_000 }

/** More rows than this that wait are worth a warning. */
const muchWaits = 5_000

/** Batches that are still worked off when the process stops. */
const lastBatches = 20

interface Sequencing {
  db: WorkDoor
  locks: LockSession
  log: WorkerLog
  signal: AbortSignal
}

/**
 * Numbers and chains until it is told to stop, while no other process does. Where another one holds the lock and nothing moves
 * all the same, it does the work without: no two can number one row, since each batch holds the row of its stream.
 */
export async function runSequencer({ db, locks, log, signal }: Sequencing): Promise<void> {
  const report = reporter(db, log)
  const isStuck = watch(db)
  const turn = async () => {
    if (!(await locks.hold('sequencer'))) {
      await report()
      if (!(await isStuck())) return rests.other
      log.warn({}, 'another process holds the sequencer and does nothing')
    }
    const { rows, more } = await sequenceBatch(db)
    await report()
    if (more) return 0
    return rows === 0 ? rests.idle : rests.busy
  }
  await keepGoing({ name: 'the sequencer', turn, log, signal })
  await sequenceAll(db, lastBatches).catch((error) => log.warn({ err: error }, 'not all was numbered before the stop'))
}

/** Whether rows wait and neither stream has moved for a while. */
function watch(db: WorkDoor): () => Promise<boolean> {
  const last = { at: performance.now(), head: '' }
  return async () => {
    const { events, audit, waiting } = await readProgress(db)
    const head = `${events} ${headText(audit)}`
    if (head !== last.head || waiting.events + waiting.audit === 0) Object.assign(last, { at: performance.now(), head })
    return performance.now() - last.at >= rests.stuck
  }
}

/** Says the head of the chain now and then, so that a copy of it lies in the log, outside the database. */
function reporter(db: WorkDoor, log: WorkerLog): () => Promise<void> {
  const last = { at: Number.NEGATIVE_INFINITY, head: '' }
  return async () => {
    const now = performance.now()
    if (now - last.at < rests.report) return
    last.at = now
    const { events, audit, waiting } = await readProgress(db)
    const head = headText(audit)
    const about = { events, auditHead: head, waiting }
    if (waiting.events + waiting.audit > muchWaits) log.warn(about, 'the sequencer lags behind')
    else if (head !== last.head) log.info(about, 'the head of the audit chain')
    last.head = head
  }
}
