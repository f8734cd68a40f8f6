import { type Handling, handlingLevels, handlingRank, scopes, scopesOf } from '../../../src/access/vocabulary.ts'
import type { Api } from '../../support/start-api.ts'
import type { Agency } from './model.ts'

/** One is addressed, another is, and one never is by its name. */
export const agencies = ['bssn', 'polri', 'bmkg'] as const

/** An agency that calls: by which client, and with which scopes in its token. */
export interface Caller extends Agency {
  name: string
  clientId: string
  scopes: readonly string[]
  /** What is the matter, so that every answer must be 401; null where nothing is. */
  fault: 'disabled' | 'no token' | 'cleared for less by now' | 'another agency' | null
}

const all = scopesOf('agency')
const caller = (agency: string, clearance: Handling, more: Partial<Caller> = {}): Caller => {
  const name = more.name ?? `${agency}-${clearance}`
  return { name, agency, clearance, clientId: name, scopes: all, fault: null, ...more }
}
const whole = agencies.flatMap((agency) => handlingLevels.map((clearance) => caller(agency, clearance)))
const without = (scope: string) => {
  const name = `bssn-without-${scope.replace(':', '-')}`
  return caller('bssn', 'top_secret', { name, scopes: all.filter((each) => each !== scope) })
}

/** Cleared for all at first, when it reads what reaches it; then for what is restricted. */
export const lowered = caller('bssn', 'restricted', { name: 'bssn-lowered' })
export const beforeLowered: Caller = {
  ...lowered,
  ...{ name: 'bssn-lowered-with-its-old-token', clearance: 'top_secret', fault: 'cleared for less by now' },
}

/** Each agency at each clearance, and those who lack something. A token that claims every scope there is gives no more than an agency can hold. */
export const callers: readonly Caller[] = [
  ...whole,
  ...['releases:read', 'events:read', 'statistics:read'].map(without),
  caller('bssn', 'secret', { name: 'bssn-greedy', scopes }),
  lowered,
  beforeLowered,
  caller('polri', 'top_secret', { name: 'polri-disabled', fault: 'disabled' }),
  caller('polri', 'top_secret', { name: 'no-token', fault: 'no token' }),
  caller('polri', 'top_secret', { name: 'bssn-as-polri', clientId: 'bssn-top_secret', fault: 'another agency' }),
]

/** Whoever reads all that reaches its agency, to learn the ETags that others must not be told by. */
export const readers = [beforeLowered, ...callers.filter(({ name }) => /^(polri|bmkg)-top_secret$/.test(name))]

export async function registerCallers({ admin }: Api): Promise<void> {
  for (const { clientId, agency, scopes: held, clearance } of callers)
    await admin.query(
      `INSERT INTO clients (client_id, agency, scopes, clearance, created_at) VALUES ($1, $2, $3, $4, '2024-01-01Z')
      ON CONFLICT DO NOTHING`,
      [clientId, agency, all.filter((scope) => held.includes(scope)), handlingRank(clearance)],
    )
  await admin.query(`UPDATE clients SET clearance = 3 WHERE client_id = $1`, [lowered.clientId])
}

/** What an administrator decides once all was released and read. */
export async function lowerAndDisable({ admin }: Api): Promise<void> {
  await admin.query(`UPDATE clients SET clearance = 1 WHERE client_id = $1`, [lowered.clientId])
  await admin.query(`UPDATE clients SET disabled_at = '2024-11-26Z' WHERE client_id = 'polri-disabled'`)
}

export function tokenOf(api: Api, { clientId, agency, clearance, scopes: claimed }: Caller): Promise<string> {
  return api.tokenOf({ clientId, place: { agency }, clearance, scopes: claimed })
}
