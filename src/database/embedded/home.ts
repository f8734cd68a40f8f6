import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { canReach, chooseAccount } from './account.ts'
import { codeOf, EmbeddedServerError } from './errors.ts'
import type { Account } from './run-program.ts'

/** Where a cluster may live when the unprivileged account cannot reach the data folder; only root ever needs it. */
export const REACHABLE_FOLDER = '/var/lib/waspada'

/** The folder that holds everything of the embedded server, and the account the server runs as. */
export interface Home {
  folder: string
  cluster: string
  moved: boolean
  account: Account | null
}

/** Finds or makes the home of this data folder; the same one at every start. */
export async function prepareHome(dataDir: string, reachableFolder = REACHABLE_FOLDER): Promise<Home> {
  await makeFolder(resolve(dataDir))
  const folder = await realpath(dataDir)
  const pointed = await readPointer(folder)
  if (pointed !== null) return pointedHome(folder, pointed)
  const account = await chooseAccount(await ownerOf(join(folder, 'postgres')))
  if (account === null || (await canReach(account, folder))) return homeAt(folder, false, account)

  const name = `${basename(folder)}-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`
  const moved = join(reachableFolder, name)
  await makeFolder(moved)
  if (!(await canReach(account, moved))) throw unreachable(account, folder, moved)
  return homeAt(moved, true, account)
}

/**
 * Leaves a note in the data folder saying where its cluster was made, so that it is found again even when the folder's
 * permissions have changed since. Written once the cluster is complete: a note without a cluster means lost data.
 */
export async function rememberHome(dataDir: string, home: Home): Promise<void> {
  if (home.moved) await writeFile(pointerOf(dataDir), `${home.folder}\n`, { mode: 0o644 })
}

/** Removes a moved home and its note: nobody else would clean up after a throw-away cluster. */
export async function forgetHome(dataDir: string, home: Home): Promise<void> {
  if (!home.moved) return
  await rm(pointerOf(dataDir), { force: true })
  await rm(home.folder, { recursive: true, force: true })
}

/** The home this data folder has now, without making or changing anything. */
export async function findHome(dataDir: string): Promise<Home | null> {
  const folder = await realpath(dataDir).catch(absent)
  if (folder === null) return null
  const pointed = await readPointer(folder)
  return homeAt(pointed ?? folder, pointed !== null, null)
}

/** The user id that owns a file or folder, or null when there is none. */
export async function ownerOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(absent)
  return found?.uid ?? null
}

/** An absent file is an answer; every other failure is not. */
export function absent(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}

function homeAt(folder: string, moved: boolean, account: Account | null): Home {
  const cluster = join(folder, 'postgres')
  // PostgreSQL cuts paths at 1,024 bytes and appends names of its own.
  if (Buffer.byteLength(cluster) > 900) {
    throw new EmbeddedServerError('path_too_long', `The path of the data folder ${folder} is too long for PostgreSQL.`)
  }
  return { folder, cluster, moved, account }
}

/** A pointer to data that are gone is refused: starting empty would look like a loss of every report. */
async function pointedHome(dataDir: string, pointed: string): Promise<Home> {
  const owner = await ownerOf(join(pointed, 'postgres'))
  if (owner === null) {
    throw new EmbeddedServerError(
      'data_missing',
      `The data of ${dataDir} were kept in ${pointed}, and are no longer there. Bring that folder back, or delete ${pointerOf(dataDir)} to begin with an empty database.`,
    )
  }
  return homeAt(pointed, true, await chooseAccount(owner))
}

async function readPointer(folder: string): Promise<string | null> {
  const text = await readFile(pointerOf(folder), 'utf8').catch(absent)
  return text?.trim() || null
}

function pointerOf(folder: string): string {
  return join(resolve(folder), 'postgres-location')
}

/** Folders made here let other accounts pass through, not look around, whatever the umask says. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined || process.getuid?.() !== 0) return
  for (let made = folder; made.length >= first.length; made = dirname(made)) await chmod(made, 0o711)
}

function unreachable(account: Account, folder: string, moved: string): EmbeddedServerError {
  return new EmbeddedServerError(
    'data_unreadable',
    `PostgreSQL runs as "${account.name}" here, which can reach neither ${folder} nor ${moved}. Name a folder outside private homes in WASPADA_DATA_DIR, or set DATABASE_URL.`,
  )
}
