import { clockTolerance, longestLife } from './claims.ts'
import { newKey, openKeyFile, publicHalf, replaceKeyFile, type StoredKeys } from './key-file.ts'

/** Seconds that a process may take to see a rotation; until then it signs with the key of before. */
export const noticedWithin = 5

/**
 * One step: the key that was published signs, a new one is published, and the one that signed is believed until the last
 * token of it has ended. No token in flight is lost.
 * @param file as `keyFileOf` names it
 */
export async function rotateKeys(file: string, now: Date): Promise<StoredKeys> {
  const stored = await openKeyFile(file)
  const until = new Date(now.getTime() + (longestLife + clockTolerance + noticedWithin) * 1000).toISOString()
  const previous = stored.previous.filter((each) => new Date(each.until) > now)
  const rotated = {
    ...stored,
    next: await newKey(),
    current: stored.next,
    previous: [{ key: publicHalf(stored.current), until }, ...previous],
  }
  await replaceKeyFile(file, rotated)
  return rotated
}

/** All signing keys new and none of before believed: when somebody else may have read the file. Cursors go on. */
export async function voidKeys(file: string): Promise<StoredKeys> {
  const { cursorKey } = await openKeyFile(file)
  const made = { next: await newKey(), current: await newKey(), previous: [], cursorKey }
  await replaceKeyFile(file, made)
  return made
}
