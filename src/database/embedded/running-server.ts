import { setTimeout as delay } from 'node:timers/promises'
import { codeOf, EmbeddedServerError } from './errors.ts'
import type { Home } from './home.ts'
import { ownerIsAlive } from './owner-note.ts'
import { requirePassword } from './password.ts'
import { signal } from './postmaster.ts'
import { adminUrl, answersFor } from './probe.ts'
import { serverState } from './server-state.ts'

const POLL_MS = 50
/** More than a new owner needs to leave its note, or a watchdog to begin stopping a server without an owner. */
const ORPHAN_GRACE_MS = 10_000

/** Either a server to attach to, or none; then with the pid that PostgreSQL would wrongly take for a live server's. */
export type Settled = { url: string } | { url: null; stalePid: number | null }

/**
 * Waits until the cluster's server, if any, is either up for good or gone. A server whose service was killed together
 * with its watchdog would stay for ever: a caller that wants the cluster stops it, one that only looks takes it for none.
 */
export async function settledServer(home: Home, timeoutMs: number, orphan: 'stop' | 'leave'): Promise<Settled> {
  const began = Date.now()
  let orphanedSince = Number.POSITIVE_INFINITY
  for (;;) {
    const state = await serverState(home.cluster).catch(noCluster)
    if (state.kind === 'none') return { url: null, stalePid: state.stalePid }
    if (state.kind === 'ready') {
      const url = adminUrl(state.port, await requirePassword(home))
      const owned = await ownerIsAlive(home)
      if (owned && (await answersFor(home, url))) return { url }
      orphanedSince = owned ? Number.POSITIVE_INFINITY : Math.min(orphanedSince, Date.now())
      if (Date.now() - orphanedSince > ORPHAN_GRACE_MS) {
        if (orphan === 'leave') return { url: null, stalePid: null }
        signal(state.pid, 'SIGINT')
      }
    }
    if (Date.now() - began > timeoutMs) throw stuck(home, state)
    await delay(POLL_MS)
  }
}

function noCluster(error: unknown): { kind: 'none'; stalePid: null } {
  if (codeOf(error) === 'ENOENT') return { kind: 'none', stalePid: null }
  throw error
}

function stuck(home: Home, state: { kind: string; pid: number }): EmbeddedServerError {
  return new EmbeddedServerError(
    'start_timeout',
    `A PostgreSQL (process ${state.pid}) holds ${home.cluster} and has stayed "${state.kind}" for too long. Look into its messages in ${home.folder}/postgres.log, or stop it with kill -INT ${state.pid}.`,
  )
}
