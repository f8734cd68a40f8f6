import { type Job, Logger } from 'graphile-worker'
import type { WorkerLog } from './worker-log.ts'

/** What the queue says beside its messages, as far as we read it. */
interface Said {
  job?: Job
  /** Milliseconds. */
  duration?: number
  error?: unknown
  failure?: boolean
  success?: boolean
}

/**
 * The queue's log as ours. Its own words quote payloads, rows and messages of errors: only which job it was, and what kind of
 * error, are let through. Without a log it is silent.
 */
export function queueLogger(log?: WorkerLog): Logger {
  return new Logger(() => (level, _message, meta) => {
    const { job, duration, error, failure, success } = (meta ?? {}) as Said
    const about = {
      ...(job && { job: job.id, task: job.task_identifier, attempt: job.attempts, attempts: job.max_attempts }),
      ...(duration !== undefined && { ms: Math.round(duration) }),
      ...(error !== undefined && { err: error }),
    }
    if (failure) log?.error(about, 'a job failed')
    else if (success) log?.info(about, 'a job is done')
    else if (level === 'error') log?.error(about, 'the queue of jobs is in trouble')
    else if (level === 'warning') log?.warn(about, 'the queue of jobs warns')
  })
}
