import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TestDatabase } from './database.ts'

interface Teardown {
  teardown(end: () => Promise<void> | void): unknown
}

const password = 'k2n-for-a-test'

/**
 * A login of a test's own, made as the guide says, and then what `more` says of it; `$login` in it stands for its name. Nothing
 * of it is left on the server.
 */
export async function makeLogin(t: Teardown, { admin, adminUrl }: TestDatabase, more = '') {
  const name = `serving_${randomBytes(6).toString('hex')}`
  await admin.query(`CREATE ROLE ${name} LOGIN NOINHERIT PASSWORD '${password}';
    GRANT waspada_service, waspada_regency, waspada_province, waspada_national, waspada_agency TO ${name};
    ALTER ROLE ${name} SET role TO 'waspada_service'`)
  // The superuser, and not the pool of the test, which is closed by then; databases that it was given go back.
  t.teardown(async () => {
    const client = new pg.Client({ connectionString: adminUrl })
    await client.connect()
    await client.query(`REASSIGN OWNED BY ${name} TO CURRENT_USER; DROP OWNED BY ${name}; DROP ROLE ${name}`)
    await client.end()
  })
  if (more !== '') await admin.query(more.replaceAll('$login', name))
  const url = new URL(adminUrl)
  url.username = name
  url.password = password
  const pool = new pg.Pool({ connectionString: url.href, max: 1 })
  t.teardown(() => pool.end())
  return { name, url: url.href, pool }
}
