import { type AccessScope, scopesOf } from '../../../src/access/vocabulary.ts'
import type { Operation } from './cells.ts'
import { get } from './cells.ts'
import type { Caller } from './model.ts'

const isAgency = ({ place }: Caller) => 'agency' in place

/** Why a caller may not use an outlet, as the model has it. */
function missing(caller: Caller, scope: AccessScope): 'scope' | 'tier' | null {
  if (caller.scopes.includes(scope)) return null
  return scopesOf(isAgency(caller) ? 'agency' : 'regency').includes(scope) ? 'scope' : 'tier'
}

const listOutlets: Operation = {
  needs: 'authenticated',
  cells: (caller) => [
    {
      what: 'the outlets',
      request: get('/v1/liaison'),
      status: 200,
      wrong(answer) {
        const { place, clearance } = caller
        const where =
          'agency' in place ? { office: null, agency: place.agency } : { office: place.region, agency: null }
        const strange = answer.json().items.find(({ scope, rights }: { scope: AccessScope; rights: object }) => {
          const why = missing(caller, scope)
          const expected = why
            ? { allowed: false, missing: why, handling: null, office: null, agency: null }
            : { allowed: true, missing: null, handling: clearance, ...where }
          return JSON.stringify(rights) !== JSON.stringify(expected)
        })
        return strange ? `${strange.id}: ${JSON.stringify(strange.rights)}` : null
      },
    },
  ],
}

export const liaisonOperations: Record<string, Operation> = { listOutlets }
