import { handlingLevels } from '../../../src/access/vocabulary.ts'
import { statuses } from '../../../src/reports/vocabulary.ts'
import { aReportIn } from '../../support/a-report.ts'
import { batchOperations } from './batch-operations.ts'
import { byId, type Cell, get, list, missingId, type Operation, open, staleChange } from './cells.ts'
import { cleared, covers, isNational, sees } from './model.ts'
import type { Report, Request } from './world.ts'

const findReport: Operation = {
  needs: 'reports:read',
  cells(caller, { reports, grant }) {
    const seen = (report: Report) => sees(caller, report)
    const submitted = reports.filter(({ status }) => status === 'submitted')
    const conditional = byId(submitted, seen, (id) => get(`/v1/reports/${id}`, { 'if-none-match': '*' }))
    const unmodified = conditional.map(({ wrong: _body, ...cell }) => ({
      ...cell,
      status: cell.status === 200 ? 304 : 404,
    }))
    const holder = caller.name === '00-restricted'
    const through = reports.map(({ id }) => get(`/v1/reports/${id}`, { 'break-glass': grant.id }))
    const foreign = holder ? 200 : isNational(caller) ? 400 : 403
    const glass = through.map((request): Cell => ({ what: 'through the glass', request, status: foreign }))
    return [
      ...byId(reports, seen, (id) => get(`/v1/reports/${id}`)),
      ...unmodified,
      ...glass.slice(0, holder ? undefined : 2),
    ]
  },
}

/** An export holds what the list holds, and nothing else. */
const exported = (expected: readonly Report[]): Cell => ({
  what: 'an export',
  request: get('/v1/reports', { accept: 'application/x-ndjson' }),
  status: 200,
  wrong(answer) {
    const got = answer.body.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).id]))
    const wanted = expected.map(({ id }) => id)
    return JSON.stringify(got.sort()) === JSON.stringify(wanted.sort()) ? null : `${got.length}, not ${wanted.length}`
  },
})

const listReports: Operation = {
  needs: 'reports:read',
  cells(caller, { reports, grant }) {
    const seen = reports.filter((report) => sees(caller, report))
    const within = (region: string) =>
      seen.filter((report) => report.region === region || report.region.startsWith(`${region}.`))
    const all = '/v1/reports?limit=200'
    const glass = caller.name === '00-restricted' ? [list(all, reports, { 'break-glass': grant.id })] : []
    return [
      list(all, seen),
      list(`${all}&fields=*&sort=receivedAt`, seen),
      ...['74', '74.71', '74.01', '51', '51.71'].map((region) => list(`${all}&region=${region}`, within(region))),
      ...statuses.map((status) =>
        list(
          `${all}&status=${status}`,
          seen.filter((report) => report.status === status),
        ),
      ),
      list(
        `${all}&election=pilkada-2024&stage=masa_tenang&anyStage=true`,
        seen.filter(({ region }) => region !== '00'),
      ),
      list(`${all}&severity=low,high,critical`, []),
      exported(seen),
      ...glass,
      { what: 'a filter that is none', request: get('/v1/reports?handling=secret'), status: 400 },
      { what: 'a cursor that is none', request: get('/v1/reports?cursor=AAAA'), status: 400 },
    ]
  },
}

const submitReport: Operation = {
  needs: 'reports:submit',
  cells: (caller) =>
    ['74.71', '74.01', '51.71', '74', '51', '00', '74.71.01'].flatMap((region) =>
      handlingLevels.map((handling) => ({
        what: `${region} ${handling}`,
        request: { method: 'POST', url: '/v1/reports', body: aReportIn(region, { handling }) },
        status: covers(caller, region) && cleared(caller, handling) ? 201 : 422,
      })),
    ),
}

const explained = { reason: 'Matriks: siapa yang boleh.' }

const breakGlass = { reason: 'Matriks: siapa yang boleh membuka, dan sampai di mana.' }

const openBreakGlass: Operation = {
  needs: 'access:break-glass',
  cells: (caller) =>
    (['restricted', 'secret', 'top_secret'] as const).map((clearance) => ({
      what: clearance,
      request: { method: 'POST', url: '/v1/access/break-glass', body: { ...breakGlass, clearance } },
      status: cleared(caller, clearance) ? 422 : 201,
    })),
}

const closeBreakGlass: Operation = {
  needs: 'access:break-glass',
  cells: (_caller, { grant }) =>
    [missingId, 'not-an-id', grant.id].map((id) => ({
      what: id === grant.id ? "another's grant" : 'no grant',
      request: { method: 'DELETE', url: `/v1/access/break-glass/${id}` },
      status: _caller.name === '00-restricted' && id === grant.id ? 204 : 404,
    })),
}

/** An auditor reads of what they are cleared for, and of nothing else. */
const listAudit: Operation = {
  needs: 'audit:read',
  cells: (caller, { reports }) =>
    reports
      .filter(({ status }) => status === 'submitted')
      .map(({ id, region, handling }) => ({
        what: `${region} ${handling}`,
        request: get(`/v1/audit?action=report.submitted&resourceId=${id}`),
        status: 200,
        wrong: (answer) => {
          const told = answer.json().items.map(({ resource }: { resource: { id: string } }) => resource.id)
          const expected = cleared(caller, handling) ? [id] : []
          return JSON.stringify(told) === JSON.stringify(expected) ? null : `${told.length} entries`
        },
      })),
}

const credential = { kind: 'secret' }

const addClient: Operation = {
  needs: 'clients:manage',
  cells: (caller) =>
    handlingLevels.map((clearance) => ({
      what: clearance,
      request: {
        method: 'POST',
        url: '/v1/clients',
        body: {
          clientId: `new-${clearance}-${caller.name}`,
          office: '51.71',
          scopes: ['reports:read'],
          clearance,
          credential,
        },
      },
      status: cleared(caller, clearance) ? 201 : 422,
    })),
}

/** An administrator changes no client that is cleared further than they are. */
function administered(purpose: string, send: (url: string) => Pick<Request, 'method' | 'url' | 'body'>): Operation {
  return {
    needs: 'clients:manage',
    cells(caller) {
      const cell = (id: string, status: number): Cell => {
        const request = { ...send(`/v1/clients/${id}`), headers: { 'if-match': `"${id}.1"` } }
        return { what: id, request, status }
      }
      const known = handlingLevels.map((clearance) =>
        cell(`${purpose}-${clearance}-${caller.name}`, cleared(caller, clearance) ? 200 : 409),
      )
      return [...known, cell('nobody', 404)]
    },
  }
}

const grantToken: Operation = {
  needs: 'public',
  cells: ({ name }) => {
    const guess = (client: string): Request => ({
      method: 'POST',
      url: '/oauth/token',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${client}:wsp_guess`).toString('base64')}`,
      },
      body: 'grant_type=client_credentials',
    })
    return [
      { what: 'no client', request: guess('nobody'), status: 401 },
      { what: 'a client with no credential', request: guess(name), status: 401 },
    ]
  },
}

/** Every operation of the contract but those beside reports; what changes the world comes last. */
export const operations: Record<string, Operation> = {
  getLiveness: open('public', '/livez'),
  getReadiness: open('public', '/readyz'),
  getMe: open('authenticated', '/v1/me'),
  listOffices: open('authenticated', '/v1/offices', '/v1/offices?province=74'),
  listRegions: open('authenticated', '/v1/regions', '/v1/regions?q=kendari'),
  findRegion: open('authenticated', '/v1/regions/74.71', '/v1/regions/51', '/v1/regions/91.01'),
  locatePosition: open('authenticated', '/v1/positions?coordinates=122.513,-3.975'),
  listElections: open('authenticated', '/v1/elections'),
  findElection: open('authenticated', '/v1/elections/pilkada-2024'),
  listStages: open('authenticated', '/v1/stages?region=74.71&on=2024-11-25'),
  listIncidentTypes: open('authenticated', '/v1/incident-types'),
  listVocabularies: open('authenticated', '/v1/vocabularies'),
  findReport,
  listReports,
  listBreakGlass: {
    needs: 'reports:read',
    cells: (caller, { grant }) => [
      list(
        '/v1/access/break-glass?limit=200',
        grant.through.filter((report) => sees(caller, report)),
      ),
    ],
  },
  getApiCatalog: open('public', '/.well-known/api-catalog'),
  getResourceMetadata: open('public', '/.well-known/oauth-protected-resource'),
  getIssuerMetadata: open('public', '/.well-known/oauth-authorization-server'),
  listSigningKeys: open('public', '/oauth/jwks'),
  grantToken,
  listClients: open('clients:manage', '/v1/clients', '/v1/clients?region=74', '/v1/clients?agency=bssn'),
  findClient: {
    needs: 'clients:manage',
    cells: (_caller, { callers }) => [
      ...callers.map(({ name }) => ({ what: name, request: get(`/v1/clients/${name}`), status: 200 })),
      { what: 'nobody', request: get('/v1/clients/nobody'), status: 404 },
    ],
  },
  listAudit,
  ...batchOperations,
  submitReport,
  listRevisions: {
    needs: 'reports:read',
    cells: (caller, { reports }) =>
      byId(
        reports,
        (report) => sees(caller, report),
        (id) => get(`/v1/reports/${id}/revisions`),
      ).map((cell) => ({
        ...cell,
        ...(cell.wrong && { wrong: (answer) => (answer.json().items.length === 1 ? null : 'not the one version') }),
      })),
  },
  correctReport: staleChange('reports:submit', 'PATCH', '', { severity: 'high' }),
  withdrawReport: staleChange('reports:submit', 'POST', '/withdraw'),
  verifyReport: staleChange('reports:verify', 'POST', '/verify'),
  rejectReport: staleChange('reports:verify', 'POST', '/reject', explained),
  escalateReport: staleChange('reports:verify', 'POST', '/escalate'),
  returnReport: staleChange('reports:verify', 'POST', '/return', explained),
  closeReport: staleChange('reports:verify', 'POST', '/close', { outcome: 'Matriks: selesai.' }),
  reopenReport: staleChange('reports:verify', 'POST', '/reopen', explained),
  openBreakGlass,
  closeBreakGlass,
  addClient,
  changeClient: administered('change', (url) => ({ method: 'PATCH', url, body: { name: 'Klien' } })),
  rotateCredentials: administered('rotate', (url) => ({ method: 'POST', url: `${url}/rotate`, body: { credential } })),
}
