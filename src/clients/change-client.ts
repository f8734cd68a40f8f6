import { type AccessScope, handlingOf, handlingRank } from '../access/vocabulary.ts'
import { type AuditAction, appendAudit } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import { assertIfMatch, etagOf } from '../http/etag.ts'
import type { Administrator } from './administrator.ts'
import { grantFaults, inOrder, reachNow, refuseAbove, refuseLockout } from './grants.ts'
import { type ClientChange, type ClientRow, findClient, lockClient, setClient } from './queries.ts'
import type { ChangeClient, ClientView } from './schemas.ts'
import { nextFullSecond } from './token-moment.ts'

/**
 * An administrator renames, widens, narrows, disables or enables a client; each process asks the row on the next request.
 * What is cleared above the administrator they can only disable.
 * @param ifMatch ETag of the version that is changed, or `*`
 * @throws DomainError client_not_found, version_stale, client_above_clearance, client_above_scopes, client_in_use, body_invalid
 */
export async function changeClient(
  administrator: Administrator,
  clientId: string,
  { ifMatch, patch }: { ifMatch: string; patch: ChangeClient },
): Promise<ClientView> {
  const { clientId: own, actor, now } = administrator
  return administrator.transaction(async (tx, standing) => {
    const locked = await lockClient(tx, clientId, administrator)
    const before = locked.row
    const reach = reachNow(standing.reach, locked.own)
    assertIfMatch(ifMatch, etagOf(clientId, before.version))
    if (!onlyDisables(patch)) refuseAbove(before, reach)
    const faults = grantFaults({ ...patch }, before.tier, reach)
    if (faults.length > 0) throw new DomainError('body_invalid', {}, faults)
    const after = changed(before, patch, now)
    refuseLockout(own, before, { ...after, disabled: after.disabledAt !== null })
    const acts = actsOf(before, after)
    if (acts.length > 0) await setClient(tx, clientId, after)
    const version = before.version + Math.min(acts.length, 1)
    const told = acts.length > 0 ? acts : [{ action: 'client.read' as const }]
    const resource = { type: 'client', id: clientId, version }
    await Promise.all(told.map((act) => appendAudit(tx, actor, { ...act, resource })))
    return findClient(tx, clientId, now)
  })
}

/** What remains allowed towards whatever client. */
function onlyDisables({ disabled, ...others }: ChangeClient): boolean {
  return disabled === true && Object.values(others).every((value) => value === undefined)
}

function changed(before: ClientRow, patch: ChangeClient, now: Date): ClientChange {
  const { name = before.name, disabled = before.disabledAt !== null } = patch
  const disabledAt = disabled ? (before.disabledAt ?? now) : null
  const ended = disabledAt !== null && before.disabledAt === null
  return {
    name,
    scopes: inOrder(patch.scopes ?? before.scopes, before.tier),
    clearance: patch.clearance === undefined ? before.clearance : handlingRank(patch.clearance),
    disabledAt,
    // Enabled again, it does not get back the tokens for which it was disabled.
    tokensValidFrom: ended ? nextFullSecond(now) : before.tokensValidFrom,
  }
}

interface Act {
  action: AuditAction
  details?: Record<string, unknown>
}

/** What has changed, by name; an empty list when nothing has. */
function actsOf(before: ClientRow, after: ClientChange): Act[] {
  const acts: Act[] = []
  const details = { ...nameDetails(before, after), ...scopeDetails(before, after), ...clearanceDetails(before, after) }
  if (Object.keys(details).length > 0) acts.push({ action: 'client.changed', details })
  if (after.disabledAt !== null && before.disabledAt === null) acts.push({ action: 'client.disabled' })
  if (after.disabledAt === null && before.disabledAt !== null) acts.push({ action: 'client.enabled' })
  return acts
}

function nameDetails(before: ClientRow, after: ClientChange) {
  return before.name === after.name ? {} : { name: 'changed' }
}

function scopeDetails(before: ClientRow, after: ClientChange) {
  const missingIn = (list: readonly AccessScope[]) => (scope: AccessScope) => !list.includes(scope)
  const scopesAdded = after.scopes.filter(missingIn(before.scopes))
  const scopesRemoved = before.scopes.filter(missingIn(after.scopes))
  return scopesAdded.length + scopesRemoved.length === 0 ? {} : { scopesAdded, scopesRemoved }
}

function clearanceDetails(before: ClientRow, after: ClientChange) {
  if (before.clearance === after.clearance) return {}
  return { clearance: handlingOf(after.clearance), clearanceBefore: handlingOf(before.clearance) }
}
