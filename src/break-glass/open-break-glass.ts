import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { callerFor, isPerson } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { handlingLevels, handlingRank } from '../access/vocabulary.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import { type GrantRow, insertGrant } from './queries.ts'
import type { OpenBreakGlass } from './schemas.ts'

const minute = 60_000

/**
 * A national official opens the way to what lies above their clearance, for a stated reason and a time that ends. Each
 * report read that way is told to the audit and to the offices that see it.
 * @throws DomainError person_required, body_invalid where the official is cleared that far already
 */
export async function openBreakGlass(context: Context, given: OpenBreakGlass): Promise<GrantRow> {
  const { db, now } = context
  const caller = callerFor(context.caller, 'access:break-glass')
  if (!isPerson(caller)) throw new DomainError('person_required')
  const clearance = handlingRank(given.clearance)
  const own = handlingRank(caller.clearance)
  if (clearance <= own) {
    const allowed = handlingLevels.slice(own + 1).join(', ')
    throw new DomainError('body_invalid', {}, [{ pointer: '/clearance', code: 'not_allowed', params: { allowed } }])
  }
  const grant: GrantRow = {
    id: uuidv7(),
    clientId: caller.clientId,
    actor: caller.subject,
    reason: given.reason,
    clearance,
    openedAt: now,
    expiresAt: new Date(now.getTime() + given.minutes * minute),
  }
  await db.transaction(caller, async (tx) => {
    await insertGrant(tx, grant)
    await appendAudit(tx, actorOf({ ...context, caller }), {
      action: 'break_glass.opened',
      resource: { type: 'break_glass_grant', id: grant.id },
      // The reason itself may name persons and stands in the grant; its digest shows that it was not changed there.
      details: { clearance: given.clearance, minutes: given.minutes, reasonSha256: digestOf(given.reason) },
    })
  })
  return grant
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
