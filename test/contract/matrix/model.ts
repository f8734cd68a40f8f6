import type { AccessScope, Handling } from '../../../src/access/vocabulary.ts'

/** Who calls: an office by the code of its region, or an agency. */
export interface Caller {
  name: string
  place: { region: string } | { agency: string }
  clearance: Handling
  scopes: readonly AccessScope[]
  /** What is the matter with the token or its client. */
  fault: 'none' | 'disabled' | 'no token' | 'expired'
}

/** What a caller may or may not know of. */
export interface Thing {
  region: string
  handling: Handling
}

const ranks: Record<Handling, number> = { ordinary: 0, restricted: 1, secret: 2, top_secret: 3 }
const isWithin = (region: string, office: string) =>
  office === '00' || region === office || region.startsWith(`${office}.`)

/** The whole rule of access, said once more and independently of the service. */
export const cleared = (caller: Caller, handling: Handling) => ranks[handling] <= ranks[caller.clearance]
export const covers = (caller: Caller, region: string) =>
  'region' in caller.place && isWithin(region, caller.place.region)
export const sees = (caller: Caller, thing: Thing) => covers(caller, thing.region) && cleared(caller, thing.handling)
/** What an agency is given: what is for all or for it, as far as it is cleared. */
export const reaches = (caller: Caller, { agencies, handling }: { agencies: 'all' | string[]; handling: Handling }) =>
  'agency' in caller.place &&
  cleared(caller, handling) &&
  (agencies === 'all' || agencies.includes(caller.place.agency))
export const isNational = ({ place }: Caller) => 'region' in place && place.region === '00'

/** The answer to a caller who may not even try: 401 before 403; null for one who may. */
export function refusal(caller: Caller, needed: string): 401 | 403 | null {
  if (needed === 'public') return null
  if (caller.fault !== 'none') return 401
  return needed === 'authenticated' || (caller.scopes as readonly string[]).includes(needed) ? null : 403
}
