import type pg from 'pg'
import { type Handling, handlingRank, officeLevelOf, scopesOf } from '../../src/access/vocabulary.ts'

export interface TestCaller {
  clientId: string
  place: { region: string } | { agency: string }
  clearance: Handling
  scopes: readonly string[]
}

const everything = (region: string) => scopesOf(officeLevelOf(region))
const caller = (clientId: string, region: string, clearance: Handling = 'restricted'): TestCaller => ({
  clientId,
  place: { region },
  clearance,
  scopes: everything(region),
})

/** Who calls in tests. An office holds every scope that it can, unless its name says otherwise. */
export const callers = {
  kendari: caller('kendari', '74.71'),
  kendariSecret: caller('kendari-secret', '74.71', 'secret'),
  kendariOrdinary: caller('kendari-ordinary', '74.71', 'ordinary'),
  kendariReader: { ...caller('kendari-reader', '74.71'), scopes: ['reports:read'] },
  kolaka: caller('kolaka', '74.01'),
  sultra: caller('sultra', '74'),
  sultraTopSecret: caller('sultra-top-secret', '74', 'top_secret'),
  bali: caller('bali', '51'),
  denpasar: caller('denpasar', '51.71'),
  jayapura: caller('jayapura', '91.71'),
  nation: caller('nation', '00', 'top_secret'),
  analyst: caller('analyst', '00'),
  bssn: { clientId: 'bssn', place: { agency: 'bssn' }, clearance: 'secret', scopes: scopesOf('agency') },
} as const satisfies Record<string, TestCaller>
export type CallerName = keyof typeof callers

export async function registerCallers(admin: pg.Pool): Promise<void> {
  for (const { clientId, place, scopes, clearance } of Object.values(callers) as TestCaller[]) {
    const office = 'region' in place ? place.region : null
    const agency = 'agency' in place ? place.agency : null
    await admin.query(
      `INSERT INTO clients (client_id, office_code, agency, scopes, clearance, created_at) VALUES ($1, $2, $3, $4, $5, '2024-01-01Z')`,
      [clientId, office, agency, scopes, handlingRank(clearance)],
    )
  }
}
