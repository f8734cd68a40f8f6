import pg from 'pg'
import t from 'tap'
import { migrate } from '../../src/database/migrate.ts'
import { makeServiceLogin } from '../../src/database/service-login.ts'
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
    for (const role of [login, owner]) {
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
  await superuser.query(
    `GRANT waspada_service, waspada_regency, waspada_province, waspada_national, waspada_agency TO ${owner} WITH ADMIN OPTION`,
  )
  const url = new URL(superuserUrl)
  url.username = owner
  url.password = 'test'

  await migrate(url.href)
  await loadReferenceData(url.href, testNow)
  const serviceUrl = await makeServiceLogin(url.href, login)
  t.equal(await makeServiceLogin(url.href, login), serviceUrl, 'a second process gets the same password')

  const service = new pg.Client({ connectionString: serviceUrl })
  await service.connect()
  const { rows } =
    await service.query(`SELECT current_user AS "user", rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS may,
    has_database_privilege(current_database(), 'TEMPORARY') AS temporary FROM pg_roles WHERE rolname = session_user`)
  t.same(rows[0], { user: 'waspada_service', may: false, temporary: false })
  await service.end()
})
