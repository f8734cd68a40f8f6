import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { type ChainedRow, type ChainHead, chainedColumns, chainHash, headText } from './chain.ts'

const { placeholder } = sql
const system = { client: 'system:audit', actor: 'verify' } as const

/** Rows read at once: memory does not grow with the chain. */
const batch = 2_000

/** What verifying found. */
export interface ChainReport {
  /** Chained rows that fit. */
  rows: number
  /** The last row that fits, as it was computed here. */
  head: ChainHead
  /** Rows that wait to be chained, and the moment of the oldest. */
  tail: { count: number; oldest: Date | null }
  /** The first thing that does not fit; null where the chain is whole. */
  fault: ChainFault | null
}

export interface ChainFault {
  sequence: number
  found: string
}

interface StoredRow extends ChainedRow {
  sequence: string
  /** Null in no row of ours: the table forbids it. */
  previous: Buffer | null
  hash: Buffer | null
}

const start: ChainHead = { sequence: 0, hash: Buffer.alloc(32) }

/**
 * Computes the chain again from its first row and compares: numbers without gaps, each hash, and the head that the
 * sequencer noted.
 * @param expected a head noted outside the database: the chain must still go through it
 */
export async function verifyChain(db: WorkDoor, expected?: ChainHead): Promise<ChainReport> {
  const noted = await readHead(db)
  let head = start
  let fault = expected?.sequence === 0 ? differsFrom(expected, start) : null
  while (!fault && head.sequence < noted.sequence) {
    const rows = await readRows(db, head.sequence, noted.sequence)
    const checked = checkRows(head, rows, expected)
    head = checked.head
    fault = checked.fault
    if (!fault && rows.length < batch) break
  }
  fault ??= await checkEnd(db, head, noted, expected)
  return { rows: head.sequence, head, tail: await readTail(db), fault }
}

function checkRows(from: ChainHead, rows: readonly StoredRow[], expected: ChainHead | undefined) {
  let head = from
  for (const row of rows) {
    const sequence = head.sequence + 1
    const hash = chainHash(head.hash, sequence, row)
    const fault = faultOf(row, head, hash)
    if (fault) return { head, fault }
    head = { sequence, hash }
    if (expected?.sequence === head.sequence && !expected.hash.equals(head.hash))
      return { head, fault: differsFrom(expected, head) }
  }
  return { head, fault: null }
}

function faultOf(row: StoredRow, head: ChainHead, hash: Buffer): ChainFault | null {
  const sequence = head.sequence + 1
  if (Number(row.sequence) !== sequence)
    return { sequence, found: `the row is missing; the next one there is ${row.sequence}` }
  if (!row.previous?.equals(head.hash))
    return {
      sequence,
      found: 'its previous hash is not the hash of the row before: rows were put in, moved or exchanged',
    }
  if (!row.hash?.equals(hash)) return { sequence, found: 'its hash is not that of its content: a field was changed' }
  return null
}

async function checkEnd(db: WorkDoor, head: ChainHead, noted: ChainHead, expected: ChainHead | undefined) {
  if (head.sequence < noted.sequence)
    return {
      sequence: head.sequence + 1,
      found: `the row is missing; the sequencer noted ${headText(noted)} as the head`,
    }
  if (!head.hash.equals(noted.hash))
    return { sequence: head.sequence, found: `the head is not the one that the sequencer noted, ${headText(noted)}` }
  if (expected && expected.sequence > head.sequence)
    return { sequence: expected.sequence, found: `the expected head is missing; the chain ends with ${headText(head)}` }
  const beyond = await readBeyond(db)
  if (beyond !== null) return { sequence: beyond, found: 'the row is beyond the head that the sequencer noted' }
  return null
}

function differsFrom(expected: ChainHead, head: ChainHead): ChainFault | null {
  if (expected.hash.equals(head.hash)) return null
  return {
    sequence: head.sequence,
    found: `the chain is another than the expected one: it has ${headText(head)}, not ${headText(expected)}`,
  }
}

const head = statement(
  'read_audit_head',
  sql`SELECT last_sequence AS sequence, last_hash AS hash FROM sequences WHERE stream = 'audit_entries'`,
)

async function readHead(db: WorkDoor): Promise<ChainHead> {
  const [row] = await db.workAs('worker', system, (tx) => tx.run<{ sequence: string; hash: Buffer }>(head, {}))
  if (!row) throw new Error('The head of the audit is missing')
  return { sequence: Number(row.sequence), hash: row.hash }
}

const list = statement(
  'list_chained_audit',
  sql`SELECT sequence, previous_hash AS previous, hash, ${chainedColumns} FROM audit_entries
  WHERE sequence > ${placeholder('after')} AND sequence <= ${placeholder('until')} ORDER BY sequence LIMIT ${placeholder('rows')}`,
)

function readRows(db: WorkDoor, after: number, until: number): Promise<StoredRow[]> {
  return db.workAs('worker', system, (tx) => tx.run<StoredRow>(list, { after, until, rows: batch }))
}

// One statement, one snapshot: what the sequencer chains meanwhile is not beyond its own head.
const beyond = statement(
  'find_beyond_audit_head',
  sql`SELECT min(a.sequence) AS sequence FROM audit_entries a
  WHERE a.sequence > (SELECT last_sequence FROM sequences WHERE stream = 'audit_entries')`,
)

async function readBeyond(db: WorkDoor): Promise<number | null> {
  const [row] = await db.workAs('worker', system, (tx) => tx.run<{ sequence: string | null }>(beyond, {}))
  return row?.sequence == null ? null : Number(row.sequence)
}

const tail = statement(
  'read_audit_tail',
  sql`SELECT count(*)::int AS count, (extract(epoch FROM min(occurred_at)) * 1000)::bigint::text AS oldest
  FROM audit_entries WHERE sequence IS NULL`,
)

async function readTail(db: WorkDoor): Promise<ChainReport['tail']> {
  const [row] = await db.workAs('worker', system, (tx) => tx.run<{ count: number; oldest: string | null }>(tail, {}))
  return { count: row?.count ?? 0, oldest: row?.oldest == null ? null : new Date(Number(row.oldest)) }
}
