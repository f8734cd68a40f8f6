import type { Context } from '../access/context.ts'
import type { Transaction } from '../database/transaction.ts'
import { type FollowUpRow, findFollowUpIn, insertFollowUp, type NewFollowUp } from './queries.ts'
import { tellVersion } from './revisions.ts'

/** Where a new follow-up lies. */
export interface FollowUpPlace {
  provinceCode: string | null
  regencyCode: string | null
}

/** Stores a follow-up that was checked, with its first revision, its audit and its event. All of it commits, or nothing. */
export async function recordFollowUp(
  context: Context,
  tx: Transaction,
  row: NewFollowUp & Pick<FollowUpRow, 'status'>,
  place: FollowUpPlace,
): Promise<FollowUpRow> {
  const inserted = insertFollowUp(tx, row)
  const found = findFollowUpIn(tx, context.caller.scope, row.id)
  const changes = { before: {}, after: {} }
  const told = tellVersion(context, tx, { ...row, ...place, version: 1 }, { action: 'added', changes, reason: null })
  const [, made] = await Promise.all([inserted, found, told])
  if (!made) throw new Error(`Follow-up ${row.id} was not inserted`)
  return made
}
