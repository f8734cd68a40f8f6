import { randomUUID } from 'node:crypto'
import { lstat, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { OutboxError, writingFailed } from './errors.ts'

export interface Lock {
  /** False when another process took it over, as it may after this machine slept. */
  isHeld(): Promise<boolean>
  release(): Promise<void>
}

/** @returns undefined while another process holds it */
export type TakeLock = (folder: string) => Promise<Lock | undefined>

interface Owner {
  token: string
  pid: number
  host: string
  /** Milliseconds since 1970: a process of the same number that began at another time is another one. */
  startedAt: number
}

/** Milliseconds without a sign of life after which a holder counts as gone, whatever its process number says. */
const lease = 60_000
const beat = 10_000
/** Milliseconds after which one that does not say whose it is was written by half. */
const untold = 2000

/**
 * One sender at a time. A holder that crashed on this machine is known by its process, at once; one elsewhere, or behind a
 * process number that was given again, by its silence. Two holders, should it come to that, cost a request twice and nothing
 * else: what they send is safe to send again, and each sends in order.
 */
export const takeLock: TakeLock = async (folder) => {
  const file = join(folder, 'sending.lock')
  const owner: Owner = { token: randomUUID(), pid: process.pid, host: hostname(), startedAt: startOfThisProcess() }
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      await writeFile(file, JSON.stringify(owner), { flag: 'wx', mode: 0o600 })
      return held(file, owner.token)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        await rm(file, { force: true }).catch(() => {})
        const failure = writingFailed(error, folder)
        if (failure instanceof OutboxError && failure.code === 'disk_full') return withoutLock
        throw failure
      }
    }
    if (!(await takeAway(file, owner))) return undefined
  }
  return undefined
}

/** On a full disk there is none, and nothing depends on it. */
const withoutLock: Lock = { isHeld: async () => true, release: async () => {} }

/** @returns whether the way is free now */
async function takeAway(file: string, { token }: Owner): Promise<boolean> {
  const [seen, touched] = await Promise.all([ownerIn(file), lstat(file).catch(() => undefined)])
  if (touched === undefined) return true
  // A beat of the future is one of a clock that was set back since.
  const age = Math.abs(Date.now() - touched.mtimeMs)
  if (seen === undefined ? age < untold : age < lease && isAlive(seen)) return false
  const aside = `${file}.${token}`
  try {
    await rename(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
    throw writingFailed(error, dirname(file))
  }
  const taken = await ownerIn(aside)
  // Another process was faster, and what was taken away is its fresh lock.
  if (taken?.token !== seen?.token) {
    await rename(aside, file)
    return false
  }
  // A folder that somebody put there stays aside.
  await rm(aside, { force: true }).catch(() => {})
  return true
}

function held(file: string, token: string): Lock {
  const touch = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), beat)
  touch.unref()
  const isHeld = async () => (await ownerIn(file))?.token === token
  return {
    isHeld,
    async release() {
      clearInterval(touch)
      if (await isHeld()) await rm(file, { force: true })
    },
  }
}

/** @returns undefined when the file is gone, or was written by half */
async function ownerIn(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner
  } catch {
    return undefined
  }
}

function isAlive({ pid, host, startedAt }: Owner): boolean {
  if (host !== hostname()) return true
  // In a container every process has the same number.
  if (pid === process.pid) return Math.abs(startedAt - startOfThisProcess()) < 1000
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function startOfThisProcess(): number {
  return Math.round(performance.timeOrigin)
}
