import { handlingRank, officeLevelOf } from '../access/vocabulary.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { Administrator } from './administrator.ts'
import { type MadeCredential, makeCredential } from './credential.ts'
import { insertCredential, refuseKeyInUse } from './credential-queries.ts'
import { inOrder, newClientFaults } from './grants.ts'
import { findClient, insertClient } from './queries.ts'
import type { AddClient, ClientView } from './schemas.ts'

/** A client, with the secret that was made for it; null where the office sent a key. */
export interface ClientWithSecret extends ClientView {
  secret: string | null
}

/**
 * An administrator brings a client on board. Its secret is in the answer and nowhere else, so nothing can answer twice:
 * whoever has lost the answer meets `client_exists`, and rotates.
 * @throws DomainError body_invalid, client_exists
 */
export async function addClient(administrator: Administrator, given: AddClient): Promise<ClientWithSecret> {
  const made = await makeCredential(given.credential)
  const client = await administrator.transaction(async (tx, { offices, reach }) => {
    const faults = newClientFaults(given, offices, reach)
    if (faults.length > 0) throw new DomainError('body_invalid', {}, faults)
    await refuseKeyInUse(tx, made, administrator.now)
    await writeClient(tx, administrator, given, made)
    return findClient(tx, given.clientId, administrator.now)
  })
  return { ...client, secret: made.secret }
}

/** Writes a client, its credential and the audit of both. @throws DomainError client_exists */
export async function writeClient(
  tx: Transaction,
  { actor, now }: Administrator,
  given: AddClient,
  made: MadeCredential,
): Promise<void> {
  const { clientId, office = null, agency = null, name } = given
  const scopes = inOrder(given.scopes, office === null ? 'agency' : officeLevelOf(office))
  const row = { clientId, office, agency, name, scopes, clearance: handlingRank(given.clearance) }
  await Promise.all([
    insertClient(tx, row, now),
    insertCredential(tx, clientId, made, now),
    appendAudit(tx, actor, {
      action: 'client.added',
      resource: { type: 'client', id: clientId, version: 1 },
      details: { office, agency, scopes, clearance: given.clearance, credential: made.kind, kid: made.kid },
    }),
  ])
}
