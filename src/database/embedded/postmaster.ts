import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { codeOf } from './errors.ts'
import type { Home } from './home.ts'
import { spawnOptions } from './run-program.ts'
import type { ServerLog } from './server-log.ts'
import { readPidFile } from './server-state.ts'

/** A fast shutdown writes all dirty pages out first, which takes its time on a slow disk. */
const FAST_SHUTDOWN_MS = 60_000
const IMMEDIATE_SHUTDOWN_MS = 15_000

/** The server process of this service. */
export interface Postmaster {
  pid: number
  /** Settles when the process is gone. */
  exited: Promise<void>
  hasExited(): boolean
  /** Lets the service end without waiting for the server; the watchdog then stops it. */
  unref(): void
  /** Fast shutdown, then harder ones. False when this process may not signal it. */
  stop(): Promise<boolean>
}

export async function spawnPostmaster(
  home: Home,
  binaries: Binaries,
  args: string[],
  log: ServerLog,
  stalePid: number | null,
): Promise<Postmaster> {
  // PostgreSQL itself clears a stale pid file, unless the pid is in use again. Told that this pid is its grandparent's,
  // it knows it for stale, and still looks for shared memory that an old server's processes may hold.
  const env: Record<string, string> = stalePid === null ? {} : { PG_GRANDPARENT_PID: String(stalePid) }
  const child = spawn(join(binaries.folder, 'postgres'), args, {
    ...spawnOptions(home.account, env),
    stdio: ['ignore', log.fd, log.fd],
    // A session of its own: a terminal's Ctrl-C reaches the service only, which stops the server when it has drained.
    detached: true,
  })
  let gone = false
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      gone = true
      resolve()
    })
  })
  const pid = await spawned(child)
  const wait = (ms: number) => Promise.race([exited.then(() => true), delay(ms, false, { ref: false })])
  return {
    pid,
    exited,
    hasExited: () => gone,
    unref: () => child.unref(),
    stop: async () => {
      child.ref()
      if (gone) return true
      if (!signal(pid, 'SIGINT')) return false
      if (await wait(FAST_SHUTDOWN_MS)) return true
      signal(pid, 'SIGQUIT')
      if (await wait(IMMEDIATE_SHUTDOWN_MS)) return true
      signal(pid, 'SIGKILL')
      await exited
      return true
    },
  }
}

/** Waits until the server takes connections; false when it ended instead. */
export async function becomesReady(
  postmaster: Postmaster,
  cluster: string,
  deadline: number,
): Promise<boolean | 'late'> {
  while (!postmaster.hasExited()) {
    const file = await readPidFile(cluster)
    if (file?.pid === postmaster.pid && file.status === 'ready') return true
    if (Date.now() > deadline) return 'late'
    await Promise.race([postmaster.exited, delay(10)])
  }
  return false
}

/** Signals a server; false when this process may not. A server that is gone already needs no signal. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return true
    if (codeOf(error) === 'EPERM') return false
    throw error
  }
}

function spawned(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => resolve(child.pid as number))
  })
}
