import { enforceRetentionDaily } from '../personal-data/enforce-retention.ts'
import { announceSilencesSoon } from '../reporting-status/announce-silences.ts'
import type { Job } from './job.ts'
import { removeExpired } from './jobs/remove-expired.ts'

/** Every job there is. */
export const jobs: readonly Job[] = [removeExpired, enforceRetentionDaily, announceSilencesSoon]
