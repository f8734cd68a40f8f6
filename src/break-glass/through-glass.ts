import { z } from 'zod'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import { findOwnGrant } from './queries.ts'

/** The header by which a read goes through the glass. */
export const BreakGlassHeader = {
  'break-glass': z.uuid().optional().describe('A grant of /v1/access/break-glass: reads as far as it reaches'),
}

/**
 * The same request, reading as far as the grant that it names: it must be the caller's own and in force, which the database
 * checks once more when the read enters. Without a grant nothing changes.
 * @throws DomainError parameter_invalid for a grant that is not in force, whoever's it is
 */
export async function throughGlass(context: Context, grantId: string | undefined): Promise<Context> {
  if (grantId === undefined) return context
  const { db, now } = context
  const caller = callerFor(context.caller, 'access:break-glass')
  const own = { id: grantId, clientId: caller.clientId, actor: caller.subject, now }
  const [grant] = await db.read<{ clearance: number }>(caller, findOwnGrant, own)
  if (!grant) throw new DomainError('parameter_invalid', {}, [{ header: 'Break-Glass', code: 'grant_not_in_force' }])
  const scope = { ...caller.scope, clearance: Math.max(caller.scope.clearance, grant.clearance) }
  return { ...context, caller: { ...context.caller, scope, breakGlass: { id: grantId, at: now } } }
}
