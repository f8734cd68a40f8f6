import { setTimeout as delay } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { EmbeddedServerError } from './errors.ts'
import type { Home } from './home.ts'
import { explainFailure } from './launch-failure.ts'
import { choosePort } from './port.ts'
import { becomesReady, type Postmaster, spawnPostmaster } from './postmaster.ts'
import { openServerLog, type ServerLog } from './server-log.ts'
import { serverArguments } from './settings.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

/** Replaying the log after a crash can take minutes on a slow disk; it is never given up early. */
const START_TIMEOUT_MS = 10 * 60_000
const ATTEMPTS = 100

export interface LaunchOptions {
  home: Home
  binaries: Binaries
  settings: Record<string, string>
  ephemeral: boolean
  stalePid: number | null
}

export interface Launched {
  postmaster: Postmaster
  watchdog: Watchdog
  log: ServerLog
  port: number
}

/** Starts the server; null when another service's server took the cluster meanwhile. */
export async function launch(options: LaunchOptions): Promise<Launched | null> {
  const log = await openServerLog(options.home)
  const watchdog = startWatchdog(options.home)
  try {
    const started = await attemptUntilSettled(options, log, watchdog)
    if (started !== null) {
      log.watchSize()
      return { ...started, watchdog, log }
    }
  } catch (error) {
    watchdog.release()
    await log.close()
    throw error
  }
  watchdog.release()
  await log.close()
  return null
}

async function attemptUntilSettled(options: LaunchOptions, log: ServerLog, watchdog: Watchdog) {
  const fixedPort = Number(options.settings.port) || null
  for (let attempt = 1; ; attempt++) {
    const before = await log.size()
    const port = fixedPort ?? (await choosePort(options.home.cluster))
    const postmaster = await startOnce(options, port, log, watchdog)
    if (!postmaster.hasExited()) return { postmaster, port }
    const failure = explainFailure(await log.since(before), options.home, log.path, fixedPort)
    if (failure === 'taken') return null
    if (failure instanceof EmbeddedServerError) throw failure
    if (attempt === ATTEMPTS) {
      throw new EmbeddedServerError('start_failed', `PostgreSQL did not start in ${attempt} attempts; see ${log.path}.`)
    }
    // The processes of a server that was itself killed take a moment to notice and leave.
    if (failure === 'memory_in_use') await delay(250)
  }
}

async function startOnce(options: LaunchOptions, port: number, log: ServerLog, watchdog: Watchdog) {
  const { home, binaries, settings, ephemeral, stalePid } = options
  const args = serverArguments(home.cluster, port, ephemeral, settings)
  const postmaster = await spawnPostmaster(home, binaries, args, log, stalePid)
  watchdog.watch(postmaster.pid)
  if ((await becomesReady(postmaster, home.cluster, Date.now() + START_TIMEOUT_MS)) === 'late') {
    await postmaster.stop()
    throw new EmbeddedServerError('start_timeout', `PostgreSQL was not ready in time; its messages are in ${log.path}.`)
  }
  return postmaster
}
