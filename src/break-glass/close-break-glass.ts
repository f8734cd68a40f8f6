import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import { closeGrant } from './queries.ts'

/** The official ends a grant of their own before its time. @throws DomainError break_glass_grant_not_found */
export async function closeBreakGlass(context: Context, id: string): Promise<void> {
  const { db, now } = context
  const caller = callerFor(context.caller, 'access:break-glass')
  await db.transaction(caller, async (tx) => {
    const closed = await closeGrant(tx, { id, clientId: caller.clientId, actor: caller.subject, now })
    if (!closed) throw new DomainError('break_glass_grant_not_found', { id })
    await appendAudit(tx, actorOf({ ...context, caller }), {
      action: 'break_glass.closed',
      resource: { type: 'break_glass_grant', id },
    })
  })
}
