import type pg from 'pg'
import type { Stretch } from './touched.ts'

/** Why reports are classified again. */
export const reclassificationReasons = ['calendar', 'successions', 'boundaries'] as const
export type ReclassificationReason = (typeof reclassificationReasons)[number]

/**
 * Asks for reports to be classified again, in the transaction of what makes it necessary and after it: the worker begins
 * when that is committed. A run that touches nothing is finished as it is written.
 * @param client connected as the owner of the tables
 * @returns the number of the run
 */
export async function requestReclassification(
  client: Pick<pg.ClientBase, 'query'>,
  { reason, now, touched }: { reason: ReclassificationReason; now: Date; touched: readonly Stretch[] },
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO reclassifications (reason, calendar_version, requested_at, touched, finished_at)
    SELECT $1, max(version), $2::timestamptz, $3::json, CASE WHEN json_array_length($3::json) = 0 THEN $2::timestamptz END FROM election_calendars
    RETURNING id`,
    [reason, now.toISOString(), JSON.stringify(touched)],
  )
  return rows[0]?.id ?? 0
}
