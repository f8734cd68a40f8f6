import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { issueToken } from '../../src/access/issue-token.ts'
import { openKeys } from '../../src/access/signing-keys.ts'
import { type Handling, officeLevelOf, scopesOf } from '../../src/access/vocabulary.ts'
import { administer } from '../database.ts'
import type { Caller, Target } from './target.ts'

export const regency = '74.71'

interface Client {
  name: string
  place: { region: string } | { agency: string }
  scopes: readonly string[]
  clearance?: Handling
}

const everything = (region: string) => scopesOf(officeLevelOf(region))
const inRegency: Client = { name: 'regency', place: { region: regency }, scopes: everything(regency) }
const clients: readonly Client[] = [
  inRegency,
  { name: 'province', place: { region: '74' }, scopes: everything('74') },
  { name: 'nation', place: { region: '00' }, scopes: everything('00') },
  { name: 'reader', place: { region: regency }, scopes: ['reports:read'] },
  { name: 'agency', place: { agency: 'bssn' }, scopes: scopesOf('agency') },
  // Above the clearance of an official there is something to break the glass for.
  {
    ...{ name: 'official', place: { region: '00' }, clearance: 'restricted' },
    scopes: ['reports:read', 'access:break-glass'],
  },
]
/** Who asks for tokens of their own; no request can find it, so that its secret holds. */
export const system = 'fuzz-system'

/** Those who call, registered as they were by an administrator, each with a token. */
export async function makeCallers(target: Target): Promise<Caller[]> {
  const others = ['disabled', 'system'].map((name) => ({ ...inRegency, name }))
  for (const { name, place, scopes } of [...clients, ...others])
    await administer(
      target.adminUrl,
      `INSERT INTO clients (client_id, office_code, agency, scopes, clearance, created_at, disabled_at)
       VALUES ($1, $2, $3, $4, 3, now(), CASE WHEN $1 = 'fuzz-disabled' THEN now() END)`,
      [`fuzz-${name}`, 'region' in place ? place.region : null, 'agency' in place ? place.agency : null, scopes],
    )
  return Promise.all(
    clients.map(async (client) => ({
      name: client.name,
      scopes: client.scopes,
      token: await tokenOf(target, client),
    })),
  )
}

function tokenOf({ keys, trusted, now }: Target, { name, place, scopes, clearance = 'top_secret' }: Client) {
  const clientId = `fuzz-${name}`
  return issueToken(keys, trusted, {
    ...{ clientId, subject: 'official-1', place, scopes, clearance, lifetime: 8 * 3600, now },
  })
}

/** Values of the Authorization header that no secured operation may accept. */
export async function refusedTokens(target: Target): Promise<{ name: string; authorization: string }[]> {
  const folder = await mkdtemp(join(tmpdir(), 'waspada-fuzz-'))
  const foreign = { ...target, keys: await openKeys(folder) }
  await rm(folder, { recursive: true })
  const longAgo = new Date(target.now.getTime() - 20 * 3600_000)
  const good = await tokenOf(target, inRegency)
  const otherTrust = (changed: object) => tokenOf({ ...target, trusted: { ...target.trusted, ...changed } }, inRegency)
  const tokens = {
    expired: await tokenOf({ ...target, now: longAgo }, inRegency),
    foreign: await tokenOf(foreign, inRegency),
    'of another audience': await otherTrust({ audience: 'urn:other' }),
    'of another issuer': await otherTrust({ issuer: 'urn:other' }),
    disabled: await tokenOf(target, { ...inRegency, name: 'disabled' }),
    unknown: await tokenOf(target, { ...inRegency, name: 'unknown' }),
    'of another region': await tokenOf(target, { ...inRegency, place: { region: '51.71' } }),
    unsigned: `${good.split('.').slice(0, 2).join('.')}.`,
    'with another payload': good.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x"}').toString('base64url')}.`),
    garbage: 'x',
  }
  const bearer = Object.entries(tokens).map(([name, token]) => ({ name, authorization: `Bearer ${token}` }))
  return [...bearer, { name: 'basic', authorization: 'Basic eDp5' }, { name: 'empty', authorization: 'Bearer ' }]
}
