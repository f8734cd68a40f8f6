import { execFile, type SpawnOptions } from 'node:child_process'
import { codeOf, EmbeddedServerError } from './errors.ts'

/** The unprivileged account PostgreSQL runs as when the service itself runs as root. */
export interface Account {
  name: string
  uid: number
  gid: number
}

export interface ProgramResult {
  exitCode: number
  stdout: string
  stderr: string
}

/**
 * How every program of the cluster is spawned: as the account, from a folder anyone can stand in, and with a bare
 * environment, so that a PGPORT or a locale of the operator's shell changes nothing and messages are in English.
 */
export function spawnOptions(account: Account | null, env: Record<string, string> = {}) {
  return {
    cwd: '/',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', ...env },
    ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
  } satisfies SpawnOptions
}

/** Runs a short program to its end. A non-zero exit is a result; only a program that cannot be spawned throws. */
export async function runProgram(file: string, args: string[], account: Account | null): Promise<ProgramResult> {
  try {
    return await run(file, args, account)
  } catch (error) {
    throw account !== null && codeOf(error) === 'EPERM' ? switchRefused(account, error) : error
  }
}

function run(file: string, args: string[], account: Account | null): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { ...spawnOptions(account), maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve({ exitCode: 0, stdout, stderr })
      else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr })
      else if (error.signal) resolve({ exitCode: 128, stdout, stderr: `${stderr}ended by ${error.signal}` })
      else reject(error)
    })
  })
}

/** Root without the right to become somebody else: a container that dropped CAP_SETUID. */
export function switchRefused(account: Account, cause: unknown): EmbeddedServerError {
  return new EmbeddedServerError(
    'account_switch_refused',
    `PostgreSQL does not run as root, and this process, though root, may not act as the account "${account.name}" (a container without CAP_SETUID, CAP_SETGID and CAP_CHOWN?). Run the service as an ordinary user, allow these capabilities, or set DATABASE_URL.`,
    { cause },
  )
}
