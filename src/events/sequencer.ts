import { sql } from 'drizzle-orm'
import type { ChainHead } from '../audit/chain.ts'
import { chainAudit } from '../audit/chain-audit.ts'
import { statement } from '../database/statement.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { numberEvents } from './number-events.ts'

const system = { client: 'system:worker', actor: 'worker' } as const

/** Rows that one transaction numbers at most: it holds nothing that a post waits for, but is lost as a whole. */
const batch = 500

/** What a batch did. */
export interface Sequenced {
  /** How many rows got a number; 0 when nothing waited. */
  rows: number
  /** More waits, as far as it could see. */
  more: boolean
}

/** In which stream something waits for a number. */
interface Waiting extends Record<string, unknown> {
  events: boolean
  audit: boolean
}

// The first by its index, and not EXISTS: with statistics of another day that would be a walk through the whole table.
const look = statement(
  'look_for_unnumbered',
  sql`SELECT (SELECT occurred_at FROM events WHERE sequence IS NULL ORDER BY written NULLS FIRST, occurred_at, id LIMIT 1) IS NOT NULL AS events,
    (SELECT occurred_at FROM audit_entries WHERE sequence IS NULL ORDER BY occurred_at, id LIMIT 1) IS NOT NULL AS audit`,
)

/**
 * Numbers what was committed, a batch of each stream at most, and chains the audit.
 * Safe in any number of processes at once; meant to be run by one.
 */
export async function sequenceBatch(db: WorkDoor): Promise<Sequenced> {
  const waiting = await db.workAs('worker', system, async (tx) => {
    const [[row]] = await Promise.all([tx.run<Waiting>(look, {}), tx.commit()])
    return row
  })
  const events = waiting?.events ? await db.workAs('worker', system, (tx) => numberEvents(tx, batch)) : 0
  const audit = waiting?.audit ? await db.workAs('worker', system, (tx) => chainAudit(tx, batch)) : 0
  return { rows: events + audit, more: events === batch || audit === batch }
}

/** Batch after batch until nothing waits. @param batches at most */
export async function sequenceAll(db: WorkDoor, batches = Number.POSITIVE_INFINITY): Promise<void> {
  for (let done = 0; done < batches; done += 1) if ((await sequenceBatch(db)).rows === 0) return
}

const readHeads = statement(
  'read_sequencer_heads',
  sql`SELECT (SELECT last_sequence FROM sequences WHERE stream = 'events') AS events, s.last_sequence AS sequence, s.last_hash AS hash,
    (SELECT count(*) FROM events WHERE sequence IS NULL)::int AS unnumbered,
    (SELECT count(*) FROM audit_entries WHERE sequence IS NULL)::int AS unchained
  FROM sequences s WHERE s.stream = 'audit_entries'`,
)

/** How far the sequencer is. */
export interface Progress {
  /** Number of the last event. */
  events: number
  audit: ChainHead
  /** Rows that wait for their number. */
  waiting: { events: number; audit: number }
}

export async function readProgress(db: WorkDoor): Promise<Progress> {
  const row = await db.workAs('worker', system, async (tx) => {
    const [[row]] = await Promise.all([
      tx.run<{ events: string; sequence: string; hash: Buffer; unnumbered: number; unchained: number }>(readHeads, {}),
      tx.commit(),
    ])
    return row
  })
  if (!row) throw new Error('The head of the audit is missing')
  return {
    events: Number(row.events),
    audit: { sequence: Number(row.sequence), hash: row.hash },
    waiting: { events: row.unnumbered, audit: row.unchained },
  }
}
