import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { findRunningServer } from '../../src/database/embedded/server.ts'
import { aReport } from '../support/a-report.ts'
import { canary, linesWithCanaries } from '../support/canaries.ts'
import { runWaspada, serveWaspada } from '../support/run-waspada.ts'

t.test('the running service, its server and the command line write nothing of what they handle', async (t) => {
  const environment = { WASPADA_DATA_DIR: t.testdir(), WASPADA_LOG_LEVEL: 'trace' }
  const service = await serveWaspada(environment)
  t.teardown(() => service.child.kill('SIGKILL'))
  const scope = 'reports:submit reports:read'
  const asked = await runWaspada(
    ['token', '--region', '74.71', '--scope', scope, '--subject', `Bpk. ${canary()}`],
    environment,
  )
  t.match(asked, { code: 0, stderr: '' })
  const token = asked.stdout.trim()
  const authorization = `Bearer ${token}`
  t.match(await (await fetch(`${service.address}/v1/me`, { headers: { authorization } })).json(), {
    subject: /^Bpk\. kenari/,
  })

  const post = async () => {
    const body = JSON.stringify(
      aReport({ subject: `Perihal ${canary()}`, facts: `Uraian tentang ${canary()} seperlunya` }),
    )
    const headers = { authorization, 'content-type': 'application/json', 'user-agent': canary() }
    return (await fetch(`${service.address}/v1/reports`, { method: 'POST', headers, body })).status
  }
  t.equal(await post(), 201)
  const adminUrl = new URL((await findRunningServer(environment.WASPADA_DATA_DIR)) ?? '')
  adminUrl.pathname = '/waspada'
  const admin = new pg.Client({ connectionString: adminUrl.href })
  await admin.connect()
  await admin.query(`CREATE FUNCTION raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE WARNING 'saw %', NEW.subject; NEW.register_number = NEW.subject::int; RETURN NEW; END $$;
    CREATE TRIGGER raise BEFORE INSERT ON reports FOR EACH ROW EXECUTE FUNCTION raise()`)
  await admin.end()
  t.equal(await post(), 422, 'and PostgreSQL quoted the subject')
  service.child.kill('SIGTERM')
  t.equal((await service.ended).code, 0)

  const said = service.output().split('\n')
  const cluster = /"cluster":"([^"]+)"/.exec(service.output())?.[1] ?? ''
  const server = (await readFile(join(dirname(cluster), 'postgres.log'), 'utf8')).split('\n')
  t.match(server.join('\n'), 'database system is ready', 'it is the log of the server')
  t.same(linesWithCanaries([...said, ...server], token.split('.')), [])
  const lines = said.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  t.match(
    lines.find(({ msg }) => msg === 'failed'),
    { problem: 'value_refused', err: { code: '22P02', stack: /^ {4}at / } },
  )
  t.ok(lines.some(({ msg }) => msg === 'embedded PostgreSQL is ready'))
  t.same(
    lines.filter(({ msg }) => /not on the list/.test(msg)),
    [],
  )
})
