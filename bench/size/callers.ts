import { issueToken } from '../../src/access/issue-token.ts'
import { openKeys } from '../../src/access/signing-keys.ts'
import { officeLevelOf } from '../../src/access/vocabulary.ts'
import { readConfig } from '../../src/config.ts'
import { administer } from '../database.ts'
import type { SizedDatabase } from './databases.ts'

/** Offices that call, each with the headers that show who it is. */
export interface Callers {
  nation: Caller
  provinces: Caller[]
  regencies: Caller[]
}

export interface Caller {
  code: string
  headers: Record<string, string>
}

const regenciesThatCall = 100
const provincesThatCall = 16
const scopes = ['reports:submit', 'reports:read', 'statistics:read']

/** The same offices at each size. They are cleared for what is restricted: reads of more are told to the audit. */
export async function registerCallers({ adminUrl, dataDir }: SizedDatabase): Promise<Callers> {
  const rows = await administer(adminUrl, `SELECT code FROM offices ORDER BY md5(code)`)
  const codes = rows.map(({ code }) => String(code))
  const of = (level: string) => codes.filter((code) => officeLevelOf(code) === level)
  const calling = {
    regencies: of('regency').slice(0, regenciesThatCall),
    provinces: of('province').slice(0, provincesThatCall),
  }
  await administer(
    adminUrl,
    `INSERT INTO clients (client_id, office_code, scopes, clearance, created_at) SELECT code, code, $2, 1, now() FROM unnest($1::text[]) AS code
    ON CONFLICT DO NOTHING`,
    [[...calling.regencies, ...calling.provinces, '00'], scopes],
  )
  const keys = await openKeys(dataDir)
  const trusted = readConfig({})
  const callerOf = async (code: string): Promise<Caller> => {
    const request = {
      clientId: code,
      subject: 'official-1',
      place: { region: code },
      scopes,
      clearance: 'restricted',
    } as const
    const token = await issueToken(keys, trusted, { ...request, lifetime: 24 * 3600, now: new Date() })
    return { code, headers: { authorization: `Bearer ${token}` } }
  }
  return {
    nation: await callerOf('00'),
    provinces: await Promise.all(calling.provinces.map(callerOf)),
    regencies: await Promise.all(calling.regencies.map(callerOf)),
  }
}
