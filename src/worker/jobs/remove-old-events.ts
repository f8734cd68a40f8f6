import { removeOldEvents } from '../../events/remove-old-events.ts'
import type { Job } from '../job.ts'

const day = 86_400_000

/** Once a night in Indonesia. @param days that events are kept */
export function removeOldEventsDaily(days: number): Job {
  return {
    name: 'remove-old-events',
    cron: '23 18 * * *',
    run: ({ db, now, signal }) => removeOldEvents(db, new Date(now.getTime() - days * day), signal),
  }
}
