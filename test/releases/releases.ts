import type { LightMyRequestResponse } from 'fastify'
import { type Handling, handlingRank, scopesOf } from '../../src/access/vocabulary.ts'
import { aReport } from '../support/a-report.ts'
import { type CallerName, callers, type TestCaller } from '../support/callers.ts'
import type { Api } from '../support/start-api.ts'

/** Agencies by who calls: two of one agency that differ in clearance, and one of another. */
export const agencies = {
  bssn: { agency: 'bssn', clearance: 'secret' },
  bssnOrdinary: { agency: 'bssn', clearance: 'ordinary' },
  polri: { agency: 'polri', clearance: 'restricted' },
} as const
export type AgencyName = keyof typeof agencies

/** Registers the agencies beside the callers that every test has. */
export async function registerAgencies({ admin }: Api): Promise<void> {
  for (const [name, { agency, clearance }] of Object.entries(agencies))
    await admin.query(
      `INSERT INTO clients (client_id, agency, scopes, clearance, created_at) VALUES ($1, $2, $3, $4, '2024-01-01Z')`,
      [`agency-${name}`, agency, scopesOf('agency'), handlingRank(clearance as Handling)],
    )
}

/** What an agency asks for. */
export function asAgency(api: Api, name: AgencyName) {
  const { agency, clearance } = agencies[name]
  const caller: TestCaller = { clientId: `agency-${name}`, place: { agency }, clearance, scopes: scopesOf('agency') }
  const get = async (url: string, headers: Record<string, string> = {}) =>
    api.call({ method: 'GET', url, headers: { authorization: `Bearer ${await api.tokenOf(caller)}`, ...headers } })
  const read = async (id: string) => {
    const answer = await get(`/v1/releases/${id}`)
    return `${answer.statusCode} ${answer.statusCode === 200 ? `v${answer.json().version}` : answer.json().code}`
  }
  const events = async (): Promise<string[]> => {
    await api.chain()
    const { items } = (await get('/v1/events?limit=200')).json()
    return items.map(
      ({ type, subject, handling }: { type: string; subject: { version: number }; handling: string }) =>
        `${type} v${subject.version} ${handling}`,
    )
  }
  return { get, read, events }
}

/** A change of an office, by an official of a name. */
export async function change(
  api: Api,
  [by, official]: readonly [CallerName, string?],
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  const token = await api.tokenOf(callers[by], official === undefined ? {} : { subject: official })
  return api.call({
    method: 'POST',
    url,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  })
}

/** A report of Kendari that the province has verified. */
export async function verified(api: Api, changes: Record<string, unknown> = {}): Promise<string> {
  const posted = await api.as('kendariSecret').post('/v1/reports', aReport(changes))
  const { id } = posted.json()
  const answer = await api.as('sultraTopSecret').change(`/v1/reports/${id}/verify`, undefined, '*')
  if (answer.statusCode !== 200) throw new Error(`${posted.payload} ${answer.payload}`)
  return id
}

export const plain = { agencies: 'all', handling: 'restricted', fields: ['subject'] } as const
export const any = { 'if-match': '*' }
export const because = { reason: 'Diminta Kominda Sulawesi Tenggara.' }

/** Releases as Kendari, and gives the version. */
export async function release(api: Api, report: string, body: Record<string, unknown> = {}) {
  const answer = await change(api, ['kendariSecret'], `/v1/reports/${report}/releases`, { ...plain, ...body })
  if (answer.statusCode !== 201) throw new Error(answer.payload)
  return answer.json()
}

/** The status and the code of a refusal, with the faults that it names. */
export function refusal(answer: LightMyRequestResponse): string {
  const { code, errors = [] } = answer.json()
  const faults = errors.map((fault: { pointer: string; code: string }) => `${fault.pointer} ${fault.code}`)
  return [answer.statusCode, code, ...faults].join(' ')
}
