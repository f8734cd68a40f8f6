import type { WorkDoor } from '../database/work-door.ts'

/** What a job works with. */
export interface JobContext {
  db: WorkDoor
  now: Date
  /** Aborted when the process is about to stop: a job ends after the batch that it is at, and goes on when it comes again. */
  signal: AbortSignal
}

/**
 * Work that comes again. It may be broken off at any point and run again, even twice at once, so that doing it again does
 * no more; and a run has an end, however much there is to do.
 */
export interface Job {
  /** The verb and its object, such as `remove-expired`; the name of its file. */
  name: string
  /** When, in UTC: minute, hour, day, month, weekday. */
  cron: string
  run(context: JobContext): Promise<void>
}
