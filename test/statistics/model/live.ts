import type { LightMyRequestResponse } from 'fastify'
import { issueToken } from '../../../src/access/issue-token.ts'
import { scopesOf } from '../../../src/access/vocabulary.ts'
import type { Api } from '../../support/start-api.ts'
import { type Asker, handlings } from './model-report.ts'
import { askingOffices, offices } from './places.ts'

const tierOf = (office: string) => (office === '00' ? 'national' : office.length === 2 ? 'province' : 'regency')

/** Each office that posts, cleared for everything. */
export const posters: Asker[] = [...new Set(offices)].map((office) => ({
  clientId: `posts-${office}`,
  tier: tierOf(office),
  office,
  clearance: 3,
}))
/** Each tier with each clearance. */
export const askers: Asker[] = Object.values(askingOffices).flatMap((places) =>
  places.flatMap((office) =>
    handlings.map((_, clearance) => ({
      clientId: `asks-${office}-${clearance}`,
      tier: tierOf(office),
      office,
      clearance,
    })),
  ),
)
/** Nobody judges what they posted themselves. */
export const judges: Asker = { clientId: 'judges-00', tier: 'national', office: '00', clearance: 3 }
export const agency: Asker = { clientId: 'asks-agency', tier: 'agency', office: 'bssn', clearance: 3 }

export async function registerAskers({ admin }: Api): Promise<void> {
  for (const { clientId, tier, office, clearance } of [...posters, ...askers, judges, agency]) {
    const place = tier === 'agency' ? [null, office] : [office, null]
    await admin.query(
      `INSERT INTO clients (client_id, office_code, agency, scopes, clearance, created_at) VALUES ($1, $2, $3, $4, $5, '2022-01-01Z')`,
      [clientId, ...place, scopesOf(tier), clearance],
    )
  }
}

export interface Request {
  method?: 'GET' | 'POST' | 'PATCH'
  url: string
  body?: unknown
  headers?: Record<string, string>
}

/** The last token of each asker, while it is of this moment. */
const held = new Map<string, { token: string; moment: number }>()

async function tokenOf({ keys, config, time: { now } }: Api, { clientId, tier, office, clearance }: Asker) {
  const last = held.get(clientId)
  if (last?.moment === now.getTime()) return last.token
  const place = tier === 'agency' ? { agency: office } : { region: office }
  const claims = { clientId, place, clearance: handlings[clearance] ?? 'ordinary', scopes: scopesOf(tier) }
  const subject = `official-of-${clientId}`
  const token = await issueToken(keys, config, { ...claims, subject, lifetime: 3600, now })
  held.set(clientId, { token, moment: now.getTime() })
  return token
}

/** Sends as an official of theirs. */
export async function send(api: Api, asker: Asker, { method = 'GET', url, body, headers }: Request) {
  const authorization = `Bearer ${await tokenOf(api, asker)}`
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const sent = body === undefined ? {} : { payload: JSON.stringify(body) }
  return api.call({
    method,
    url,
    headers: { authorization, ...(body !== undefined && { 'content-type': type }), ...headers },
    ...sent,
  })
}

/** The same, where nothing but success will do. */
export async function done(api: Api, asker: Asker, request: Request): Promise<LightMyRequestResponse> {
  const answer = await send(api, asker, request)
  if (answer.statusCode < 300) return answer
  throw new Error(`${asker.clientId} ${request.method ?? 'GET'} ${request.url}: ${answer.statusCode} ${answer.body}`)
}

export function posterOf(office: string): Asker {
  const poster = posters.find((each) => each.office === office)
  if (!poster) throw new Error(`${office} posts nothing`)
  return poster
}
