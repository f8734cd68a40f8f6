import { v7 as uuidv7 } from 'uuid'
import type { Context } from '../access/context.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { Reference } from '../reference/store.ts'
import { claimKey, findKey, fingerprintOf, type IdempotencyKey, KeyInUse } from './keys.ts'

/** A creation that may be sent again. */
export interface Creation<Made> {
  /** The operation of the contract, such as `addFollowUp`. */
  operation: string
  /** The Idempotency-Key, where one was sent. */
  key: string | undefined
  /** All that makes two creations the same: what was sent, and the ids of the path. */
  content: unknown
  /** Makes the resource under this id, in the transaction that holds the key. */
  create(tx: Transaction, reference: Reference, id: string): Promise<Made>
  /** The resource as it stands, where the caller may see it. */
  find(tx: Transaction, id: string): Promise<Made | undefined>
}

/**
 * Makes a resource once for each Idempotency-Key of the caller's office; sent again with the same content, it answers with the
 * resource that stands. The key, the resource, its audit and its event commit together.
 * @throws DomainError idempotency_conflict for other content under the same key
 */
export async function once<Made>(
  { db, caller, now }: Context,
  { operation, key, content, create, find }: Creation<Made>,
): Promise<{ made: Made; replayed: boolean }> {
  const fingerprint = fingerprintOf(content)
  const claimed: IdempotencyKey | undefined = key === undefined ? undefined : { kind: 'header', operation, key }
  try {
    const made = await db.transaction(caller, async (tx, reference) => {
      const id = uuidv7()
      if (claimed) await claimKey(tx, caller.scope, claimed, { fingerprint, resourceId: id, now })
      return create(tx, reference, id)
    })
    return { made, replayed: false }
  } catch (error) {
    if (!(error instanceof KeyInUse) || !claimed) throw error
    return { made: await replay(claimed), replayed: true }
  }

  async function replay(known: IdempotencyKey): Promise<Made> {
    return db.transaction(caller, async (tx) => {
      const change = await findKey(tx, caller.scope, known, now)
      // The creation that held the key was undone while this one waited for it.
      if (!change) throw new DomainError('service_unavailable')
      const made = await find(tx, change.resourceId)
      if (!made) throw new DomainError('idempotency_conflict')
      if (!change.fingerprint.equals(fingerprint))
        throw new DomainError('idempotency_conflict', { existingId: change.resourceId })
      return made
    })
  }
}
