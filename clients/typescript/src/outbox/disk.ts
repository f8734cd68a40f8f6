import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
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
  /** @returns undefined when there is no such file */
  read(file: string): Promise<Buffer | undefined>
  /** A new file for this account alone; what it holds, not yet its name, is on the disk when it returns. */
  create(file: string, content: string | Uint8Array): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Does nothing when it is gone already. */
  remove(file: string): Promise<void>
  /** Puts the names in a folder onto the disk. */
  sync(folder: string): Promise<void>
  /** Milliseconds since 1970, or undefined when there is no such file. */
  changedAt(file: string): Promise<number | undefined>
}

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
  read: (file) => readFile(file).catch(absent),
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
  remove: (file) => rm(file, { force: true }),
  sync: syncFolder,
  changedAt: (file) => stat(file).then(({ mtimeMs }) => mtimeMs, absent),
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
