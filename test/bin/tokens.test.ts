import { readFile } from 'node:fs/promises'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import pg from 'pg'
import t from 'tap'
import { issueToken } from '../../src/access/issue-token.ts'
import { keyFileOf } from '../../src/access/key-file.ts'
import { openKeys } from '../../src/access/signing-keys.ts'
import { readConfig } from '../../src/config.ts'
import { callers, registerCallers } from '../support/callers.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { runWaspada, serveWaspada } from '../support/run-waspada.ts'
import { addSecret } from '../support/token-clients.ts'

t.test('keys rotated and tokens revoked at the console, beside two running services', async (t) => {
  const environment = { WASPADA_DATA_DIR: t.testdir(), DATABASE_URL: await createEmptyDatabase() }
  const services = [await serveWaspada(environment), await serveWaspada(environment)]
  for (const { child } of services) t.teardown(() => child.kill('SIGKILL'))
  const admin = new pg.Pool({ connectionString: environment.DATABASE_URL, max: 1 })
  t.teardown(() => admin.end())
  await registerCallers(admin)
  const config = readConfig(environment)
  const run = (...args: string[]) => runWaspada(args, environment)
  const token = async () =>
    issueToken(await openKeys(config.dataDir), config, {
      ...callers.kendari,
      subject: 'x',
      lifetime: 600,
      now: new Date(),
    })
  const statuses = (bearer: string) =>
    Promise.all(
      services.map(async ({ address }) => {
        const { status } = await fetch(`${address}/v1/me`, { headers: { authorization: `Bearer ${bearer}` } })
        return status
      }),
    )

  const before = await token()
  t.same(await statuses(before), [200, 200])
  const listed = await run('keys', 'list')
  t.match(listed, { code: 0, stdout: /^[\w-]{43} {2}signs\n[\w-]{43} {2}is published, and signs next\n$/ })
  t.match(await run('keys', 'rotate'), {
    code: 0,
    stdout: /believed until .*\nRunning services follow within 5 seconds\.\n$/,
  })
  const after = await token()
  t.not(decodeProtectedHeader(after).kid, decodeProtectedHeader(before).kid)
  for (const bearer of [before, after]) t.same(await statuses(bearer), [200, 200], 'a rotation loses no token')

  t.match(await run('token', 'revoke', before), { code: 0, stderr: '', stdout: /is refused from now on\.\n$/ })
  t.same(await statuses(before), [401, 401], 'though it was remembered as good')
  t.equal((await run('token', 'revoke', 'some-id', '--issuer', 'https://sso.example')).code, 0)
  t.same(await statuses(after), [200, 200])
  for (const piece of ['a.b.c', 'garbage', String(before).slice(0, 60)])
    t.match(await run('token', 'revoke', piece), { code: 1, stdout: '', stderr: /neither a whole access token/ })
  const { rows } = await admin.query(`SELECT * FROM audit_entries WHERE action = 'token.revoked' ORDER BY occurred_at`)
  t.match(rows, [
    {
      action: 'token.revoked',
      client_id: 'system:console',
      actor: /^console:./,
      resource_id: decodeJwt(before).jti,
      details: { issuers: ['urn:waspada:issuer', 'urn:waspada:built-in'] },
      operation: 'token revoke',
    },
    { resource_id: 'some-id', details: { issuers: ['https://sso.example'] } },
  ])

  const [service] = services
  const secret = await addSecret(admin, 'kendari')
  const grant = async (form: Record<string, string>) =>
    fetch(`${service?.address}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })
  const good = { grant_type: 'client_credentials', client_id: 'kendari', client_secret: secret }
  const granted = (await (await grant(good)).json()) as { access_token: string }
  t.match(decodeJwt(granted.access_token), { iss: `http://localhost:${new URL(service?.address ?? '').port}` })
  t.equal((await grant({ ...good, client_secret: `${secret}x` })).status, 401)
  t.same(await statuses(granted.access_token), [200, 401], 'issued by the one, by its own name')
  t.equal((await run('token', 'revoke', String(decodeJwt(granted.access_token).jti))).code, 0)
  t.same(await statuses(granted.access_token), [401, 401], 'by its id alone, whatever the issuer is called there')
  service?.child.kill('SIGTERM')
  t.equal((await service?.ended)?.code, 0)
  const said = service?.output() ?? ''
  t.match(said, '"why":"wrong secret, or a client that is unknown or disabled"', 'the operator reads why')
  const keys = JSON.parse(await readFile(keyFileOf(config.dataDir), 'utf8'))
  const secrets = [secret, granted.access_token, keys.current.d, keys.next.d, keys.cursorKey]
  for (const hidden of secrets) t.notMatch(said, hidden, 'and no secret')
})

t.test('with the built-in issuer off the console gives no token', async (t) => {
  const environment = {
    WASPADA_DATA_DIR: t.testdir(),
    WASPADA_BUILT_IN_ISSUER: 'off',
    WASPADA_TRUSTED_ISSUERS: '[{"issuer":"a","jwksUri":"https://a.example"}]',
  }
  const asked = await runWaspada(['token', '--region', '74.71', '--scope', 'reports:read'], environment)
  t.match(asked, { code: 1, stdout: '', stderr: /the built-in issuer is off/ })
})
