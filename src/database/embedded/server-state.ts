import { open, readFile, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { absent, ownerOf } from './home.ts'
import { describeProcess, type ProcessFacts } from './processes.ts'

/**
 * What the cluster's postmaster.pid says, once it has been checked against the running processes. A stale pid is one
 * that a zombie or another program has: PostgreSQL would take it for a live server's.
 */
export type ServerState =
  | { kind: 'none'; stalePid: number | null }
  | { kind: 'starting' | 'ready' | 'stopping'; pid: number; port: number }

export interface PidFile {
  pid: number
  port: number
  status: string
}

/** Whether a server of this cluster is alive. A pid file alone proves nothing: pids are used again, zombies keep theirs. */
export async function serverState(cluster: string): Promise<ServerState> {
  const file = await readPidFile(cluster)
  if (file === null) return { kind: 'none', stalePid: null }
  const found = await describeProcess(file.pid)
  if (found === null) return { kind: 'none', stalePid: null }
  if (!(await isPostmasterOf(found, cluster))) return { kind: 'none', stalePid: file.pid }
  const kind = file.status === 'ready' ? 'ready' : file.status === 'stopping' ? 'stopping' : 'starting'
  return { kind, pid: file.pid, port: file.port }
}

/** Lines of postmaster.pid as PostgreSQL's pidfile.h orders them; it grows while the server starts. */
export async function readPidFile(cluster: string): Promise<PidFile | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(absent)
  const lines = text?.split('\n') ?? []
  const pid = Number.parseInt(lines[0] ?? '', 10)
  return pid > 0 ? { pid, port: Number(lines[3] ?? 0), status: lines[7]?.trim() ?? '' } : null
}

/** Whether the cluster was left without a clean shutdown, from the state that pg_control keeps. */
export async function needsRecovery(cluster: string): Promise<boolean> {
  const file = await open(join(cluster, 'global', 'pg_control'))
  try {
    // ControlFileData: an 8-byte identifier, two 4-byte versions, then the 4-byte DBState.
    const { buffer } = await file.read(Buffer.alloc(20), 0, 20, 0)
    const state = process.arch === 's390x' ? buffer.readInt32BE(16) : buffer.readInt32LE(16)
    const cleanStates = [1, 2] // DB_SHUTDOWNED, DB_SHUTDOWNED_IN_RECOVERY
    return !cleanStates.includes(state)
  } finally {
    await file.close()
  }
}

/** The bin folder of the running server, from the command line it leaves in postmaster.opts. */
export async function binariesInUse(cluster: string): Promise<string> {
  const commandLine = await readFile(join(cluster, 'postmaster.opts'), 'utf8')
  return dirname(commandLine.slice(0, commandLine.indexOf(' "-D"')))
}

async function isPostmasterOf(found: ProcessFacts, cluster: string): Promise<boolean> {
  if (found.zombie || !/^(postgres|postmaster)$/.test(found.program)) return false
  if (found.uid !== (await ownerOf(cluster))) return false
  return found.folder === null || found.folder === (await realpath(cluster))
}
