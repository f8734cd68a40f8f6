import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { issueToken } from '../../src/access/issue-token.ts'
import { type Keys, openKeys } from '../../src/access/signing-keys.ts'
import { officeLevelOf, scopesOf } from '../../src/access/vocabulary.ts'
import { submitReportExample } from '../../src/reports/examples.ts'
import { administer } from '../database.ts'

export interface Caller {
  name: string
  token: string
  scopes: readonly string[]
}

/** The next page of a list, as the service gave it to a caller. */
export interface Continued {
  operation: string
  caller: string
  target: string
}

/** What exists in the service before the first request: made in the same order each time, so that a seed says the same again. */
export interface World {
  address: string
  callers: readonly Caller[]
  /** Values of the Authorization header that no secured operation may accept. */
  refused: readonly { name: string; authorization: string }[]
  continued: readonly Continued[]
  /** Values by the name of a parameter, a header or a member; `operation.name` comes before `name`. */
  known: Readonly<Record<string, readonly unknown[]>>
}

/** The service to be fuzzed, and who may change what it stands on. */
export interface Target {
  address: string
  adminUrl: string
  keys: Keys
  trusted: { issuer: string; audience: string }
  now: Date
}

const regency = '74.71'
const everything = (region: string) => scopesOf(officeLevelOf(region))
const clients = [
  { name: 'regency', place: { region: regency }, scopes: everything(regency) },
  { name: 'province', place: { region: '74' }, scopes: everything('74') },
  { name: 'nation', place: { region: '00' }, scopes: everything('00') },
  { name: 'reader', place: { region: regency }, scopes: ['reports:read'] },
  { name: 'agency', place: { agency: 'bssn' }, scopes: scopesOf('agency') },
]
const reportsOfEach = 4

export async function makeWorld(target: Target): Promise<World> {
  await registerClients(target.adminUrl)
  const callers = await Promise.all(
    clients.map(async ({ name, place, scopes }) => ({
      name,
      scopes,
      token: await tokenOf(target, { name, place, scopes }),
    })),
  )
  const { ids, etags } = await postReports(target, callers)
  const continued = await nextPages(target, callers)
  return {
    address: target.address,
    callers,
    refused: await refusedTokens(target),
    continued,
    known: {
      ...(await referenceOf(target, callers)),
      ids,
      'findReport.id': ids,
      'If-None-Match': [...etags, '*', 'W/"x"'],
    },
  }
}

async function registerClients(adminUrl: string): Promise<void> {
  const disabled = { name: 'disabled', place: { region: regency }, scopes: everything(regency) }
  for (const { name, place, scopes } of [...clients, disabled])
    await administer(
      adminUrl,
      `INSERT INTO clients (client_id, office_code, agency, scopes, clearance, created_at, disabled_at)
       VALUES ($1, $2, $3, $4, 3, now(), CASE WHEN $1 = 'fuzz-disabled' THEN now() END)`,
      [`fuzz-${name}`, 'region' in place ? place.region : null, 'agency' in place ? place.agency : null, scopes],
    )
}

type Client = { name: string; place: { region: string } | { agency: string }; scopes: readonly string[] }
type Issued = Parameters<typeof issueToken>[2]

function tokenOf({ keys, trusted, now }: Target, { name, place, scopes }: Client, changed: Partial<Issued> = {}) {
  const clientId = `fuzz-${name}`
  const lifetime = 8 * 3600
  return issueToken(keys, trusted, {
    ...{ clientId, subject: 'official-1', place, scopes, clearance: 'top_secret', lifetime, now },
    ...changed,
  })
}

async function refusedTokens(target: Target): Promise<World['refused']> {
  const client = { name: 'regency', place: { region: regency }, scopes: everything(regency) }
  const folder = await mkdtemp(join(tmpdir(), 'waspada-fuzz-'))
  const foreign = { ...target, keys: await openKeys(folder) }
  await rm(folder, { recursive: true })
  const longAgo = new Date(target.now.getTime() - 20 * 3600_000)
  const good = await tokenOf(target, client)
  const tokens = {
    expired: await tokenOf({ ...target, now: longAgo }, client),
    foreign: await tokenOf(foreign, client),
    'of another audience': await tokenOf({ ...target, trusted: { ...target.trusted, audience: 'urn:other' } }, client),
    'of another issuer': await tokenOf({ ...target, trusted: { ...target.trusted, issuer: 'urn:other' } }, client),
    disabled: await tokenOf(target, { ...client, name: 'disabled' }),
    unknown: await tokenOf(target, { ...client, name: 'unknown' }),
    'of another region': await tokenOf(target, { ...client, place: { region: '51.71' } }),
    unsigned: `${good.split('.').slice(0, 2).join('.')}.`,
    'with another payload': good.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x"}').toString('base64url')}.`),
    garbage: 'x',
  }
  const bearer = Object.entries(tokens).map(([name, token]) => ({ name, authorization: `Bearer ${token}` }))
  return [...bearer, { name: 'basic', authorization: 'Basic eDp5' }, { name: 'empty', authorization: 'Bearer ' }]
}

async function postReports(target: Target, callers: readonly Caller[]) {
  const ids: string[] = []
  const etags: string[] = []
  for (const caller of callers.filter(({ scopes }) => scopes.includes('reports:submit'))) {
    for (let number = 0; number < reportsOfEach; number += 1) {
      const { clientReference: _given, ...report } = submitReportExample
      const answer = await ask(target, caller, '/v1/reports', report)
      ids.push(String(answer.body.id))
      etags.push(String(answer.headers.get('etag')))
    }
  }
  return { ids, etags }
}

const lists = [
  { operation: 'listReports', target: '/v1/reports?limit=2' },
  { operation: 'listReports', target: '/v1/reports?limit=1&sort=receivedAt&athg=disruption' },
  { operation: 'listRegions', target: '/v1/regions?limit=3&level=district' },
]

async function nextPages(target: Target, callers: readonly Caller[]): Promise<Continued[]> {
  const found: Continued[] = []
  for (const caller of callers.filter(({ scopes }) => scopes.includes('reports:read'))) {
    for (const list of lists) {
      const { body } = await ask(target, caller, list.target)
      found.push({ operation: list.operation, caller: caller.name, target: `${list.target}&cursor=${body.next}` })
    }
  }
  return found
}

async function referenceOf(target: Target, callers: readonly Caller[]): Promise<World['known']> {
  const [caller] = callers
  if (!caller) throw new Error('Nobody calls')
  const itemsOf = async (path: string): Promise<Record<string, unknown>[]> =>
    (await ask(target, caller, path)).body.items
  const codesOf = async (path: string) => (await itemsOf(path)).map(({ code }) => code)
  const election = await codesOf('/v1/elections')
  const { body: pilkada } = await ask(target, caller, '/v1/elections/pilkada-2024')
  const regions = await codesOf(`/v1/regions?within=${regency}&limit=20`)
  return {
    election,
    'findElection.code': election,
    'findRegion.code': regions,
    stage: pilkada.stages.map(({ code }: { code: string }) => code),
    incidentType: await codesOf('/v1/incident-types'),
    regionCode: regions,
    region: [...regions, '74', '00'],
    within: [...regions, '74', '00'],
    province: ['74', '51', '91'],
  }
}

/** What is good is answered; its shape is for the campaign to check. */
interface Good {
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
  body: any
  headers: Headers
}

async function ask({ address }: Target, { token }: Caller, path: string, given?: unknown): Promise<Good> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(given !== undefined && { 'content-type': 'application/json' }),
  }
  const sent = given === undefined ? {} : { method: 'POST', body: JSON.stringify(given) }
  const answer = await fetch(`${address}${path}`, { headers, ...sent })
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`)
  return { body: await answer.json(), headers: answer.headers }
}
