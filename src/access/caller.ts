import { DomainError } from '../errors.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import { type AccessScope, type Handling, handlingRank, officeLevelOf, scopesOf, type Tier } from './vocabulary.ts'

/** The regions and handling that a caller sees. Every query on office data takes one; there is no default. */
export interface Scope {
  readonly tier: Tier
  /** Code of the office's region: `00`, `74` or `74.71`; empty for an agency, which sees no office's data. */
  readonly region: string
  /** Highest handling rank visible, 0 to 3. */
  readonly clearance: number
}

/** Who is calling, as the verified token says; the clients table must agree at each transaction. */
export interface Caller {
  readonly clientId: string
  /** The official; equal to `clientId` for a system. */
  readonly subject: string
  readonly agency: string | null
  readonly clearance: Handling
  /** Scopes of the token that the tier may hold. */
  readonly scopes: ReadonlySet<AccessScope>
  readonly scope: Scope
  /** The scope that the operation needs; the clients table must grant it too. Null: any client in good standing. */
  readonly needs: AccessScope | null
  /** The token itself: whose it is among the issuers, its `jti`, and when it was issued. */
  readonly token: { issuer: string; id: string; issuedAt: Date }
  /** The break-glass grant by which `scope` reaches above `clearance`, and when it is used; null but for such reads. */
  readonly breakGlass: { id: string; at: Date } | null
}

export interface Claims {
  iss: string
  jti: string
  /** Epoch seconds. */
  iat: number
  sub: string
  client_id: string
  scope: string
  clearance: Handling
  region?: string | undefined
  agency?: string | undefined
}

/** What the claims of a verified token say about its bearer. */
export function callerOf(claims: Claims): Caller {
  const tier = claims.region === undefined ? 'agency' : officeLevelOf(claims.region)
  const held = new Set(claims.scope.split(' '))
  return {
    clientId: claims.client_id,
    subject: claims.sub,
    agency: claims.agency ?? null,
    clearance: claims.clearance,
    scopes: new Set(scopesOf(tier).filter((scope) => held.has(scope))),
    scope: { tier, region: claims.region ?? '', clearance: handlingRank(claims.clearance) },
    needs: null,
    token: { issuer: claims.iss, id: claims.jti, issuedAt: new Date(claims.iat * 1000) },
    breakGlass: null,
  }
}

/** Whether the caller is an official and not a system: a system neither verifies nor breaks the glass. */
export function isPerson({ subject, clientId }: Caller): boolean {
  return subject !== clientId
}

/** The same caller, about to do something that needs a scope. @throws DomainError scope_missing */
export function callerFor(caller: Caller, needs: AccessScope): Caller {
  if (!caller.scopes.has(needs)) throw new DomainError('scope_missing', { scope: needs })
  return { ...caller, needs }
}

/** Whether an office may post about a region, by whichever of its codes: its own and what lies below. */
export function mayReportOn(scope: Scope, region: string, regions: RegionDirectory): boolean {
  if (scope.tier === 'agency') return false
  return scope.tier === 'national' || regions.isWithin(regions.today(region)?.code ?? region, scope.region)
}
