import { issueToken } from '../src/access/issue-token.ts'
import { openKeys } from '../src/access/signing-keys.ts'
import { readConfig } from '../src/config.ts'
import { administer } from './database.ts'

/** A regency's office with a client of its own; the client is called by the code, so that pgbench can say both by one number. */
export interface Office {
  code: string
  token: string
}

const officesThatCall = 100
const scopes = ['reports:submit', 'reports:read']

/**
 * All regency codes, those whose offices call first. A caller's code does not end in 0: pgbench knows numbers only, and
 * would write 11.10 as 11.1.
 */
export async function listRegencies(adminUrl: string): Promise<string[]> {
  const rows = await administer(adminUrl, `SELECT code FROM regions WHERE level = 'regency' ORDER BY md5(code)`)
  const codes = rows.map(({ code }) => String(code))
  const callers = codes.filter((code) => !code.endsWith('0')).slice(0, officesThatCall)
  return [...callers, ...codes.filter((code) => !callers.includes(code))]
}

/** Registers a client for each office that calls, and signs a token for it with the keys in the data folder. */
export async function registerOffices(
  adminUrl: string,
  regencies: readonly string[],
  dataDir: string,
): Promise<Office[]> {
  const codes = regencies.slice(0, officesThatCall)
  await administer(
    adminUrl,
    `INSERT INTO clients (client_id, office_code, scopes, clearance, created_at)
    SELECT code, code, $2, 2, now() FROM unnest($1::text[]) AS code`,
    [codes, scopes],
  )
  const keys = await openKeys(dataDir)
  const trusted = readConfig({})
  return Promise.all(codes.map(async (code) => ({ code, token: await tokenOf(code, keys, trusted) })))
}

function tokenOf(
  code: string,
  ...[keys, trusted]: [Parameters<typeof issueToken>[0], Parameters<typeof issueToken>[1]]
) {
  return issueToken(keys, trusted, {
    clientId: code,
    subject: 'official-1',
    place: { region: code },
    scopes,
    clearance: 'secret',
    lifetime: 8 * 3600,
    now: new Date(),
  })
}
