import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assertOwnPasswdEntry, handOver } from './account.ts'
import type { Binaries } from './binaries.ts'
import { codeOf, diskFull, EmbeddedServerError } from './errors.ts'
import { absent, type Home } from './home.ts'
import { type ProgramResult, runProgram } from './run-program.ts'
import { scratchName } from './scratch.ts'

/** The builtin locale provider, which sorts by code point alike on every system, came with this version. */
const BUILTIN_LOCALE_SINCE = 17

/** The major version of the cluster that is there, undefined when there is none yet. */
export async function clusterMajor(home: Home): Promise<number | undefined> {
  const entries = await readdir(home.cluster).catch(absent)
  if (entries === null || entries.length === 0) return undefined
  const version = await readFile(join(home.cluster, 'PG_VERSION'), 'utf8').catch(absent)
  const control = await readFile(join(home.cluster, 'global', 'pg_control')).catch(absent)
  if (version === null || control === null) {
    throw new EmbeddedServerError(
      'cluster_incomplete',
      `${home.cluster} is not empty, and not a complete PostgreSQL data folder either. Restore it from a backup, or move it away to begin with an empty database.`,
    )
  }
  return Number.parseInt(version, 10)
}

/**
 * Makes the cluster beside its place and renames it when it is whole, so that a killed start never leaves half a
 * cluster. Of two services that start at once the later finds the name taken and uses what the earlier made.
 */
export async function createCluster(home: Home, binaries: Binaries, password: string, ephemeral: boolean) {
  if (home.account === null) assertOwnPasswdEntry()
  const scratch = scratchName(home.cluster)
  try {
    await mkdir(scratch, { mode: 0o700 })
    const passwordFile = join(scratch, 'password')
    await writeFile(passwordFile, password, { mode: 0o600 })
    await handOver(home.account, scratch, passwordFile)
    await initialise(home, binaries, scratch, passwordFile, ephemeral)
    await rename(join(scratch, 'cluster'), home.cluster).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw placeTaken(home, error)
    })
  } finally {
    // What cannot be removed now is at a later start; the reason why is worth more than this failure.
    await rm(scratch, { recursive: true, force: true }).catch(() => {})
  }
}

async function initialise(home: Home, binaries: Binaries, scratch: string, passwordFile: string, ephemeral: boolean) {
  const folder = join(scratch, 'cluster')
  await mkdir(folder, { mode: 0o700 })
  await handOver(home.account, folder)
  const args = [
    '-D',
    folder,
    '-U',
    'postgres',
    '--pwfile',
    passwordFile,
    '--auth',
    'scram-sha-256',
    '--encoding',
    'UTF8',
  ]
  args.push('--data-checksums', '--no-instructions', ...(ephemeral ? ['--no-sync'] : []))
  const initdb = join(binaries.folder, 'initdb')
  let result: ProgramResult | undefined
  for (const locale of localeChoices(binaries.major)) {
    result = await runProgram(initdb, [...args, ...locale], home.account)
    if (result.exitCode === 0) return chmod(folder, 0o700)
    if (!/invalid locale name/.test(result.stderr)) break
  }
  const output = result?.stderr.trim() ?? ''
  if (/No space left on device|Disk quota exceeded/.test(output)) throw diskFull(home.folder)
  throw new EmbeddedServerError('cluster_init_failed', `initdb could not make a cluster in ${home.folder}: ${output}`)
}

function placeTaken(home: Home, cause: unknown): EmbeddedServerError {
  return new EmbeddedServerError(
    'cluster_init_failed',
    `The new cluster could not be put in its place: ${home.cluster} must not be there yet, nor be a link or a mounted volume (mount the data folder around it instead).`,
    { cause },
  )
}

/** Before the builtin provider, the C library's C.UTF-8 sorts the same way; where it has none, plain C does. */
function localeChoices(major: number): string[][] {
  if (major >= BUILTIN_LOCALE_SINCE) {
    return [['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C']]
  }
  return [
    ['--locale', 'C.UTF-8', '--lc-messages', 'C'],
    ['--locale', 'C'],
  ]
}
