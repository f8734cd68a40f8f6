import { join } from 'node:path'
import { fileUploadStore, memoryUploadStore, type UploadStore } from '../attachments/upload-store.ts'
import type { Disk } from './disk.ts'
import { writingFailed } from './errors.ts'

const day = 86_400_000

/** The bytes of the files of reports, each named after its item: without an item they have no meaning. */
export class StoredFiles {
  readonly #disk: Disk
  readonly #root: string
  readonly #uploads: UploadStore

  constructor(disk: Disk, root: string) {
    this.#disk = disk
    this.#root = root
    this.#uploads = forgiving(fileUploadStore(join(root, 'uploads')))
  }

  /** Folders that it needs. */
  static readonly folders = ['files', 'uploads']

  /** Where uploads go on; where the disk takes nothing, for as long as this process lives. */
  get uploads(): UploadStore {
    return this.#uploads
  }

  /** The bytes of one file of an item, by its place among them. @throws what the system says of one that cannot be read */
  read(id: string, at: number): Promise<Buffer | undefined> {
    return this.#disk.read(this.#pathOf(id, at))
  }

  /** On the disk, whole, when it returns; they count once there is an item of that id. @throws OutboxError */
  async put(id: string, files: readonly Uint8Array[]): Promise<void> {
    try {
      for (const [at, bytes] of files.entries()) await this.#disk.create(this.#pathOf(id, at), bytes)
      if (files.length > 0) await this.#disk.sync(join(this.#root, 'files'))
    } catch (error) {
      await this.remove(id, files.length).catch(() => {})
      throw writingFailed(error, this.#root)
    }
  }

  /** @throws OutboxError */
  async remove(id: string, count: number): Promise<void> {
    for (let at = 0; at < count; at += 1) await this.#removeFile(this.#pathOf(id, at))
  }

  /** Removes what crashes left some time ago: nobody was ever told that it is queued, or its report has gone. @throws OutboxError */
  async clear(now: number, isOwned: (id: string) => boolean): Promise<void> {
    const terms = [['unfinished', 1] as const, ['files', 1] as const, ['uploads', 30] as const]
    for (const [folder, days] of terms)
      for (const name of await this.#disk.list(join(this.#root, folder))) {
        if (folder === 'files' && isOwned(name.replace(/\.\d+$/, ''))) continue
        const file = join(this.#root, folder, name)
        const before = now - days * day
        if (((await this.#disk.changedAt(file)) ?? before) < before) await this.#removeFile(file)
      }
  }

  async #removeFile(file: string): Promise<void> {
    try {
      await this.#disk.remove(file)
    } catch (error) {
      throw writingFailed(error, this.#root)
    }
  }

  #pathOf(id: string, at: number): string {
    return join(this.#root, 'files', `${id}.${at}`)
  }
}

/** An upload may begin anew at any time: what says where it goes on is worth no failure. */
function forgiving(files: UploadStore): UploadStore {
  const here = memoryUploadStore()
  return {
    get: async (key) => (await here.get(key)) ?? files.get(key).catch(() => undefined),
    set: (key, url) => files.set(key, url).catch(() => here.set(key, url)),
    async delete(key) {
      await here.delete(key)
      await files.delete(key).catch(() => {})
    },
  }
}
