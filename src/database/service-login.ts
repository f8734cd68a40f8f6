import { createHmac, randomBytes } from 'node:crypto'
import pg from 'pg'

/**
 * Makes the login that the service connects with: it owns nothing, bypasses nothing, inherits nothing, starts each session
 * as `waspada_service` and may become one tier at a time. Its password follows from the administrator's, so that several
 * processes agree on it without storing it; where the administrator needs none, it is random at each start.
 * @param adminUrl of the migrated database, as a role that may create roles
 * @returns the same URL with the service's login
 */
export async function makeServiceLogin(adminUrl: string, name?: string): Promise<string> {
  const url = new URL(adminUrl)
  const database = decodeURIComponent(url.pathname.slice(1)) || decodeURIComponent(url.username)
  const login = name ?? `${database.slice(0, 50)}_login`
  const password = passwordFor(decodeURIComponent(url.password), login)
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'waspada migrate' })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [login])
    await client.query(loginSql(login, password))
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
  url.username = encodeURIComponent(login)
  url.password = encodeURIComponent(password)
  return url.href
}

function passwordFor(adminPassword: string, login: string): string {
  if (adminPassword === '') return randomBytes(32).toString('base64url')
  return createHmac('sha256', adminPassword).update(`waspada service login ${login}`).digest('base64url')
}

function loginSql(login: string, password: string): string {
  const role = pg.escapeIdentifier(login)
  // Not every administrator may say NOSUPERUSER of a role that exists; it says so when it makes one.
  const attributes = 'LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION'
  return `
    DO $do$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${pg.escapeLiteral(login)}) THEN CREATE ROLE ${role} ${attributes}; END IF;
    END $do$;
    ALTER ROLE ${role} LOGIN NOINHERIT PASSWORD ${pg.escapeLiteral(password)};
    GRANT waspada_service, waspada_regency, waspada_province, waspada_national, waspada_agency TO ${role};
    ALTER ROLE ${role} SET role TO 'waspada_service';
    DO $do$ BEGIN
      EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), ${pg.escapeLiteral(login)});
      EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END $do$;`
}
