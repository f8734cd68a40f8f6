import { attachmentJobs } from '../attachments/jobs.ts'
import type { AttachmentFiles } from '../attachments/open-files.ts'
import { enforceRetentionDaily } from '../personal-data/enforce-retention.ts'
import { announceSilencesSoon } from '../reporting-status/announce-silences.ts'
import type { Job } from './job.ts'
import { removeExpired } from './jobs/remove-expired.ts'
import { removeOldEventsDaily } from './jobs/remove-old-events.ts'

/** Every job that needs the database alone. */
export const jobs: readonly Job[] = [removeExpired, enforceRetentionDaily, announceSilencesSoon]

/** Every job there is. @param eventsRetentionDays null: events are kept for ever */
export function jobsOn(files: AttachmentFiles, eventsRetentionDays: number | null): readonly Job[] {
  const ofEvents = eventsRetentionDays === null ? [] : [removeOldEventsDaily(eventsRetentionDays)]
  return [...jobs, ...attachmentJobs(files), ...ofEvents]
}
