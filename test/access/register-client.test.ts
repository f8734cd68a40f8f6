import t from 'tap'
import { type ClientGrant, registerClient } from '../../src/access/register-client.ts'
import { createDatabase } from '../support/database.ts'
import { testNow } from '../support/start-api.ts'

t.test('a token never claims more than its client is granted', async (t) => {
  const { admin, adminUrl } = await createDatabase(t)
  await admin.query(`INSERT INTO clients (client_id, office_code, scopes, clearance, disabled_at, created_at) VALUES
    ('kept', '74.71', '{reports:read}', 1, NULL, now()), ('gone', '74.71', '{reports:read}', 1, now(), now())`)
  const register = (changes: Partial<ClientGrant>) =>
    registerClient(adminUrl, {
      clientId: 'kept',
      place: { region: '74.71' },
      scopes: ['reports:read'],
      clearance: 'restricted',
      lifetime: 600,
      now: testNow,
      ...changes,
    })
  await register({})
  const { rows: told } = await admin.query(`SELECT action, client_id, resource_id, details FROM audit_entries`)
  t.same(told, [
    {
      action: 'token.issued',
      client_id: 'system:owner',
      resource_id: 'kept',
      details: { scopes: ['reports:read'], clearance: 'restricted', lifetime: 600 },
    },
  ])
  const refused: [Partial<ClientGrant>, RegExp][] = [
    [{ scopes: ['reports:submit'] }, /not granted reports:submit/],
    [{ clearance: 'secret' }, /not cleared/],
    [{ place: { region: '74' } }, /belongs to 74.71/],
    [{ clientId: 'new', place: { region: '99.99' } }, /no office 99.99/],
    [{ clientId: 'new', place: { agency: 'bssn' } }, /agency clients cannot hold reports:read/],
    [{ scopes: ['reports:rule'] }, /cannot hold reports:rule/],
    [{ scopes: ['clients:manage'] }, /regency clients cannot hold/],
    [{ clientId: 'gone' }, /disabled/],
  ]
  for (const [changes, message] of refused) await t.rejects(register(changes), { message })
  t.equal((await admin.query('SELECT FROM clients')).rowCount, 2, 'a refused client is not written')

  await Promise.all([
    register({ clientId: 'cli-74', place: { region: '74' } }),
    register({ clientId: 'cli-74', place: { region: '74' }, scopes: ['reports:verify'], clearance: 'secret' }),
  ])
  const { rows } = await admin.query(`SELECT scopes, clearance, tier FROM clients WHERE client_id = 'cli-74'`)
  t.same(rows, [{ scopes: ['reports:read', 'reports:verify'], clearance: 2, tier: 'province' }], 'its own it widens')
})
