import { makeKeyPair } from '../../src/clients/key-pair.ts'
import { submitReportExample } from '../../src/reports/examples.ts'
import { regency } from './callers.ts'
import { ask, type Caller, callerNamed, type Target } from './target.ts'

/** Values by the name of a parameter, a header or a member. */
export type Known = Record<string, readonly unknown[]>

const reportsOfEach = 4
const clientCount = 6
const grantCount = 40
const keyCount = 12

/** Reports of every office that submits, some above the clearance of the official. */
export async function postReports(target: Target, callers: readonly Caller[]): Promise<Known> {
  const ids: string[] = []
  const etags: string[] = []
  for (const caller of callers.filter(({ scopes }) => scopes.includes('reports:submit'))) {
    for (let number = 0; number < reportsOfEach; number += 1) {
      const { clientReference: _given, ...example } = submitReportExample
      const given = { ...example, handling: number % 2 === 0 ? 'top_secret' : 'restricted' }
      const { body, headers } = await ask(target, caller, '/v1/reports', { given })
      ids.push(String(body.id))
      etags.push(String(headers.get('etag')))
    }
  }
  return {
    ids,
    'findReport.id': ids,
    'listAttachments.id': ids,
    'beginUpload.id': ids,
    'Upload-Length': [26_214_400, 1_000],
    'Upload-Metadata': ['filename Zm90by5qcGc='],
    'Tus-Resumable': ['1.0.0'],
    'If-None-Match': [...etags, '*', 'W/"x"'],
  }
}

/** Clients that requests may change as they like: none of those who call. */
export async function addClients(target: Target, callers: readonly Caller[]): Promise<Known> {
  const administrator = callerNamed(callers, 'nation')
  const ids = Array.from({ length: clientCount }, (_, index) => `fuzz-other-${index + 1}`)
  const etags: string[] = []
  for (const clientId of ids) {
    const scopes = ['reports:read']
    const given = { clientId, office: regency, scopes, clearance: 'restricted', credential: { kind: 'secret' } }
    const { headers } = await ask(target, administrator, '/v1/clients', { given })
    etags.push(String(headers.get('etag')))
  }
  const keys = await Promise.all(Array.from({ length: keyCount }, makeKeyPair))
  const publicKeys = keys.map(({ publicJwk }) => ({ kind: 'public_key', jwk: publicJwk }))
  const granted = [['reports:read'], ['statistics:read'], ['signals:read', 'events:read']]
  return {
    ...Object.fromEntries(['findClient', 'changeClient', 'rotateCredentials'].map((id) => [`${id}.id`, ids])),
    'findClient.If-None-Match': [...etags, '*'],
    'If-Match': [...etags, ...etags.map(() => '*')],
    'scopes[]': granted,
    office: [regency, '74', '00'],
    agency: ['bssn', 'polri'],
    credential: [...publicKeys.map(() => ({ kind: 'secret' })), ...publicKeys],
    'listClients.region': [regency, '74', '00'],
    'listAudit.clientId': [...ids, 'fuzz-nation'],
    'listAudit.resourceId': ids,
    'listAudit.resourceType': ['client', 'report', 'audit'],
    'listAudit.action': ['client.added', 'report.read', 'audit.read'],
    'listAudit.actor': ['official-1'],
  }
}

/** Grants of the official: some that stay, by which a report was read, and some to be closed. */
export async function openGrants(
  target: Target,
  callers: readonly Caller[],
  reports: readonly unknown[],
): Promise<Known> {
  const official = callerNamed(callers, 'official')
  const open = async () => {
    const given = { reason: 'Laporan harus dibaca sebelum penghitungan suara dimulai.', minutes: 240 }
    return String((await ask(target, official, '/v1/access/break-glass', { given })).body.id)
  }
  const ids: string[] = []
  for (let number = 0; number < grantCount; number += 1) ids.push(await open())
  const [staying, closing] = [ids.slice(0, 3), ids.slice(3)]
  for (const grant of staying)
    for (const report of reports)
      await ask(target, official, `/v1/reports/${report}`, { headers: { 'break-glass': grant } })
  return { 'Break-Glass': staying, 'closeBreakGlass.id': closing }
}

/** Codes of places, elections, stages and incidents. */
export async function referenceOf(target: Target, callers: readonly Caller[]): Promise<Known> {
  const caller = callerNamed(callers, 'regency')
  const itemsOf = async (path: string): Promise<Record<string, unknown>[]> =>
    (await ask(target, caller, path)).body.items
  const codesOf = async (path: string) => (await itemsOf(path)).map(({ code }) => code)
  const election = await codesOf('/v1/elections')
  const { body: pilkada } = await ask(target, caller, '/v1/elections/pilkada-2024')
  const regions = await codesOf(`/v1/regions?within=${regency}&limit=20`)
  return {
    election,
    'findElection.code': election,
    'findRegion.code': [...regions, '91.01'],
    'locatePosition.coordinates': ['122.513,-3.975', '0,0'],
    stage: pilkada.stages.map(({ code }: { code: string }) => code),
    incidentType: await codesOf('/v1/incident-types'),
    regionCode: regions,
    region: [...regions, '74', '00'],
    within: [...regions, '74', '00'],
    province: ['74', '51', '91'],
    'compareStages.election': ['pilkada-2024'],
    'compareStages.region': ['00', '74', regency],
    'compareStages.against': ['pemilu-2024'],
    'getTimeline.interval': ['month'],
  }
}
