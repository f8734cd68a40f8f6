import type pg from 'pg'
import { isFree } from '../database/lock-session.ts'
import { queueSchema } from './install-queue.ts'

// A process that runs jobs holds a lock of the name that its jobs are locked by, from a moment after its start. The queue
// itself would wait for four hours.
const free = `SELECT ${queueSchema}.force_unlock_workers(array_agg(locked_by)) AS done, count(*)::int AS freed FROM (
    SELECT locked_by FROM ${queueSchema}.jobs WHERE locked_by IS NOT NULL
    GROUP BY locked_by HAVING max(locked_at) < now() - interval '30 seconds') j
  WHERE ${isFree('locked_by')} HAVING count(*) > 0`

/** Lets others have the jobs that a killed process was at. @returns processes found dead */
export async function freeJobsOfTheDead(queuePool: pg.Pool): Promise<number> {
  const { rows } = await queuePool.query(free)
  return rows[0]?.freed ?? 0
}
