import { type SQL, sql } from 'drizzle-orm'
import { type Statement, statement } from '../../database/statement.ts'
import type { Job, JobContext } from '../job.ts'

const { placeholder } = sql
const system = { client: 'system:worker', actor: 'remove-expired' } as const

/** Rows of a table that one transaction removes, and transactions of a run at most. */
const batch = 1_000
const mostBatches = 200

/** Milliseconds: clocks of processes differ, and what one of them still believes in must not be gone. */
const grace = 3_600_000

const removals = [
  removal('idempotency_keys', sql`office_code, operation, key`),
  removal('revoked_tokens', sql`issuer, jti`),
  removal('used_assertions', sql`client_id, jti`),
]

function removal(table: string, key: SQL): Statement {
  const expired = sql`expires_at < ${placeholder('before')}::timestamptz`
  const from = sql.identifier(table)
  // Asked again of the row itself: an expired key may be taken over by a post in between.
  return statement(
    `remove_expired_${table}`,
    sql`WITH removed AS (DELETE FROM ${from} WHERE ${expired} AND (${key}) IN (
      SELECT ${key} FROM ${from} WHERE ${expired} ORDER BY expires_at LIMIT ${placeholder('rows')}) RETURNING 1)
    SELECT count(*)::int AS removed FROM removed`,
  )
}

/** Removes keys, revocations and assertions an hour after they have expired: nothing asks for them any more. */
export const removeExpired: Job = {
  name: 'remove-expired',
  cron: '17 * * * *',
  async run(context) {
    for (const query of removals) await removeAll(context, query)
  },
}

async function removeAll({ db, now, signal }: JobContext, query: Statement): Promise<void> {
  const before = new Date(now.getTime() - grace)
  for (let done = 0; done < mostBatches && !signal.aborted; done += 1) {
    const rows = await db.workAs('worker', system, (tx) => tx.run<{ removed: number }>(query, { before, rows: batch }))
    if ((rows[0]?.removed ?? 0) < batch) return
  }
}
