import { appendAudit } from '../audit/append-audit.ts'
import { assertIfMatch, etagOf } from '../http/etag.ts'
import type { ClientWithSecret } from './add-client.ts'
import type { Administrator } from './administrator.ts'
import { makeCredential } from './credential.ts'
import { endCredentials, insertCredential, refuseKeyInUse } from './credential-queries.ts'
import { reachNow, refuseAbove } from './grants.ts'
import { findClient, lockClient, setClient } from './queries.ts'
import type { RotateCredentials } from './schemas.ts'
import { nextFullSecond } from './token-moment.ts'

const hour = 3600 * 1000

/**
 * An administrator gives a client a new credential. Those of before end at once, or after an overlap in which the office puts
 * the new one in place; tokens already issued live on unless they are revoked.
 * @param ifMatch ETag of the version that is changed, or `*`
 * @throws DomainError client_not_found, version_stale, client_above_clearance, client_above_scopes, body_invalid
 */
export async function rotateCredentials(
  administrator: Administrator,
  clientId: string,
  { ifMatch, rotation }: { ifMatch: string; rotation: RotateCredentials },
): Promise<ClientWithSecret> {
  const { overlapHours, revokeTokens } = rotation
  const { actor, now } = administrator
  const made = await makeCredential(rotation.credential)
  const client = await administrator.transaction(async (tx, { reach }) => {
    const { row: before, own } = await lockClient(tx, clientId, administrator)
    assertIfMatch(ifMatch, etagOf(clientId, before.version))
    refuseAbove(before, reachNow(reach, own))
    await refuseKeyInUse(tx, made, now)
    await endCredentials(tx, clientId, new Date(now.getTime() + overlapHours * hour), now)
    await insertCredential(tx, clientId, made, now)
    await setClient(tx, clientId, revokeTokens ? { ...before, tokensValidFrom: nextFullSecond(now) } : before)
    await appendAudit(tx, actor, {
      action: 'client.rotated',
      resource: { type: 'client', id: clientId, version: before.version + 1 },
      details: { credential: made.kind, kid: made.kid, overlapHours, revokeTokens },
    })
    return findClient(tx, clientId, now)
  })
  return { ...client, secret: made.secret }
}
