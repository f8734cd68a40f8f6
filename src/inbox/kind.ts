import type { SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Tier } from '../access/vocabulary.ts'

/**
 * One reason why something waits for an office, as SQL over `reports` and what it joins to them. Its items are ordered by
 * `position`, then by `id`.
 */
export interface InboxKind {
  from: SQL
  /** What waits for the office whose values are the placeholders `region`, `clearance` and `now`. */
  waits(tier: Tier): SQL | undefined
  id: PgColumn
  /** Since when it waits. */
  since: PgColumn
  /** Until when something should be done; may be null. */
  dueAt: PgColumn
  /** A moment, the most urgent first. */
  position: SQL
  /** Of what the item shows: rank, 0 to 3. */
  handling: PgColumn
  /** What the item says beside `kind`, `since`, `dueAt` and `report`. */
  members: Record<string, SQL>
}
