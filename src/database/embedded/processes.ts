import { readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { absent } from './home.ts'
import { runProgram } from './run-program.ts'

export interface ProcessFacts {
  program: string
  uid: number
  zombie: boolean
  /** Its working folder, null where the system does not tell. */
  folder: string | null
}

/** What the system knows of a process; null when there is none. */
export async function describeProcess(pid: number): Promise<ProcessFacts | null> {
  const ownStatus = await readFile('/proc/self/status').catch(absent)
  return ownStatus === null ? askPs(pid) : readProc(pid)
}

/** A zombie is dead; only its parent has not taken notice. */
export async function isAlive(pid: number): Promise<boolean> {
  const found = await describeProcess(pid)
  return found !== null && !found.zombie
}

async function readProc(pid: number): Promise<ProcessFacts | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null)
  if (status === null) return null
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? ''
  return {
    program: field('Name'),
    uid: Number(field('Uid')),
    zombie: ['Z', 'X'].includes(field('State')),
    folder: await readlink(`/proc/${pid}/cwd`).catch(() => null),
  }
}

async function askPs(pid: number): Promise<ProcessFacts | null> {
  const answer = await runProgram('ps', ['-o', 'uid=,stat=,comm=', '-p', String(pid)], null)
  const [, uid, state, command] = /^\s*(\d+)\s+(\S+)\s+(.*\S)/.exec(answer.stdout) ?? []
  if (!uid || !state || !command) return null
  return { program: basename(command), uid: Number(uid), zombie: state.startsWith('Z'), folder: null }
}
