import { type Binaries, findBinaries } from './binaries.ts'
import { clusterMajor, createCluster } from './cluster.ts'
import { asEmbeddedServerError, EmbeddedServerError } from './errors.ts'
import { findHome, forgetHome, type Home, prepareHome, rememberHome } from './home.ts'
import { type Launched, launch } from './launch.ts'
import { hasOwnerNote, removeOwnerNote, writeOwnerNote } from './owner-note.ts'
import { ensurePassword, requirePassword } from './password.ts'
import { adminUrl, answersFor } from './probe.ts'
import { settledServer } from './running-server.ts'
import { removeStaleScratch } from './scratch.ts'
import { binariesInUse, needsRecovery } from './server-state.ts'

export { EmbeddedServerError, type EmbeddedServerErrorCode } from './errors.ts'

export type Log = (message: string, details?: Record<string, unknown>) => void

export interface EmbeddedServerOptions {
  dataDir: string
  log: Log
  /** Settings of postgresql.conf on top of ours; with `port` the port is fixed. */
  settings?: Record<string, string>
  /** A throw-away cluster, fast and without durability: for tests. */
  ephemeral?: boolean
  /** The only folder to take PostgreSQL's programs from. */
  binDir?: string
  /** Where data go that the unprivileged account cannot reach in dataDir; only for a service run as root. */
  reachableFolder?: string
}

export interface EmbeddedServer {
  /** Connection URL of the cluster's superuser `postgres`, database `postgres`, on loopback. */
  adminUrl: string
  /**
   * True when the last run was not ended by stop(): the service was killed or the machine lost power. PostgreSQL has
   * replayed its log if the watchdog could not shut it down in time. What was committed is there either way.
   */
  recovered: boolean
  /**
   * True when a live server of this very data folder was found and attached to; stop() then leaves it running. It ends
   * with the service that owns it: the attached one loses its connections, reports itself unready and starts anew.
   */
  attached: boolean
  /** Where the cluster's files and binaries really are (moved when the unprivileged account cannot reach dataDir). */
  location: { cluster: string; binaries: string; account: string | null }
  /** Resolves when the server ended without stop(); never for an attached one, whose owner is another process. */
  lost: Promise<void>
  /** Stops the server (fast shutdown), unless attached. Idempotent. Resolves when it is down. */
  stop(): Promise<void>
}

/** Long enough for a server of another service to recover, or to finish a shutdown that waits for its clients. */
const SETTLE_TIMEOUT_MS = 120_000
const FIND_TIMEOUT_MS = 15_000

/**
 * Starts the server of this data folder, or attaches to the one that runs already. Of several services that start at
 * once, PostgreSQL's own lock lets one server win, and the others attach to it.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  if (process.platform === 'win32') {
    throw new EmbeddedServerError(
      'platform_unsupported',
      'The embedded PostgreSQL does not run on Windows. Set DATABASE_URL to a PostgreSQL server, or use WSL.',
    )
  }
  try {
    return await startOrAttach(options)
  } catch (error) {
    throw asEmbeddedServerError(error, options.dataDir)
  }
}

/** The adminUrl of the server that is running on this data folder right now, or null. For CLI commands beside a running service. */
export async function findRunningServer(dataDir: string): Promise<string | null> {
  try {
    const home = await findHome(dataDir)
    return home === null ? null : (await settledServer(home, FIND_TIMEOUT_MS, 'leave')).url
  } catch (error) {
    throw asEmbeddedServerError(error, dataDir)
  }
}

async function startOrAttach(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const home = await prepareHome(options.dataDir, options.reachableFolder)
  if (home.moved) options.log('the data folder is out of reach for the server; its files are elsewhere', { ...home })
  for (;;) {
    const settled = await settledServer(home, SETTLE_TIMEOUT_MS, 'stop')
    if (settled.url !== null) return attachedServer(home, settled.url, options.log)
    const { binaries, password } = await prepareCluster(home, options)
    const replays = await needsRecovery(home.cluster)
    const recovered = replays || (await hasOwnerNote(home))
    if (replays) options.log('PostgreSQL was not shut down and replays its log', { cluster: home.cluster })
    const { settings = {}, ephemeral = false } = options
    const launched = await launch({ home, binaries, settings, ephemeral, stalePid: settled.stalePid })
    if (launched !== null) return ownedServer(home, binaries, password, launched, recovered, options)
  }
}

async function prepareCluster(
  home: Home,
  options: EmbeddedServerOptions,
): Promise<{ binaries: Binaries; password: string }> {
  await removeStaleScratch(home.folder)
  const major = await clusterMajor(home)
  const binaries = await findBinaries(home, options.binDir, major)
  if (major === undefined) {
    options.log('making a new embedded PostgreSQL cluster', { cluster: home.cluster, major: binaries.major })
    await createCluster(home, binaries, await ensurePassword(home), options.ephemeral ?? false)
  }
  const password = await requirePassword(home)
  await rememberHome(options.dataDir, home)
  return { binaries, password }
}

async function ownedServer(
  home: Home,
  binaries: Binaries,
  password: string,
  launched: Launched,
  recovered: boolean,
  { dataDir, log, ephemeral }: EmbeddedServerOptions,
): Promise<EmbeddedServer> {
  const { postmaster, watchdog, port } = launched
  let stopping: Promise<void> | undefined
  const stop = async () => {
    await removeOwnerNote(home)
    const stopped = postmaster.stop()
    watchdog.release()
    await stopped
    await postmaster.exited
    await launched.log.close()
    if (ephemeral) await forgetHome(dataDir, home)
  }
  const server: EmbeddedServer = {
    adminUrl: adminUrl(port, password),
    recovered,
    attached: false,
    lost: postmaster.exited.then(() => (stopping ? new Promise(() => {}) : undefined)),
    location: { cluster: home.cluster, binaries: binaries.folder, account: home.account?.name ?? null },
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
  try {
    await writeOwnerNote(home)
    if (!(await answersFor(home, server.adminUrl))) {
      throw new EmbeddedServerError('start_failed', `PostgreSQL does not answer; see ${launched.log.path}.`)
    }
  } catch (error) {
    await server.stop()
    throw error
  }
  postmaster.unref()
  void server.lost.then(() => {
    log('the embedded PostgreSQL ended by itself', { messages: launched.log.path })
  })
  log('embedded PostgreSQL is ready', { port, recovered, ...server.location })
  return server
}

async function attachedServer(home: Home, url: string, log: Log): Promise<EmbeddedServer> {
  log('attached to the embedded PostgreSQL of another service', { cluster: home.cluster })
  return {
    adminUrl: url,
    recovered: false,
    attached: true,
    location: {
      cluster: home.cluster,
      binaries: await binariesInUse(home.cluster),
      account: home.account?.name ?? null,
    },
    lost: new Promise(() => {}),
    stop: async () => {},
  }
}
