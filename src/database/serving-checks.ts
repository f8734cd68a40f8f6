import type pg from 'pg'
import { adviseOnServer, type Findings } from './server-advisories.ts'
import { bypassingObjects, openTables, powersOfLogin } from './serving-queries.ts'

type Queryable = Pick<pg.Pool, 'query'>

/** Tables with the columns of office data that are none, with the reason why every serving role may read them whole. */
const noOfficeData = [
  'public.regions', // what every office may know
  'public.clients', // read before a caller is known; its columns are granted one by one
]

/**
 * What the database says against serving requests with this login. Row-level security binds only who owns nothing, bypasses
 * nothing and cannot become somebody who does; and only tables on which it is forced.
 * @param db connected as the service will be; a few queries of the catalogs, for the start alone
 */
export async function findServingFaults(db: Queryable): Promise<Findings> {
  const { rows } = await db.query(`SELECT current_setting('server_version_num')::int AS number`)
  const { faults, warnings } = adviseOnServer(rows[0].number)
  return {
    faults: [...faults, ...(await loginFaults(db)), ...(await tableFaults(db)), ...(await objectFaults(db))],
    warnings,
  }
}

async function loginFaults(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ login: string; role: string; powers: string[] }>(powersOfLogin)
  return rows.map(({ login, role, powers }) => {
    const who = role === login ? `The login ${login}` : `The login ${login} may become ${role}, which`
    return `${who} ${powers.join(', ')}. Serve with a login that only has the roles of Waspada`
  })
}

async function tableFaults(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ name: string; forced: boolean }>(openTables, [noOfficeData])
  return rows.map(({ name, forced }) =>
    forced
      ? `The service may TRUNCATE ${name}, which no policy prevents. REVOKE TRUNCATE on it`
      : `The office data in ${name} is not bound by row-level security. It needs ENABLE, FORCE and a policy`,
  )
}

async function objectFaults(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ kind: string; name: string; owner: string }>(bypassingObjects)
  return rows.map(({ kind, name, owner }) => {
    const remedy = kind === 'view' ? 'Make it WITH (security_invoker = true)' : 'Give it another owner'
    return `The ${kind} ${name} shows the service what ${owner} sees, whom no policy binds. ${remedy}, or REVOKE it`
  })
}
