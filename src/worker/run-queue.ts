import { EventEmitter, once } from 'node:events'
import { parseCronItems, type Runner, run, type WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import type { LockSession } from '../database/lock-session.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { freeJobsOfTheDead } from './free-jobs-of-the-dead.ts'
import { openQueuePool, queueSchema } from './install-queue.ts'
import type { Job } from './job.ts'
import { keepGoing } from './keep-going.ts'
import { queueLogger } from './queue-logger.ts'
import type { WorkerLog } from './worker-log.ts'

/** Jobs that a process runs at once, and the connections that the queue takes for it: one listens. */
const atOnce = 2
const connections = atOnce + 2

/** Milliseconds between two looks for jobs of processes that died, and for jobs that are due. */
const rests = { dead: 15_000, poll: 2_000 }

export interface Queue {
  url: string
  jobs: readonly Job[]
  db: WorkDoor
  locks: LockSession
  clock: () => Date
  log: WorkerLog
  signal: AbortSignal
}

/** Runs jobs, each when it is due, until it is told to stop; those under way get to finish. */
export async function runQueue(queue: Queue): Promise<void> {
  const { url, locks, log, signal } = queue
  const pool = openQueuePool(url, connections, (error) => log.error({ err: error }, 'a connection of the queue broke'))
  const presence = { name: '', held: '' }
  const work = keepGoing({ name: 'the queue of jobs', turn: () => runUntilItEnds(queue, pool, presence), log, signal })
  const care = keepGoing({
    name: 'the jobs of dead processes',
    async turn() {
      await hold(locks, presence)
      const freed = await freeJobsOfTheDead(pool)
      if (freed > 0) log.warn({ processes: freed }, 'jobs of processes that died are free again')
      return rests.dead
    },
    log,
    signal,
  })
  await Promise.all([work, care])
  await pool.end()
}

/** The name that jobs are locked by, and of the lock that says they are in good hands: of the queue as it runs, and as held. */
interface Presence {
  name: string
  held: string
}

async function hold(locks: LockSession, presence: Presence): Promise<void> {
  const { name, held } = presence
  if (held !== '' && held !== name) await locks.release(held)
  presence.held = name
  if (name !== '') await locks.hold(name)
}

/** @returns how soon to begin again, when the queue ended by itself. @throws when it could not ask for jobs */
async function runUntilItEnds(queue: Queue, pool: pg.Pool, presence: Presence): Promise<number> {
  const { jobs, db, clock, log, signal } = queue
  const events: WorkerEvents = new EventEmitter()
  events.on('pool:create', ({ workerPool }) => {
    presence.name = workerPool.id
  })
  const broken = keepsFailing(events)
  const runner = await run({
    pgPool: pool,
    schema: queueSchema,
    events,
    logger: queueLogger(log),
    noHandleSignals: true,
    concurrency: atOnce,
    pollInterval: rests.poll,
    // Otherwise nobody waits for the answer when a job is marked as done: a failure there would end the process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    taskList: Object.fromEntries(
      jobs.map((job) => [
        job.name,
        async (_payload, { abortSignal }) =>
          job.run({ db, now: clock(), signal: abortSignal ? AbortSignal.any([signal, abortSignal]) : signal }),
      ]),
    ),
    // Of each job one waits at most, and one runs at a time.
    parsedCronItems: parseCronItems(
      jobs.map(({ name, cron }) => ({ task: name, match: cron, options: { jobKey: name, queueName: name } })),
    ),
  })
  const ended = runner.promise.then(() => undefined)
  ended.catch(() => {})
  try {
    await Promise.race([ended, broken, aborted(signal)])
  } finally {
    await stop(runner)
  }
  return 1_000
}

/** A queue whose very first question failed keeps that failure, and never asks again by itself: it must be begun anew. */
function keepsFailing(events: WorkerEvents): Promise<never> {
  let failures = 0
  const answered = () => {
    failures = 0
  }
  events.on('worker:getJob:empty', answered)
  events.on('job:start', answered)
  const broken = new Promise<never>((_, reject) => {
    events.on('worker:getJob:error', ({ error }) => {
      failures += 1
      if (failures > 2 * atOnce) reject(error)
    })
  })
  broken.catch(() => {})
  return broken
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

/** It refuses to stop when it has done so by itself. */
async function stop(runner: Runner): Promise<void> {
  await runner.stop().catch(() => {})
}
