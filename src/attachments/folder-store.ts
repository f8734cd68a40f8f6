import { randomBytes } from 'node:crypto'
import { constants, copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { syncFolder } from './spool.ts'
import { type ByteRange, FileMissing, type FileStore } from './store.ts'

/** Files in a folder, named by their ids and never by what callers call them, for the owner of the process alone. */
export class FolderStore implements FileStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async put(id: string, path: string): Promise<void> {
    const target = this.#pathOf(id)
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    const half = `${target}.${randomBytes(8).toString('hex')}.half`
    try {
      await copy(path, half)
      await rename(half, target)
      await syncFolder(dirname(target))
    } finally {
      await rm(half, { force: true })
    }
  }

  async read(id: string, size: number, { first, last }: ByteRange): Promise<Readable> {
    const file = await open(this.#pathOf(id), 'r').catch(missing)
    if ((await file.stat()).size === size) return file.createReadStream({ start: first, end: last })
    await file.close()
    throw new FileMissing('The file has another size')
  }

  async check(id: string, size: number): Promise<void> {
    const found = await stat(this.#pathOf(id)).catch(missing)
    if (found.size !== size) throw new FileMissing('The file has another size')
  }

  async remove(id: string): Promise<void> {
    await rm(this.#pathOf(id), { force: true })
  }

  async sweep(before: Date): Promise<void> {
    const names = await readdir(this.#folder, { recursive: true }).catch(() => [])
    for (const name of names.filter((each) => each.endsWith('.half'))) {
      const path = join(this.#folder, name)
      const found = await stat(path).catch(() => null)
      if (found && found.mtime < before) await rm(path, { force: true })
    }
  }

  /** The last two digits of a UUIDv7 are random, its first ones the time: no folder gets all of a day. */
  #pathOf(id: string): string {
    return join(this.#folder, id.slice(-2), id)
  }
}

async function copy(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL)
  const copied = await open(to, 'r+')
  try {
    await copied.chmod(0o600)
    await copied.sync()
  } finally {
    await copied.close()
  }
}

function missing(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT')
    throw new FileMissing('There is no such file', { cause: error })
  throw error
}
