import { constants } from 'node:fs'
import { chmod, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * What the outbox does to a disk, step by step: the order of these steps is what keeps reports through a crash, so tests
 * stop between any two of them.
 */
export interface Disk {
  /** With all above it, for this account alone; on the disk when it returns. */
  makeFolder(folder: string): Promise<void>
  /** Names in it, without those that begin with a dot. */
  list(folder: string): Promise<string[]>
  /** @returns undefined when there is no such file. @throws what the system says of one that is no file, a link, or too large */
  read(file: string): Promise<Buffer | undefined>
  /** A new file for this account alone; what it holds, not yet its name, is on the disk when it returns. */
  create(file: string, content: string | Uint8Array): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Does nothing when it is gone already, or is a folder, which is none of ours. */
  remove(file: string): Promise<void>
  /** Puts the names in a folder onto the disk. */
  sync(folder: string): Promise<void>
  /** Milliseconds since 1970, or undefined when there is no such file. */
  changedAt(file: string): Promise<number | undefined>
}

/** Bytes: more than any item or file of a report has, and less than fills a small machine. */
const mostBytes = 33_554_432
/** Neither through a link, nor waiting for whoever writes into a pipe; Windows has neither. */
const asItIs = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

export const nodeDisk: Disk = {
  async makeFolder(folder) {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 })
    // Whoever only looks may do so where nothing can be written any more.
    if (((await stat(folder)).mode & 0o777) !== 0o700) await chmod(folder, 0o700)
    if (first === undefined) return
    for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
  },
  async list(folder) {
    return (await readdir(folder)).filter((name) => !name.startsWith('.'))
  },
  async read(file) {
    const handle = await open(file, asItIs).catch(absent)
    if (!handle) return undefined
    try {
      const found = await handle.stat()
      if (!found.isFile()) throw failure(found.isDirectory() ? 'EISDIR' : 'ENXIO', file)
      if (found.size > mostBytes) throw failure('EFBIG', file)
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  },
  async create(file, content) {
    const handle = await open(file, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  rename,
  remove: (file) =>
    rm(file, { force: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_FS_EISDIR') throw error
    }),
  sync: syncFolder,
  changedAt: (file) => lstat(file).then(({ mtimeMs }) => mtimeMs, absent),
}

function failure(code: string, file: string): Error {
  return Object.assign(new Error(`${code}: ${file}`), { code })
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and writes names by itself.
  if (process.platform === 'win32') return
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
