import pg from 'pg'

/** The login of DATABASE_URL is not one to work with. The message says why. */
export class WorkerLoginRefused extends Error {}

// Whatever a login may become counts as its own.
const asked = `SELECT pg_has_role(session_user, 'waspada_worker', 'MEMBER') AS "mayWork",
  pg_has_role(session_user, 'waspada_queue', 'MEMBER') AS "mayQueue",
  EXISTS (SELECT FROM pg_roles r WHERE (r.rolsuper OR r.rolbypassrls) AND pg_has_role(session_user, r.oid, 'MEMBER')) AS bypasses,
  EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND pg_has_role(session_user, c.relowner, 'MEMBER')) AS owns`

/**
 * The work in the background sees every office: it is done by a login that may become its two roles, and that neither owns
 * the tables nor passes row-level security by.
 * @throws WorkerLoginRefused
 */
export async function assertWorkerLogin(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    const { rows } = await client.query(asked)
    const { mayWork, mayQueue, bypasses, owns } = rows[0]
    if (bypasses || owns)
      throw new WorkerLoginRefused(
        'The login of DATABASE_URL owns tables or bypasses row-level security; see operations.md',
      )
    if (!mayWork || !mayQueue)
      throw new WorkerLoginRefused(
        'The login of DATABASE_URL may not become waspada_worker and waspada_queue; see operations.md',
      )
  } finally {
    await client.end()
  }
}
