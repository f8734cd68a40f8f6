import { attachmentJobs } from '../attachments/jobs.ts'
import type { AttachmentFiles } from '../attachments/open-files.ts'
import { enforceRetentionDaily } from '../personal-data/enforce-retention.ts'
import { announceSilencesSoon } from '../reporting-status/announce-silences.ts'
import type { Job } from './job.ts'
import { removeExpired } from './jobs/remove-expired.ts'

/** Every job that needs the database alone. */
export const jobs: readonly Job[] = [removeExpired, enforceRetentionDaily, announceSilencesSoon]

/** Every job there is. */
export function jobsOn(files: AttachmentFiles): readonly Job[] {
  return [...jobs, ...attachmentJobs(files)]
}
