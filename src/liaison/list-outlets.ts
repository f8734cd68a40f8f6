import type { Caller } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopesOf } from '../access/vocabulary.ts'
import { type Outlet, outlets } from './outlets.ts'
import type { OutletRights, OutletView } from './schemas.ts'

/** Every outlet, and what the caller may do there today: by its token and by what the client is granted. */
export async function listOutlets({ db, caller }: Context): Promise<OutletView[]> {
  const { scopes: granted } = await db.enter(caller)
  return outlets.map(({ tag, operationId, ...outlet }) => ({
    ...outlet,
    operationId,
    mediaTypes: [...outlet.mediaTypes],
    templated: outlet.href.includes('{'),
    documentation: `/docs#/${tag}/${operationId}`,
    rights: rightsOf(caller, granted, outlet),
  }))
}

/** A tier that can never hold the scope is told so: asking an administrator for it would be in vain. */
function rightsOf(caller: Caller, granted: readonly string[], { scope }: Pick<Outlet, 'scope'>): OutletRights {
  const { tier, region } = caller.scope
  const missing = !scopesOf(tier).includes(scope)
    ? ('tier' as const)
    : caller.scopes.has(scope) && granted.includes(scope)
      ? null
      : ('scope' as const)
  if (missing) return { allowed: false, missing, handling: null, office: null, agency: null }
  const office = tier === 'agency' ? null : region
  return { allowed: true, missing, handling: caller.clearance, office, agency: caller.agency }
}
