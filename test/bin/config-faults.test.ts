import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openKeys } from '../../src/access/signing-keys.ts'
import { findConfigFaults } from '../../src/bin/config-faults.ts'
import { readConfig } from '../../src/config.ts'
import { createDatabase } from '../support/database.ts'
import { runWaspada, serveWaspada } from '../support/run-waspada.ts'
import { makeLogin } from '../support/serving-login.ts'

const sound = 'postgresql://waspada_api:k3hAr9-Xu_27@10.1.2.3/reports'

/** In production unless said otherwise. */
async function findings(t: Test, environment: Record<string, string>) {
  const WASPADA_DATA_DIR = environment.WASPADA_DATA_DIR ?? t.testdir()
  return findConfigFaults(readConfig({ NODE_ENV: 'production', DATABASE_URL: sound, ...environment, WASPADA_DATA_DIR }))
}
const faults = async (t: Test, environment: Record<string, string>) => (await findings(t, environment)).faults

t.test('a password that everybody tries first is refused, on this machine too', async (t) => {
  const passwords = [
    'postgres',
    'Password',
    'secret',
    'waspada',
    'changeme',
    'ADMIN',
    '123456',
    'waspada_api',
    'reports',
    's%65cret',
  ]
  for (const host of ['db.example', 'localhost', '127.0.0.1', 'postgres:5432']) {
    for (const password of passwords) {
      const found = await faults(t, { DATABASE_URL: `postgresql://Waspada_API:${password}@${host}/reports` })
      t.match(found, [/DATABASE_URL has a password that everybody tries first/], `${password} at ${host}`)
      t.notMatch(found[0], password, 'and it is not repeated')
    }
  }
  t.match(await faults(t, { DATABASE_URL: 'postgresql://waspada_api@db.example/reports?password=secret' }), [
    /everybody tries/,
  ])
})

t.test('no password is refused for another machine, and is the business of this one', async (t) => {
  t.match(await faults(t, { DATABASE_URL: 'postgresql://waspada_api@db.example/reports' }), [
    /no password for db\.example/,
  ])
  for (const host of ['localhost', '127.0.0.1', '[::1]', '%2Fvar%2Frun%2Fpostgresql']) {
    t.same(await faults(t, { DATABASE_URL: `postgresql://waspada_api@${host}/reports` }), [], host)
  }
})

t.test('production names its database: data embedded in a container goes with it', async (t) => {
  t.match(await faults(t, { DATABASE_URL: '' }), [/DATABASE_URL is not set/])
  t.same(await findings(t, { DATABASE_URL: '', NODE_ENV: '' }), { faults: [], warnings: [] })
})

t.test('an unencrypted way to a database on the internet is warned about', async (t) => {
  const warned = async (host: string, query = '') =>
    (await findings(t, { DATABASE_URL: `postgresql://waspada_api:k3hAr9-Xu_27@${host}/reports${query}` })).warnings
  for (const host of ['db.example', '203.0.113.7', '[2001:db8::7]'])
    t.match(await warned(host), [/unencrypted; use sslmode=verify-full/], host)
  t.match(await warned('db.example', '?sslmode=disable'), [/unencrypted/])
  t.match(await warned('db.example', '?sslmode=no-verify'), [/does not verify/])
  t.same(await warned('db.example', '?sslmode=verify-full'), [])
  for (const host of ['postgres', 'db.internal', '10.0.0.4', '172.20.0.2', '192.168.1.4', 'localhost', '127.0.0.1'])
    t.same(await warned(host), [], host)
})

t.test('secrets that others may read are refused by name', async (t) => {
  const dataDir = t.testdir()
  await openKeys(dataDir)
  t.same(await faults(t, { WASPADA_DATA_DIR: dataDir }), [])
  await chmod(join(dataDir, 'keys', 'keys.json'), 0o640)
  await writeFile(join(dataDir, 'postgres-password'), 'x', { mode: 0o604 })
  await mkdir(join(dataDir, 'postgres'), { recursive: true })
  t.match(await faults(t, { WASPADA_DATA_DIR: dataDir }), [/keys\.json; chmod 600/, /postgres-password; chmod 600/])
})

t.test('outside production all of it is a warning', async (t) => {
  const environment = {
    NODE_ENV: '',
    DATABASE_URL: 'postgresql://postgres:postgres@localhost/waspada',
    WASPADA_DATA_DIR: t.testdir({ 'postgres-password': 'x' }),
  }
  await chmod(join(environment.WASPADA_DATA_DIR, 'postgres-password'), 0o644)
  const { faults, warnings } = await findings(t, environment)
  t.same(faults, [])
  t.match(warnings, [/everybody tries first/, /Others may read/])
})

t.test('the service names every such setting, opens nothing, and exits with 2', async (t) => {
  const dataDir = t.testdir({ 'postgres-password': 'x' })
  await chmod(join(dataDir, 'postgres-password'), 0o644)
  const ran = await runWaspada(['serve'], {
    NODE_ENV: 'production',
    WASPADA_DATA_DIR: dataDir,
    DATABASE_URL: 'postgresql://postgres:postgres@127.0.0.1:1/waspada',
  })
  t.match(ran, { code: 2, stdout: '', stderr: /everybody tries first[\s\S]*Others may read/ })
  t.notMatch(ran.stderr, 'ECONNREFUSED')
  t.match(await runWaspada(['serve'], { NODE_ENV: 'production', WASPADA_DATA_DIR: t.testdir() }), {
    code: 2,
    stderr: /DATABASE_URL is not set/,
  })
})

t.test('with settings that are sound it serves in production', async (t) => {
  const { url } = await makeLogin(t, await createDatabase(t))
  const service = await serveWaspada({ NODE_ENV: 'production', WASPADA_DATA_DIR: t.testdir(), DATABASE_URL: url })
  service.child.kill('SIGTERM')
  t.equal((await service.ended).code, 0)
})
