import pg from 'pg'
import t from 'tap'
import { createDatabase } from '../support/database.ts'

const roles = ['service', 'regency', 'province', 'national', 'agency', 'issuer', 'auditor']

t.test('no role but that of administrators writes clients, and most see none', async (t) => {
  const { serviceUrl, admin } = await createDatabase(t)
  await admin.query(`INSERT INTO clients (client_id, office_code, scopes, clearance, created_at)
    VALUES ('a', '74.71', '{reports:read}', 1, now())`)
  const client = new pg.Client({ connectionString: serviceUrl })
  await client.connect()
  t.teardown(() => client.end())
  const writes = [
    `UPDATE clients SET disabled_at = NULL`,
    `DELETE FROM clients`,
    `INSERT INTO clients (client_id, office_code, scopes, clearance, created_at) VALUES ('b', '00', '{audit:read}', 3, now())`,
    `INSERT INTO client_credentials (id, client_id, kind, secret_sha256, created_at)
      VALUES (gen_random_uuid(), 'a', 'secret', decode(repeat('00', 32), 'hex'), now())`,
    `DELETE FROM client_credentials`,
  ]
  for (const role of roles) {
    await client.query(`SET ROLE waspada_${role}`)
    for (const sql of writes) await t.rejects(client.query(sql), { code: '42501' }, `${role}: ${sql}`)
    if (role === 'issuer') continue
    await t.rejects(client.query('SELECT secret_sha256 FROM client_credentials'), { code: '42501' }, role)
    await t.rejects(client.query('SELECT name FROM clients'), { code: '42501' }, role)
  }
  await client.query('SET ROLE waspada_administrator')
  await t.rejects(client.query('DELETE FROM clients'), { code: '42501' }, 'a client is disabled, never deleted')
  await t.rejects(client.query('SELECT facts FROM reports'), { code: '42501' }, 'administration reads no report')
})

t.test('the database itself holds what a tier may never have', async (t) => {
  const { admin } = await createDatabase(t)
  const refused: [string | null, string | null, string][] = [
    ['74.71', null, 'clients:manage'],
    ['74', null, 'releases:read'],
    ['00', null, 'releases:read'],
    [null, 'bssn', 'reports:read'],
  ]
  for (const [office, agency, scope] of refused) {
    const insert = admin.query(
      `INSERT INTO clients (client_id, office_code, agency, scopes, clearance, created_at) VALUES ('a', $1, $2, ARRAY[$3], 1, now())`,
      [office, agency, scope],
    )
    await t.rejects(insert, { code: '23514', constraint: 'clients_scopes_of_tier' }, `${office ?? agency} ${scope}`)
  }
})
