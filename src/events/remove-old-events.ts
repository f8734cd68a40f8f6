import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { positionStep } from './list-events.ts'

const { placeholder } = sql
const system = { client: 'system:worker', actor: 'remove-old-events' } as const

/** Events that one transaction removes at most: the sequencer waits for it. */
const batch = 500

/**
 * Moves the beginning of the log up to the first event that is young enough, less as many as a reader's position may lie behind the
 * end: whoever has asked within the time finds their position still there, and the last event stays in any case.
 */
const moveBeginning = statement(
  'move_beginning_of_events',
  sql`UPDATE sequences s SET first_sequence = o.beginning FROM (
    SELECT coalesce(min(sequence) FILTER (WHERE occurred_at >= ${placeholder('before')}::timestamptz), max(sequence) + 1) - ${sql.raw(String(positionStep))} AS beginning
    FROM (SELECT e.sequence, e.occurred_at FROM events e WHERE e.sequence >= (SELECT first_sequence FROM sequences WHERE stream = 'events')
      ORDER BY e.sequence LIMIT ${placeholder('rows')} + ${sql.raw(String(positionStep))}) oldest) o
  WHERE s.stream = 'events' AND o.beginning > s.first_sequence RETURNING s.first_sequence AS beginning`,
)

const removeBefore = statement(
  'remove_events_before_beginning',
  sql`DELETE FROM events WHERE sequence < ${placeholder('beginning')}::bigint AND sequence >= ${placeholder('beginning')}::bigint - ${placeholder('rows')}::bigint`,
)

/**
 * Removes events that were kept long enough, oldest first; one that got its number late stays until those before it are old.
 * Broken off, or run twice at once, it leaves no gap.
 * @param before when an event must have happened to be removed
 */
export async function removeOldEvents(db: WorkDoor, before: Date, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) if (!(await removeBatch(db, before))) return
}

/** @returns whether there may be more */
function removeBatch(db: WorkDoor, before: Date): Promise<boolean> {
  return db.workAs('worker', system, async (tx) => {
    const [moved] = await tx.run<{ beginning: string }>(moveBeginning, { before, rows: batch })
    if (!moved) return false
    await tx.run(removeBefore, { beginning: moved.beginning, rows: batch })
    return true
  })
}
