import { randomBytes } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Long past any initdb or copy that is still at work, here or in another process. */
const STALE_AFTER_MS = 15 * 60_000

/** A name beside the final one, for something that gets its final name by a rename once it is whole. */
export function scratchName(path: string): string {
  return `${path}.new-${randomBytes(6).toString('hex')}`
}

/** Removes what a killed start left half made. */
export async function removeStaleScratch(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!/\.new-[0-9a-f]{12}$/.test(entry)) continue
    const path = join(folder, entry)
    const found = await stat(path).catch(() => null)
    if (found !== null && Date.now() - found.mtimeMs > STALE_AFTER_MS) await rm(path, { recursive: true, force: true })
  }
}
