import { LockSession } from '../database/lock-session.ts'
import { openWorkDoor } from '../database/work-door.ts'
import { LateReference } from '../reference/store.ts'
import type { Job } from './job.ts'
import { jobs as everyJob } from './jobs.ts'
import { runCounter } from './run-counter.ts'
import { runQueue } from './run-queue.ts'
import { runReclassification } from './run-reclassification.ts'
import { runSequencer } from './run-sequencer.ts'
import type { WorkerLog } from './worker-log.ts'

/** Connections of the sequencer, of the counter, of the reclassification and of jobs. The queue and the locks have theirs beside. */
const connections = 5

export interface Worker {
  /** Lets what is under way finish. */
  stop(): Promise<void>
}

/**
 * The work in the background: the sequencer, the counter, the classification again of reports, and the jobs. Whatever goes wrong in it is logged and tried again; it never
 * ends the process.
 * @param url of the login of the worker
 */
export function startWorker({
  url,
  clock,
  log,
  jobs = everyJob,
}: {
  url: string
  clock: () => Date
  log: WorkerLog
  jobs?: readonly Job[]
}): Worker {
  const report = (error: Error) => log.error({ err: error }, 'a connection of the worker broke')
  const { db, pool, close } = openWorkDoor(url, { size: connections, report })
  const locks = new LockSession(url, report)
  const stopping = new AbortController()
  const { signal } = stopping
  const work = Promise.all([
    runSequencer({ db, locks, log, signal }),
    runCounter({ db, log, signal }),
    runReclassification({ db, reference: new LateReference(pool), locks, clock, log, signal }),
    runQueue({ url, jobs, db, locks, clock, log, signal }),
  ])
  work.catch((error) => log.error({ err: error }, 'the worker could not close its connections'))
  return {
    async stop() {
      stopping.abort()
      await work.catch(() => {})
      await Promise.allSettled([locks.close(), close()])
    },
  }
}
