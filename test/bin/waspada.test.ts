import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import pg from 'pg'
import t from 'tap'
import { waspada } from '../../src/bin/program.ts'
import { submitReportExample } from '../../src/reports/examples.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { fromSources, runWaspada, serveWaspada } from '../support/run-waspada.ts'

const calendarFile = new URL('../../data/election-calendar.json', import.meta.url)

t.test('the main job from nothing, stopped, killed and started again on the embedded database', async (t) => {
  const environment = { WASPADA_DATA_DIR: join(t.testdir({ 'a folder': {} }), 'a folder') }
  const first = await serveWaspada(environment, fromSources)
  t.teardown(() => first.child.kill('SIGKILL'))
  t.match(first.output(), 'npm run --silent waspada -- token --region 74.71', 'it says what to do next')
  t.match(first.output(), `It calls itself http://localhost:${new URL(first.address).port} (WASPADA_PUBLIC_URL)`)

  const token = await runWaspada(['token', '--region', '74.71', '--scope', 'reports:submit reports:read'], environment)
  t.same({ code: token.code, stderr: token.stderr }, { code: 0, stderr: '' })
  t.match(token.stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/, 'a token and nothing else')
  const authorization = `Bearer ${token.stdout.trim()}`
  const post = (address: string) =>
    fetch(`${address}/v1/reports`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(submitReportExample),
    })
  const posted = await post(first.address)
  t.equal(posted.status, 201)
  const report = await posted.text()

  first.child.kill('SIGTERM')
  t.match(await first.ended, { code: 0, stdout: /Waspada has stopped/ })

  const second = await serveWaspada(environment)
  t.teardown(() => second.child.kill('SIGKILL'))
  t.notMatch(second.output(), 'did not stop cleanly')
  t.equal(await (await post(second.address)).text(), report, 'the report of last time is found, and stands once')
  second.child.kill('SIGKILL')
  await second.ended

  const third = await serveWaspada(environment)
  t.teardown(() => third.child.kill('SIGKILL'))
  t.match(third.output(), 'did not stop cleanly', 'it recovers, and says so')
  const { id } = JSON.parse(report)
  const read = await fetch(`${third.address}/v1/reports/${id}`, { headers: { authorization } })
  t.equal(await read.text(), report, 'what was acknowledged is there')
  const taken = await runWaspada(['serve'], { ...environment, PORT: new URL(third.address).port })
  t.match(taken, { code: 1, stderr: /EADDRINUSE/ }, 'a port that is taken is a failure')
  third.child.kill('SIGINT')
  t.equal((await third.ended).code, 0)

  const fourth = await serveWaspada(environment)
  t.teardown(() => fourth.child.kill('SIGKILL'))
  t.notMatch(fourth.output(), 'did not stop cleanly')
  const where = /"cluster":"([^"]+)"/.exec(fourth.output())?.[1] ?? ''
  const [postmaster] = (await readFile(join(where, 'postmaster.pid'), 'utf8')).split('\n')
  process.kill(Number(postmaster), 'SIGKILL')
  t.match(await fourth.ended, { code: 1, stderr: /ended by itself/ }, 'without its database it does not linger')
  const { mode } = await stat(join(environment.WASPADA_DATA_DIR, 'keys', 'keys.json'))
  t.equal(mode & 0o077, 0, 'keys are for their account alone')
})

t.test('DATABASE_URL names a server of the operator, and nothing embedded starts', async (t) => {
  const environment = { WASPADA_DATA_DIR: t.testdir(), DATABASE_URL: await createEmptyDatabase() }
  const migrated = await runWaspada(['migrate'], environment)
  t.match(migrated, { code: 0, stdout: /up to date/ })
  const service = await serveWaspada(environment)
  t.teardown(() => service.child.kill('SIGKILL'))
  t.notMatch(service.output(), /embedded PostgreSQL is/)

  const client = new pg.Client({ connectionString: environment.DATABASE_URL })
  await client.connect()
  const { rows } = await client.query(`SELECT usename, count(*)::int FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'waspada' GROUP BY usename`)
  await client.end()
  t.equal(rows.length, 1)
  t.match(rows[0].usename, /_login$/, 'it does not serve as the administrator')

  const asked = await runWaspada(
    ['token', '--agency', 'bssn', '--scope', 'releases:read', '--clearance', 'secret'],
    environment,
  )
  const me = await fetch(`${service.address}/v1/me`, { headers: { authorization: `Bearer ${asked.stdout.trim()}` } })
  t.match(await me.json(), {
    agency: 'bssn',
    clearance: 'secret',
    scopes: ['releases:read'],
    subject: 'cli-bssn',
    system: true,
  })

  const status = await runWaspada(['reference', 'status'], environment)
  t.match(
    status.stdout,
    /7838 regions, 553 offices, 24 incident types\nelection calendar version 1: 16 elections, 84 stages/,
  )
  const calendar = JSON.parse(await readFile(calendarFile, 'utf8'))
  const file = join(t.testdir(), 'calendar.json')
  calendar[0].election.name_en = 'Changed'
  await writeFile(file, JSON.stringify(calendar))
  t.match((await runWaspada(['reference', 'calendar', file], environment)).stdout, 'version 2 is in force')
  const elections = await fetch(`${service.address}/v1/elections`, {
    headers: { authorization: `Bearer ${asked.stdout.trim()}` },
  })
  t.match(await elections.json(), { calendarVersion: 2, items: [{ nameEn: 'Changed' }] }, 'the running service uses it')
  calendar[0].stages[0].starts_on = '2022-02-30'
  await writeFile(file, JSON.stringify(calendar))
  const refused = await runWaspada(['reference', 'calendar', file], environment)
  t.equal(refused.code, 1)
  t.match(refused.stderr, '/0/stages/0/starts_on')
  service.child.kill('SIGTERM')
  t.equal((await service.ended).code, 0)
})

t.test('a restricted role serves what an administrator has migrated, and no more', async (t) => {
  const adminUrl = await createEmptyDatabase()
  const administrator = { WASPADA_DATA_DIR: t.testdir(), DATABASE_URL: adminUrl }
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  t.teardown(() => client.end())
  const login = `restricted_${new URL(adminUrl).pathname.slice(-8)}`
  t.teardown(async () => {
    await client.query(`DROP OWNED BY ${login}; DROP ROLE ${login}`)
  })
  await client.query(`CREATE ROLE ${login} LOGIN NOINHERIT PASSWORD 'test'`)
  const restricted = new URL(adminUrl)
  restricted.username = login
  restricted.password = 'test'
  const environment = { ...administrator, DATABASE_URL: restricted.href }
  t.match(await runWaspada(['serve'], environment), { code: 1 }, 'nothing is migrated yet')

  t.equal((await runWaspada(['migrate'], administrator)).code, 0)
  await client.query(`GRANT waspada_service, waspada_regency, waspada_province, waspada_national, waspada_agency TO ${login};
    ALTER ROLE ${login} SET role TO 'waspada_service'`)
  const service = await serveWaspada(environment)
  service.child.kill('SIGTERM')
  t.equal((await service.ended).code, 0)
  t.match(await runWaspada(['token', '--region', '74', '--scope', 'reports:read'], environment), {
    code: 1,
    stdout: '',
  })
})

t.test('a command called wrongly says what it takes, and exits with 2', async (t) => {
  const environment = { WASPADA_DATA_DIR: t.testdir() }
  const wrong = await runWaspada(['token', '--region', '7471', '--scope', 'reports:read'], environment)
  t.match(wrong, { code: 2, stdout: '', stderr: /Kemendagri code/ })
  t.match(await runWaspada(['serve'], { ...environment, PORT: 'http' }), { code: 2, stderr: /PORT/ })
  const unreachable = { ...environment, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
  t.match(await runWaspada(['migrate'], unreachable), { code: 1, stderr: /ECONNREFUSED/ })
  const help = await runWaspada(['--help'], environment)
  t.equal(help.code, 0)
  for (const command of ['serve', 'migrate', 'token', 'reference']) t.match(help.stdout, command)
})

t.test('each wrong argument is refused by name', async (t) => {
  const wrong: [string[], RegExp][] = [
    [['tokn'], /unknown command/],
    [['token', '--region', '74.71'], /--scope/],
    [['token', '--scope', 'reports:read'], /--region/],
    [['token', '--region', '74', '--agency', 'bssn', '--scope', 'reports:read'], /cannot be used with/],
    [['token', '--region', '74', '--scope', 'reports:read', '--clearance', 'cosmic'], /top_secret/],
    [['token', '--region', '74', '--scope', 'reports'], /reports:submit/],
    [['token', '--region', '74', '--scope', 'reports:read', '--lifetime', '1e3'], /whole number/],
    [['reference', 'calendar'], /file/],
  ]
  for (const [args, said] of wrong) {
    const quiet = (command: Command) => {
      command.configureOutput({ writeErr: () => {}, writeOut: () => {} })
      command.commands.forEach(quiet)
      return command
    }
    await t.rejects(quiet(await waspada(args)).parseAsync(args, { from: 'user' }), { message: said }, args.join(' '))
  }
})
