import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'

const { placeholder } = sql

const takeTurn = statement(
  'take_turn_of_uploads',
  sql`SELECT pg_advisory_xact_lock(hashtextextended('uploads of ' || ${placeholder('clientId')}, 0))`,
)
const countOpen = statement(
  'count_open_uploads',
  sql`SELECT count(*)::integer AS open FROM attachment_uploads
  WHERE client_id = ${placeholder('clientId')} AND (status = 'checking' OR status = 'receiving' AND expires_at > ${placeholder('now')}::timestamptz)`,
)

/** How many files of a client are on their way; until the transaction ends it begins no other. */
export async function countOpenUploads(tx: Transaction, client: { clientId: string; now: Date }): Promise<number> {
  const [, [row]] = await Promise.all([
    tx.run(takeTurn, { clientId: client.clientId }),
    tx.run<{ open: number }>(countOpen, client),
  ])
  return row?.open ?? 0
}
