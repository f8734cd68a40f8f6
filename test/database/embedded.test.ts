import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import t, { type Test } from 'tap'
import type { EmbeddedServerError } from '../../src/database/embedded/errors.ts'
import { describeProcess } from '../../src/database/embedded/processes.ts'
import {
  type EmbeddedServer,
  type EmbeddedServerOptions,
  findRunningServer,
  startEmbeddedServer,
} from '../../src/database/embedded/server.ts'

const SERVER_MODULE = new URL('../../src/database/embedded/server.ts', import.meta.url).href
const isRoot = process.getuid?.() === 0
const log = () => {}
const chosen = process.env.PG_BIN_DIR === undefined ? {} : { binDir: process.env.PG_BIN_DIR }

async function aDataDir(t: Test, name = 'data of a test'): Promise<string> {
  const parent = await realpath(await mkdtemp(join(tmpdir(), 'waspada-embedded-')))
  await chmod(parent, 0o755)
  t.teardown(() => rm(parent, { recursive: true, force: true }))
  return join(parent, name)
}

async function start(t: Test, dataDir: string, options: Partial<EmbeddedServerOptions> = {}) {
  const server = await startEmbeddedServer({ dataDir, log, ...chosen, ...options })
  t.teardown(() => server.stop())
  return server
}

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

async function setting(server: EmbeddedServer, name: string): Promise<string | undefined> {
  const [row] = await query<{ setting: string }>(
    server.adminUrl,
    `select setting from pg_settings where name = '${name}'`,
  )
  return row?.setting
}

async function pidOf(server: EmbeddedServer): Promise<number> {
  return Number.parseInt(await readFile(join(server.location.cluster, 'postmaster.pid'), 'utf8'), 10)
}

/** A service of its own: it starts the server, prints what came of it as a line of JSON, and stays until stdin ends. */
async function aService(t: Test, dataDir: string, uid?: number) {
  const program = `
    import { startEmbeddedServer } from ${JSON.stringify(SERVER_MODULE)}
    const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n')
    try {
      const server = await startEmbeddedServer({ dataDir: process.argv[1], log: () => {}, ...${JSON.stringify(chosen)} })
      say({ url: server.adminUrl, attached: server.attached, recovered: server.recovered })
      process.stdin.once('end', () => server.stop()).resume()
    } catch (error) {
      say({ code: error.code, message: error.message })
    }`
  const args = ['--import', 'tsx', '--input-type=module', '-e', program, dataDir]
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), exited])) as [string]
  const said = JSON.parse(line) as {
    url: string
    attached: boolean
    recovered: boolean
    code?: string
    message?: string
  }
  return { ...said, child, exited }
}

t.test('the data folder keeps its cluster', async (t) => {
  // One folder for the whole story: making a cluster is the slow part.
  const dataDir = await aDataDir(t)

  t.test('a first start makes it, durable, in UTC and reachable by password only', async (t) => {
    const server = await start(t, dataDir, { settings: { work_mem: '5MB' } })

    t.match(server, { attached: false, recovered: false, location: { cluster: join(dataDir, 'postgres') } })
    t.match(server.location.account, isRoot ? String : null, 'never as root')
    const wanted = { fsync: 'on', synchronous_commit: 'on', data_checksums: 'on', TimeZone: 'UTC', work_mem: '5120' }
    for (const [name, value] of Object.entries(wanted)) t.equal(await setting(server, name), value, name)
    t.equal(await setting(server, 'unix_socket_directories'), '')
    t.equal(await setting(server, 'listen_addresses'), '127.0.0.1')
    t.equal((await stat(join(dataDir, 'postgres-password'))).mode & 0o777, 0o600)
    const stranger = new URL(server.adminUrl)
    stranger.password = 'guess'
    await t.rejects(query(stranger.href, 'select 1'), { code: '28P01' })
    await query(server.adminUrl, 'create table kept as select 1 as n')
  })

  t.test('a second start finds the data, on the same port', async (t) => {
    const server = await start(t, dataDir)

    t.same(await query(server.adminUrl, 'select n from kept'), [{ n: 1 }])
    t.equal(server.recovered, false)
    t.equal(await findRunningServer(dataDir), server.adminUrl)
    const second = await start(t, dataDir)
    t.match(second, { attached: true, adminUrl: server.adminUrl, location: server.location })
    await second.stop()
    t.same(await query(server.adminUrl, 'select n from kept'), [{ n: 1 }], 'the attached one left it running')
    await Promise.all([server.stop(), server.stop()])
    t.equal(await findRunningServer(dataDir), null)
    t.equal((await start(t, dataDir)).adminUrl, server.adminUrl)
  })

  t.test('a pid file whose pid is now another program does not stand in the way', async (t) => {
    const { uid, gid } = await stat(join(dataDir, 'postgres'))
    const other = spawn('sleep', ['60'], { stdio: 'ignore', ...(isRoot ? { uid, gid } : {}) })
    t.teardown(() => other.kill())
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid')
    await writeFile(pidFile, `${other.pid}\n${dataDir}/postgres\n1\n1\n\n127.0.0.1\n\nready   \n`, { mode: 0o600 })
    if (isRoot) await chown(pidFile, uid, gid)

    t.equal(await findRunningServer(dataDir), null)
    t.equal((await start(t, dataDir)).attached, false)
  })

  t.test('a service killed with -9 leaves no server behind and loses nothing committed', async (t) => {
    const service = await aService(t, dataDir)
    const pid = Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10)
    await query(service.url, 'create table committed as select 42 as n')

    service.child.kill('SIGKILL')
    await service.exited
    const server = await start(t, dataDir)

    t.match(server, { attached: false, recovered: true })
    t.not(await pidOf(server), pid)
    t.same(await query(server.adminUrl, 'select n from committed'), [{ n: 42 }])
    const old = await describeProcess(pid)
    t.ok(old === null || old.zombie, 'the watchdog ended the old server')
    await server.stop()
    t.equal((await start(t, dataDir)).recovered, false)
  })

  t.test('a server that was itself killed is recovered', async (t) => {
    const server = await start(t, dataDir)
    await query(server.adminUrl, 'update committed set n = 7')
    process.kill(await pidOf(server), 'SIGKILL')
    await server.stop()

    const next = await start(t, dataDir)

    t.equal(next.recovered, true)
    t.same(await query(next.adminUrl, 'select n from committed'), [{ n: 7 }])
  })

  t.test('a setting that does not exist and a busy port are each refused by name', async (t) => {
    await t.rejects(start(t, dataDir, { settings: { nonsense: '1' } }), { code: 'start_failed', message: /"nonsense"/ })
    const busy = createServer().listen(0, '127.0.0.1')
    t.teardown(() => busy.close())
    await once(busy, 'listening')
    const port = String((busy.address() as AddressInfo).port)
    await t.rejects(start(t, dataDir, { settings: { port } }), { code: 'port_busy', message: new RegExp(port) })
  })

  t.test('a lost password, another version and a half cluster are each refused by name', async (t) => {
    const passwordFile = join(dataDir, 'postgres-password')
    const password = await readFile(passwordFile)
    await writeFile(passwordFile, 'another\n')
    await t.rejects(start(t, dataDir), { code: 'password_refused' })
    await rm(passwordFile)
    await t.rejects(start(t, dataDir), { code: 'password_missing' })
    await writeFile(passwordFile, password)

    const version = join(dataDir, 'postgres', 'PG_VERSION')
    await writeFile(version, '14\n')
    await t.rejects(start(t, dataDir), { code: 'version_mismatch', message: /made by PostgreSQL 14/ })
    await rm(version)
    await t.rejects(start(t, dataDir), { code: 'cluster_incomplete' })
  })
})

t.test('of two services that start at once one owns the server and the other attaches', async (t) => {
  const dataDir = await aDataDir(t)
  const services = await Promise.all([aService(t, dataDir), aService(t, dataDir)])

  t.equal(services[0]?.url, services[1]?.url)
  t.same(services.map((service) => service.attached).sort(), [false, true])

  const owner = services.find((service) => !service.attached)
  const attached = services.find((service) => service.attached)
  attached?.child.stdin.end()
  await attached?.exited
  t.same(await query(owner?.url ?? '', 'select 1 as n'), [{ n: 1 }])
  owner?.child.stdin.end()
  await owner?.exited
  t.equal(await findRunningServer(dataDir), null, 'the server ends with its owner')
})

t.test('what cannot work is refused in words for the operator', async (t) => {
  const dataDir = await aDataDir(t)

  t.test('a bin folder without PostgreSQL', (t) =>
    t.rejects(start(t, dataDir, { binDir: join(dataDir, 'nowhere') }), {
      code: 'binaries_unusable',
      message: /nowhere/,
    }),
  )
  t.test('a file for a data folder', async (t) => {
    await mkdir(dataDir, { recursive: true })
    await writeFile(join(dataDir, 'file'), '')
    await t.rejects(start(t, join(dataDir, 'file')), { code: 'data_unreadable' })
  })
  t.test('a path that PostgreSQL cannot hold', (t) =>
    t.rejects(start(t, join(dataDir, ...Array(5).fill('x'.repeat(200)))), { code: 'path_too_long' }),
  )
  t.test('a folder that the service may not enter', async (t) => {
    const closed = await aDataDir(t, 'closed')
    await mkdir(closed, { mode: 0o000 })
    const refused = isRoot
      ? await aService(t, closed, 65534)
      : await start(t, closed).catch((error: EmbeddedServerError) => error)
    t.match(refused, { code: 'data_unreadable', message: /closed/ })
  })
})

t.test('root keeps the data of a private folder where the account can reach them', { skip: !isRoot }, async (t) => {
  const reachableFolder = await aDataDir(t, 'reachable')
  const dataDir = await aDataDir(t, 'private')
  await mkdir(dataDir, { mode: 0o700 })

  const server = await start(t, dataDir, { reachableFolder })
  t.match(server.location.cluster, new RegExp(`^${reachableFolder}/private-[0-9a-f]{12}/postgres$`))
  t.equal(await findRunningServer(dataDir), server.adminUrl)
  await server.stop()

  await chmod(dataDir, 0o755)
  t.equal((await start(t, dataDir, { reachableFolder })).location.cluster, server.location.cluster, 'found again')
  await rm(server.location.cluster, { recursive: true })
  await t.rejects(start(t, dataDir, { reachableFolder }), { code: 'data_missing', message: /no longer there/ })
})

t.test('a throw-away cluster runs from a package without links and out of reach, completed or copied', async (t) => {
  const dataDir = await aDataDir(t)
  const server = await start(t, dataDir, { ephemeral: true })
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum']) {
    t.equal(await setting(server, name), 'off', name)
  }
  const native = join(server.location.binaries, '..')
  await server.stop()
  if (!existsSync(join(native, 'pg-symlinks.json'))) return t.comment('the binaries here are not from npm')
  const root = await aDataDir(t, 'package')
  await cp(native, join(root, 'native'), {
    recursive: true,
    filter: async (source) => !source.endsWith('.a') && !(await lstat(source)).isSymbolicLink(),
  })
  await cp(join(native, '..', 'package.json'), join(root, 'package.json'))
  const binDir = join(root, 'native', 'bin')

  await chmod(isRoot ? root : join(root, 'native', 'lib'), isRoot ? 0o700 : 0o555)
  const copied = await start(t, dataDir, { binDir, ephemeral: true })
  t.match(copied.location.binaries, new RegExp(`^${dataDir}/postgres-binaries/.*/bin$`))
  await copied.stop()

  await chmod(isRoot ? root : join(root, 'native', 'lib'), 0o755)
  t.equal((await start(t, dataDir, { binDir, ephemeral: true })).location.binaries, binDir)
})
