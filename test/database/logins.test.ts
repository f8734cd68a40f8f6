import pg from 'pg'
import t from 'tap'
import { makeLogins } from '../../src/database/logins.ts'
import { migrate } from '../../src/database/migrate.ts'
import { loadReferenceData } from '../../src/reference/load.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { testNow } from '../support/start-api.ts'

t.test('an administrator who is no superuser, but owns the database and may make roles, is enough', async (t) => {
  const superuserUrl = await createEmptyDatabase()
  const superuser = new pg.Client({ connectionString: superuserUrl })
  await superuser.connect()
  const database = new URL(superuserUrl).pathname.slice(1)
  const owner = `owner_${database.slice(-8)}`
  const login = `${owner}_login`
  t.teardown(async () => {
    await superuser.query(`ALTER DATABASE ${database} OWNER TO CURRENT_USER`)
    for (const role of [login, `${login}_worker`, owner]) {
      await superuser.query(
        `DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}; END IF; END $$`,
      )
    }
    await superuser.end()
  })
  await superuser.query(
    `CREATE ROLE ${owner} LOGIN CREATEROLE PASSWORD 'test'; ALTER DATABASE ${database} OWNER TO ${owner}`,
  )
  // Roles of the whole cluster are there already in a test run: their maker is the superuser, who lets the owner hand them on.
  const { rows: roles } = await superuser.query(
    `SELECT rolname FROM pg_roles WHERE rolname ~ '^waspada_' AND NOT rolcanlogin`,
  )
  await superuser.query(`GRANT ${roles.map(({ rolname }) => rolname).join(', ')} TO ${owner} WITH ADMIN OPTION`)
  const url = new URL(superuserUrl)
  url.username = owner
  url.password = 'test'

  await migrate(url.href)
  await loadReferenceData(url.href, testNow)
  const secret = async () => Buffer.alloc(32)
  const logins = await makeLogins(url.href, { name: login, secret })
  t.same(await makeLogins(url.href, { name: login, secret }), logins, 'a second process gets the same passwords')

  for (const [url, user] of [
    [logins.serviceUrl, 'waspada_service'],
    [logins.workerUrl, 'waspada_worker'],
  ]) {
    const service = new pg.Client({ connectionString: url })
    await service.connect()
    const { rows } =
      await service.query(`SELECT current_user AS "user", rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS may,
    has_database_privilege(current_database(), 'TEMPORARY') AS temporary FROM pg_roles WHERE rolname = session_user`)
    t.same(rows[0], { user, may: false, temporary: false })
    await service.end()
  }
})
