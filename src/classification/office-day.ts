import type { Context } from '../access/context.ts'
import { localDateIn } from './local-date.ts'

/** The day `YYYY-MM-DD` on the calendar of the caller's office; of an agency in Jakarta. */
export function officeDay({ caller, db, now }: Context): string {
  return localDateIn(db.held.regions.find(caller.scope.region)?.timeZone ?? 'Asia/Jakarta', now)
}
