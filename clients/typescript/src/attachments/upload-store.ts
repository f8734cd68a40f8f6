import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfThere } from '../files/read-if-there.ts'
import { writeAtomically } from '../files/write-atomically.ts'

/** Remembers where uploads go on, so that another process, or this one after a blackout, need not begin anew. */
export interface UploadStore {
  /** @param key of a file of a report @returns the address of its upload */
  get(key: string): Promise<string | undefined>
  set(key: string, url: string): Promise<void>
  delete(key: string): Promise<void>
}

/** A small file in a folder for each upload under way. */
export function fileUploadStore(folder: string): UploadStore {
  const fileOf = (key: string) => join(folder, `${createHash('sha256').update(key).digest('hex')}.upload`)
  return {
    get: async (key) => (await readIfThere(fileOf(key)))?.trim(),
    async set(key, url) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeAtomically(fileOf(key), `${url}\n`)
    },
    delete: (key) => rm(fileOf(key), { force: true }),
  }
}

/** For one process. */
export function memoryUploadStore(): UploadStore {
  const known = new Map<string, string>()
  return {
    get: async (key) => known.get(key),
    async set(key, url) {
      known.set(key, url)
    },
    async delete(key) {
      known.delete(key)
    },
  }
}
