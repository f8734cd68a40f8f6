import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'

/** How the numbers of events stand. */
export interface EventsReport extends Record<string, unknown> {
  /** The number that the log begins with, as the job that removes old events noted, and the last one given. */
  first: number
  last: number
  numbered: number
  /** The first number from `first` to `last` that no event has, and the first before and beyond them that one has; null where there is none. */
  missing: number | null
  before: number | null
  beyond: number | null
  /** Events that wait for their number, and for how many seconds the oldest does. */
  waiting: number
  oldestSeconds: number | null
}

const verify = statement(
  'verify_events',
  sql`SELECT first_sequence::int AS first, last_sequence::int AS last, n.numbered, n.before, n.beyond, n.waiting, n.waits AS "oldestSeconds",
    CASE WHEN n.within < last_sequence - first_sequence + 1 THEN (SELECT min(number) FROM (
      SELECT sequence AS number FROM generate_series(s.first_sequence, s.last_sequence) AS sequence EXCEPT SELECT sequence FROM events) gaps)::int END AS missing
  FROM sequences s CROSS JOIN LATERAL (SELECT count(sequence)::int AS numbered,
      count(*) FILTER (WHERE sequence BETWEEN s.first_sequence AND s.last_sequence) AS within,
      min(sequence) FILTER (WHERE sequence < s.first_sequence)::int AS before,
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
