import { scopesOf } from '../../../src/access/vocabulary.ts'
import { findRelease, readReleasedFile } from './by-id.ts'
import { compareStages, countReports, getTimeline } from './counts.ts'
import { listEvents } from './events.ts'
import { listReleases } from './lists.ts'
import type { Outlet, Whole } from './ways.ts'

/** What says of the caller alone who it is. */
const me: Whole = {
  name: 'who I am',
  whole: async (ask) => (await ask({ url: '/v1/me' })).json(),
  expected: ({ clientId, agency, clearance, scopes }) => ({
    ...{
      clientId,
      subject: `official-of-${clientId}`,
      system: false,
      tier: 'agency',
      office: null,
      agency,
      clearance,
    },
    scopes: scopesOf('agency').filter((scope) => scopes.includes(scope)),
  }),
}

interface Listed {
  scope: string
  rights: unknown
}
const myRights: Whole = {
  name: 'my rights in the outlets',
  whole: async (ask) => {
    const { items } = (await ask({ url: '/v1/liaison' })).json()
    return items.map(({ scope, rights }: Listed) => JSON.stringify([scope, rights]))
  },
  expected: ({ agency, clearance, scopes }, { before }) =>
    JSON.parse(before.get('/v1/liaison') ?? '').items.map(({ scope }: Listed) => {
      const missing = !scopesOf('agency').some((each) => each === scope)
        ? 'tier'
        : scopes.includes(scope)
          ? null
          : 'scope'
      const rights = missing
        ? { allowed: false, missing, handling: null, office: null, agency: null }
        : { allowed: true, missing, handling: clearance, office: null, agency }
      return JSON.stringify([scope, rights])
    }),
}

/** What tells every caller the same, and the same as before there was any report. */
const unchanged = (url: string, method: 'GET' | 'POST' = 'GET'): Whole & { url: string; method: 'GET' | 'POST' } => ({
  ...{ name: `${method} ${url}`, url, method },
  whole: async (ask) => (await ask({ url, method })).payload,
  expected: (_caller, { before }) => before.get(url),
})
const forAll = (needs: Outlet['needs'], ...ways: Whole[]): Outlet => ({ needs, ways })

/**
 * Every operation that an agency may call. An outlet that comes (webhooks, a stream, OGC API Features, TAXII, CAP) is one more entry: as long
 * as an operation of the contract, or an outlet of `src/liaison/outlets.ts`, has none here, the test fails.
 */
export const outlets: Readonly<Record<string, Outlet>> = {
  findRelease,
  readReleasedFile,
  listReleases,
  listEvents,
  countReports,
  getTimeline,
  compareStages,
  getMe: forAll(null, me),
  listOutlets: forAll(null, myRights),
  listOffices: forAll(null, unchanged('/v1/offices?limit=200')),
  listRegions: forAll(null, unchanged('/v1/regions?q=kendari')),
  findRegion: forAll(null, unchanged('/v1/regions/74.71')),
  locatePosition: forAll(null, unchanged('/v1/positions?longitude=122.5&latitude=-3.97')),
  listElections: forAll(null, unchanged('/v1/elections')),
  findElection: forAll(null, unchanged('/v1/elections/pilkada-2024')),
  listStages: forAll(null, unchanged('/v1/stages?region=74.71')),
  listIncidentTypes: forAll(null, unchanged('/v1/incident-types')),
  listVocabularies: forAll(null, unchanged('/v1/vocabularies')),
  getLiveness: forAll('public', unchanged('/livez')),
  getReadiness: forAll('public', unchanged('/readyz')),
  getResourceMetadata: forAll('public', unchanged('/.well-known/oauth-protected-resource')),
  getApiCatalog: forAll('public', unchanged('/.well-known/api-catalog')),
  getIssuerMetadata: forAll('public', unchanged('/.well-known/oauth-authorization-server')),
  listSigningKeys: forAll('public', unchanged('/oauth/jwks')),
  grantToken: forAll('public', unchanged('/oauth/token', 'POST')),
}

/** What is asked before there is any report, for comparison. */
export const sameForAll = [
  { url: '/v1/liaison', method: 'GET' as const },
  ...Object.values(outlets).flatMap(({ ways }) =>
    ways.flatMap((way) => ('url' in way ? [way as ReturnType<typeof unchanged>] : [])),
  ),
]
