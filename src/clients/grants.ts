import {
  type AccessScope,
  administrativeScopes,
  handlingLevels,
  handlingRank,
  isHandling,
  officeLevelOf,
  scopesOf,
  type Tier,
} from '../access/vocabulary.ts'
import { DomainError, type Fault } from '../errors.ts'

/** How far an administrator reaches: nobody hands out more than they have. */
export interface Reach {
  /** Highest handling rank, 0 to 3. */
  clearance: number
  scopes: ReadonlySet<string>
}

/** What a client is granted now. */
export interface Granted {
  clientId: string
  scopes: readonly string[]
  clearance: number
}

export const everything: Reach = { clearance: handlingLevels.length - 1, scopes: new Set(administrativeScopes) }

/** No further than the administrator's own row reaches, now that it is locked; at the console nothing is taken away. */
export function reachNow(reach: Reach, own: Omit<Granted, 'clientId'> | null): Reach {
  if (own === null) return reach
  const scopes = new Set([...reach.scopes].filter((scope) => own.scopes.includes(scope)))
  return { clearance: Math.min(reach.clearance, own.clearance), scopes }
}

type Members = Record<string, unknown>

/** What is wrong with a new client beyond its shape; the body may have any, so that all faults are named at once. */
export function newClientFaults(body: unknown, offices: ReadonlyMap<string, unknown>, reach: Reach): Fault[] {
  const { office, agency, ...granted } = membersOf(body)
  return [...placeFaults(office, agency, offices), ...grantFaults(granted, tierOf(office, agency), reach)]
}

function placeFaults(office: unknown, agency: unknown, offices: ReadonlyMap<string, unknown>): Fault[] {
  if (office === undefined && agency === undefined) return [{ pointer: '/office', code: 'required' }]
  const faults: Fault[] =
    office !== undefined && agency !== undefined ? [{ pointer: '/agency', code: 'not_allowed' }] : []
  if (typeof office === 'string' && !offices.has(office)) {
    faults.push({ pointer: '/office', code: 'office_unknown', params: { code: office } })
  }
  return faults
}

function tierOf(office: unknown, agency: unknown): Tier | undefined {
  if (typeof office === 'string') return agency === undefined ? officeLevelOf(office) : undefined
  return typeof agency === 'string' ? 'agency' : undefined
}

/** What an administrator may not grant to a client of a tier; undefined where the tier cannot be told. */
export function grantFaults({ scopes, clearance }: Members, tier: Tier | undefined, reach: Reach): Fault[] {
  const faults = Array.isArray(scopes) ? scopeFaults(scopes, tier, reach) : []
  if (isHandling(clearance) && handlingRank(clearance) > reach.clearance) {
    faults.push({ pointer: '/clearance', code: 'handling_above_clearance' })
  }
  return faults
}

function scopeFaults(scopes: readonly unknown[], tier: Tier | undefined, reach: Reach): Fault[] {
  return scopes.flatMap((scope, index): Fault[] => {
    const pointer = `/scopes/${index}`
    if (typeof scope !== 'string') return []
    if (scopes.indexOf(scope) < index) return [{ pointer, code: 'repeated_item' }]
    if (tier && !isAmong(scopesOf(tier), scope)) {
      return [{ pointer, code: 'not_allowed', params: { allowed: scopesOf(tier).join(', ') } }]
    }
    return isBeyond(scope, reach) ? [{ pointer, code: 'scope_not_held' }] : []
  })
}

/**
 * Refuses to change a client that reaches further than the administrator: with its new credentials they would be that client.
 * @throws DomainError client_above_clearance, client_above_scopes
 */
export function refuseAbove({ scopes, clearance }: Granted, reach: Reach): void {
  if (clearance > reach.clearance) throw new DomainError('client_above_clearance')
  const beyond = scopes.filter((scope) => isBeyond(scope, reach))
  if (beyond.length > 0) throw new DomainError('client_above_scopes', { scopes: beyond.join(' ') })
}

/**
 * Nobody disables or narrows the client that they are calling with: the last administrator would lock everybody out.
 * @throws DomainError client_in_use
 */
export function refuseLockout(
  own: string | null,
  before: Granted,
  after: Omit<Granted, 'clientId'> & { disabled: boolean },
): void {
  if (own !== before.clientId) return
  const narrower = after.clearance < before.clearance || before.scopes.some((scope) => !after.scopes.includes(scope))
  if (after.disabled || narrower) throw new DomainError('client_in_use')
}

/** Scopes in the order of the vocabulary, each once. */
export function inOrder(scopes: readonly AccessScope[], tier: Tier): AccessScope[] {
  return scopesOf(tier).filter((scope) => scopes.includes(scope))
}

function isBeyond(scope: string, reach: Reach): boolean {
  return isAmong(administrativeScopes, scope) && !reach.scopes.has(scope)
}

function isAmong(list: readonly string[], word: string): boolean {
  return list.includes(word)
}

function membersOf(value: unknown): Members {
  return value !== null && typeof value === 'object' ? (value as Members) : {}
}
