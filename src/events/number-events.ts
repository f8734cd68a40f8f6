import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'

const { placeholder } = sql

const lockHead = statement('lock_event_head', sql`SELECT 1 FROM sequences WHERE stream = 'events' FOR UPDATE`)

// A statement of its own behind the lock: its snapshot is taken once the numbers given before are visible.
const number = statement(
  'number_events',
  sql`WITH batch AS (
    SELECT id, row_number() OVER (ORDER BY written NULLS FIRST, occurred_at, id) AS place FROM events
    WHERE sequence IS NULL ORDER BY written NULLS FIRST, occurred_at, id LIMIT ${placeholder('rows')}),
  numbered AS (
    UPDATE events e SET sequence = s.last_sequence + b.place FROM batch b, sequences s
    WHERE e.id = b.id AND s.stream = 'events' RETURNING 1)
  UPDATE sequences SET last_sequence = last_sequence + (SELECT count(*) FROM numbered) WHERE stream = 'events'
  RETURNING (SELECT count(*) FROM numbered)::int AS numbered`,
)

/**
 * Gives committed events their numbers, in the order in which they were written, `rows` at most, without gaps.
 * @returns how many were numbered
 */
export async function numberEvents(tx: Transaction, rows: number): Promise<number> {
  const locked = tx.run(lockHead, {})
  const [[done]] = await Promise.all([tx.run<{ numbered: number }>(number, { rows }), locked, tx.commit()])
  return done?.numbered ?? 0
}
