import { randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { handOver } from './account.ts'
import { codeOf, EmbeddedServerError } from './errors.ts'
import { absent, type Home } from './home.ts'
import { scratchName } from './scratch.ts'

/** The superuser's password, made at first start. A link either sets the name or finds it taken: never two passwords. */
export async function ensurePassword(home: Home): Promise<string> {
  const existing = await readPassword(home)
  if (existing !== null) return existing
  const file = passwordFile(home)
  const scratch = scratchName(file)
  const password = randomBytes(24).toString('base64url')
  await writeFile(scratch, `${password}\n`, { mode: 0o600 })
  await handOver(home.account, scratch)
  try {
    await link(scratch, file)
    return password
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return requirePassword(home)
  } finally {
    await rm(scratch)
  }
}

/** The password of a cluster that is already there: a new one would not open it. */
export async function requirePassword(home: Home): Promise<string> {
  const password = await readPassword(home)
  if (password !== null) return password
  throw new EmbeddedServerError(
    'password_missing',
    `${home.cluster} holds a database, but the file with its password, ${passwordFile(home)}, is gone. Bring it back from a backup.`,
  )
}

export function passwordFile(home: Home): string {
  return join(home.folder, 'postgres-password')
}

async function readPassword(home: Home): Promise<string | null> {
  const text = await readFile(passwordFile(home), 'utf8').catch(absent)
  return text?.trim() || null
}
