import { createHmac } from 'node:crypto'
import pg from 'pg'

/** The URLs that Waspada works with once the administrator has prepared the database. */
export interface Logins {
  /** Of the service: it may become one tier of callers, the token endpoint, an administrator of clients or the auditor. */
  serviceUrl: string
  /** Of the background worker: it sees every office and changes next to nothing. */
  workerUrl: string
}

interface Login {
  name: string
  /** The role that its sessions start as. */
  startsAs: string
  mayBecome: readonly string[]
}

const serves = [
  'waspada_service',
  'waspada_regency',
  'waspada_province',
  'waspada_national',
  'waspada_agency',
  'waspada_issuer',
  'waspada_administrator',
  'waspada_auditor',
]
const works = ['waspada_worker', 'waspada_queue']

/**
 * Makes the logins that Waspada connects with: they own nothing, bypass nothing, inherit nothing, and become one role at a
 * time. Their passwords follow from the administrator's, so that several processes agree on them without storing them;
 * where the administrator needs none, from a secret of the installation.
 * @param adminUrl of the migrated database, as a role that may create roles
 * @param name of the service's login; that of the worker is made of it
 */
export async function makeLogins(
  adminUrl: string,
  { name, secret }: { name?: string; secret: () => Promise<Uint8Array> },
): Promise<Logins> {
  const url = new URL(adminUrl)
  const database = decodeURIComponent(url.pathname.slice(1)) || decodeURIComponent(url.username)
  const service = { name: name ?? `${database.slice(0, 50)}_login`, startsAs: 'waspada_service', mayBecome: serves }
  const worker = { name: `${service.name}_worker`, startsAs: 'waspada_worker', mayBecome: works }
  const key = decodeURIComponent(url.password) || (await secret())
  const passwordOf = (login: string) =>
    createHmac('sha256', key).update(`waspada service login ${login}`).digest('base64url')
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'waspada migrate' })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [service.name])
    for (const login of [service, worker]) await client.query(loginSql(login, passwordOf(login.name)))
    await client.query('COMMIT')
    return {
      serviceUrl: urlOf(url, service.name, passwordOf(service.name)),
      workerUrl: urlOf(url, worker.name, passwordOf(worker.name)),
    }
  } finally {
    await client.end()
  }
}

function urlOf(admin: URL, login: string, password: string): string {
  const url = new URL(admin)
  url.username = encodeURIComponent(login)
  url.password = encodeURIComponent(password)
  return url.href
}

function loginSql({ name, startsAs, mayBecome }: Login, password: string): string {
  const role = pg.escapeIdentifier(name)
  // Not every administrator may say NOSUPERUSER of a role that exists; it says so when it makes one.
  const attributes = 'LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION'
  return `
    DO $do$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${pg.escapeLiteral(name)}) THEN CREATE ROLE ${role} ${attributes}; END IF;
    END $do$;
    ALTER ROLE ${role} LOGIN NOINHERIT PASSWORD ${pg.escapeLiteral(password)};
    GRANT ${mayBecome.join(', ')} TO ${role};
    ALTER ROLE ${role} RESET ALL;
    ALTER ROLE ${role} SET role TO '${startsAs}';
    DO $do$ BEGIN
      EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), ${pg.escapeLiteral(name)});
      EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
      EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET ALL', ${pg.escapeLiteral(name)}, current_database());
      -- A large object would belong to the login, and who owns anything is refused. Only a superuser can take this from everybody.
      IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        REVOKE EXECUTE ON FUNCTION lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea) FROM PUBLIC;
      END IF;
    END $do$;`
}
