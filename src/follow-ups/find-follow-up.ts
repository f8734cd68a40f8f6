import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues } from '../access/scope.ts'
import { tellingOf } from '../audit/told-reads.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { type FollowUpRow, findFollowUpIn, findStatements } from './queries.ts'
import { tellReads } from './tell-reads.ts'

/** @throws DomainError follow_up_not_found for what is missing and for what the caller may not see alike */
export async function findFollowUp(context: Context, id: string): Promise<FollowUpRow> {
  const caller = callerFor(context.caller, 'reports:read')
  const { scope } = caller
  const by = { ...context, caller }
  const row =
    tellingOf(caller) === 'untold'
      ? (await context.db.read<FollowUpRow>(caller, findStatements[scope.tier], { ...scopeValues(scope), id }))[0]
      : await context.db.transaction(caller, (tx) => findTold(by, tx, id))
  if (!row) throw new DomainError('follow_up_not_found', { id })
  return row
}

/** Within a transaction, which tells of a secret one; undefined for what is missing or not to be seen. */
export async function findTold(context: Context, tx: Transaction, id: string): Promise<FollowUpRow | undefined> {
  const found = await findFollowUpIn(tx, context.caller.scope, id)
  if (found) await tellReads(context, tx, [found])
  return found
}
