import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'

/** How the numbers of events stand. */
export interface EventsReport extends Record<string, unknown> {
  /** The last number given, as the sequencer noted. */
  last: number
  numbered: number
  /** The first number up to `last` that no event has, and the first beyond it that one has; null where there is none. */
  missing: number | null
  beyond: number | null
  /** Events that wait for their number, and for how many seconds the oldest does. */
  waiting: number
  oldestSeconds: number | null
}

const verify = statement(
  'verify_events',
  sql`SELECT last_sequence::int AS last, n.numbered, n.beyond, n.waiting, n.waits AS "oldestSeconds",
    CASE WHEN n.within < last_sequence THEN (SELECT min(number) FROM (
      SELECT sequence AS number FROM generate_series(1, s.last_sequence) AS sequence EXCEPT SELECT sequence FROM events) gaps)::int END AS missing
  FROM sequences s CROSS JOIN LATERAL (SELECT count(sequence)::int AS numbered, count(*) FILTER (WHERE sequence <= s.last_sequence) AS within,
      min(sequence) FILTER (WHERE sequence > s.last_sequence)::int AS beyond, count(*) FILTER (WHERE sequence IS NULL)::int AS waiting,
      extract(epoch FROM clock_timestamp() - min(occurred_at) FILTER (WHERE sequence IS NULL))::int AS waits
    FROM events) n
  WHERE s.stream = 'events'`,
)

/** Looks for gaps in the numbers of events, for numbers that the sequencer did not give, and for what it left lying. */
export async function verifyEvents(tx: Transaction): Promise<EventsReport> {
  const [report] = await tx.run<EventsReport>(verify, {})
  if (!report) throw new Error('The head of the events is missing')
  return report
}
