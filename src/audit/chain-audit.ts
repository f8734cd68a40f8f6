import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { type ChainedRow, type ChainHead, chainedColumns, chainHash } from './chain.ts'

const { placeholder } = sql

const lockHead = statement(
  'lock_audit_head',
  sql`SELECT last_sequence AS sequence, last_hash AS hash FROM sequences WHERE stream = 'audit_entries' FOR UPDATE`,
)

const listUnchained = statement(
  'list_unchained_audit',
  sql`SELECT ${chainedColumns} FROM audit_entries WHERE sequence IS NULL ORDER BY occurred_at, id LIMIT ${placeholder('rows')}`,
)

const chain = statement(
  'chain_audit',
  sql`WITH chained AS (
    UPDATE audit_entries a SET sequence = c.sequence, previous_hash = c.previous, hash = c.hash
    FROM unnest(${placeholder('ids')}::uuid[], ${placeholder('numbers')}::bigint[], ${placeholder('previous')}::bytea[],
      ${placeholder('hashes')}::bytea[]) AS c (id, sequence, previous, hash)
    WHERE a.id = c.id AND a.sequence IS NULL RETURNING 1)
  UPDATE sequences SET last_sequence = ${placeholder('sequence')}, last_hash = ${placeholder('hash')} WHERE stream = 'audit_entries'
  RETURNING (SELECT count(*) FROM chained)::int AS chained`,
)

/**
 * Appends the oldest committed rows to the chain, `rows` at most. The head is locked first, so that no two of these ever
 * give the same number, and what they read was committed before.
 * @returns how many were chained
 */
export async function chainAudit(tx: Transaction, rows: number): Promise<number> {
  const locked = tx.run<{ sequence: string; hash: Buffer }>(lockHead, {})
  const unchained = await tx.run<ChainedRow>(listUnchained, { rows })
  const [head] = await locked
  if (!head) throw new Error('The head of the audit is missing')
  if (unchained.length === 0) return 0
  const links = linksFrom({ sequence: Number(head.sequence), hash: head.hash }, unchained)
  const [done] = await tx.run<{ chained: number }>(chain, links)
  if (done?.chained !== unchained.length) throw new Error('Rows of the audit changed while they were chained')
  return unchained.length
}

function linksFrom(head: ChainHead, rows: readonly ChainedRow[]) {
  let { sequence, hash } = head
  const links = rows.map((row) => {
    const previous = hash
    sequence += 1
    hash = chainHash(previous, sequence, row)
    return { id: row.id, sequence, previous, hash }
  })
  return {
    ids: links.map(({ id }) => id),
    numbers: links.map((link) => link.sequence),
    previous: links.map(({ previous }) => previous),
    hashes: links.map((link) => link.hash),
    sequence,
    hash,
  }
}
