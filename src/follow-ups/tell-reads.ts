import type { Context } from '../access/context.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { toldFrom } from '../audit/told-reads.ts'
import type { Transaction } from '../database/transaction.ts'
import type { FollowUpRow } from './queries.ts'

/** Tells the audit which secret follow-ups a read gives, in its transaction. */
export async function tellReads(
  context: Pick<Context, 'caller' | 'trace' | 'now'>,
  tx: Transaction,
  rows: readonly Pick<FollowUpRow, 'id' | 'version' | 'handling'>[],
): Promise<void> {
  const by = actorOf(context)
  const secret = rows.filter(({ handling }) => handling >= toldFrom)
  await Promise.all(
    secret.map(({ id, version, handling }) =>
      appendAudit(tx, by, { action: 'follow_up.read', resource: { type: 'follow_up', id, version, handling } }),
    ),
  )
}
