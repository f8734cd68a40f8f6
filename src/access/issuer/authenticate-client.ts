import { createHash, timingSafeEqual } from 'node:crypto'
import type { JWK } from 'jose'
import type { Transaction } from '../../database/transaction.ts'
import type { ClientProof } from './client-proof.ts'
import { claimAssertion, findClient, type IssuedTo } from './queries.ts'
import { clientNotProven } from './refusal.ts'
import { verifyAssertion } from './verify-assertion.ts'

interface Asked {
  /** What an assertion may name as its audience. */
  audience: string[]
  /** A key that nobody signs with. */
  nobodysKey: JWK
  now: Date
}

/**
 * The client that a proof belongs to. One that is unknown, disabled, or has nothing of the kind is refused as a wrong
 * proof is, after as much work.
 * @throws TokenRefused invalid_client
 */
export async function authenticateClient(tx: Transaction, proof: ClientProof, asked: Asked): Promise<IssuedTo> {
  const client = await findClient(tx, proof.clientId, asked.now)
  if ('secret' in proof) checkSecret(client, proof.secret)
  else await checkAssertion(tx, client, proof, asked)
  if (!client) throw clientNotProven('unknown or disabled client')
  return client
}

const nobodysDigest = Buffer.alloc(32)

/** Secrets are random and long, so that one digest without a salt is all they need. */
function checkSecret(client: IssuedTo | undefined, secret: string): void {
  const digest = createHash('sha256').update(secret).digest()
  const known = client && client.secrets.length > 0 ? client.secrets : [nobodysDigest]
  const matching = known.filter((each) => timingSafeEqual(each, digest))
  if (matching.length === 0) throw clientNotProven('wrong secret, or a client that is unknown or disabled')
}

async function checkAssertion(
  tx: Transaction,
  client: IssuedTo | undefined,
  { clientId, assertion }: { clientId: string; assertion: string },
  asked: Asked,
): Promise<void> {
  const verified = await verifyAssertion(assertion, client?.publicKeys ?? [], { clientId, ...asked })
  if (!(await claimAssertion(tx, verified))) throw clientNotProven('the assertion was used before')
}
