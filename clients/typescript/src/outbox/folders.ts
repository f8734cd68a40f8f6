import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { fileUploadStore, type UploadStore } from '../attachments/upload-store.ts'
import type { Disk } from './disk.ts'
import { writingFailed } from './errors.ts'
import { Damaged, type Item, itemIn, textOf } from './item.ts'
import { hasTrace, inOrder, type Name, nameOf } from './names.ts'

/**
 * Where an item is says what became of it. In the order in which items move, so that whoever lists one folder after the other
 * misses none that moves meanwhile. Of `attaching` the report stands at the service, and files are still here.
 */
export const states = ['waiting', 'attaching', 'refused', 'discarded', 'sent'] as const
export type State = (typeof states)[number]
export type Place = State | 'damaged'

export interface Placed extends Name {
  state: State
}

/** Files being written. They have no meaning until they are renamed. */
const unfinished = 'unfinished'
/** Bytes of files of reports, each named after its item: without one they have no meaning. */
const attached = 'files'
/** Where uploads go on, for as long as the service keeps what has arrived. */
const uploads = 'uploads'

/** What begins as one of our names, be it of a copy that was set aside: a stray file says nothing of places in the queue. */
const ours = /^\d{9}-[0-9a-f]{12}\.json/
/** What the system says of a file that is there and cannot be read: a bad disk, another account, a folder. */
const unreadable = new Set(['EIO', 'EACCES', 'EPERM', 'EISDIR', 'ELOOP'])

/** The folder of an outbox: one file an item, in the folder of its state. */
export class Folders {
  readonly #disk: Disk
  readonly root: string

  constructor(disk: Disk, root: string) {
    this.#disk = disk
    this.root = root
  }

  async make(): Promise<void> {
    try {
      await this.#disk.makeFolder(this.root)
      for (const name of [...states, 'damaged', attached, uploads, unfinished])
        await this.#disk.makeFolder(join(this.root, name))
    } catch (error) {
      throw writingFailed(error, this.root)
    }
  }

  /** What is in one state, oldest first, and names that are none of ours. */
  async list(state: Place): Promise<{ names: Name[]; strange: string[] }> {
    const files = await this.#disk.list(join(this.root, state))
    const names = files.flatMap((file) => nameOf(file) ?? [])
    return { names: names.sort(inOrder), strange: files.filter((file) => nameOf(file) === undefined) }
  }

  /**
   * All items, or those with one trace, and the highest place in the queue that anything here ever had, be it damaged. Whoever queues
   * among thousands looks at each name and no closer.
   */
  async all(trace?: string): Promise<{ placed: Placed[]; highest: number }> {
    const placed: Placed[] = []
    let highest = '000000000'
    for (const place of [...states, 'damaged'] as const) {
      const found: Placed[] = []
      for (const file of await this.#disk.list(join(this.root, place))) {
        if (file > highest && ours.test(file)) highest = file.slice(0, highest.length)
        if (place === 'damaged' || (trace !== undefined && !hasTrace(file, trace))) continue
        const name = nameOf(file)
        if (name) found.push({ ...name, state: place })
      }
      placed.push(...found.sort(inOrder))
    }
    return { placed, highest: Number(highest) }
  }

  /** @returns undefined when it is not there any more. @throws Damaged */
  async read(state: State, id: string): Promise<Item | undefined> {
    const text = await this.textIn(state, `${id}.json`)
    return text === undefined ? undefined : itemIn(`${id}.json`, text)
  }

  /** @returns undefined when it is not there any more. @throws Damaged when it is there and cannot be read */
  async textIn(place: Place, file: string): Promise<string | undefined> {
    try {
      return (await this.#disk.read(join(this.root, place, file)))?.toString('utf8')
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      throw unreadable.has(code) ? new Damaged(`it cannot be read (${code})`, { cause: error }) : error
    }
  }

  /** On the disk, whole and under its name, when it returns. */
  async put(state: State, item: Item): Promise<void> {
    await this.#write(join(this.root, state, `${item.id}.json`), textOf(item))
  }

  async remove(state: State, id: string): Promise<void> {
    await this.removeFile(state, `${id}.json`)
  }

  async removeFile(place: Place, file: string): Promise<void> {
    await this.#disk.remove(join(this.root, place, file))
  }

  /** Moves a file that cannot be read as an item, under another name where that one is taken. */
  async move(from: Place, file: string, to: 'damaged' | 'discarded'): Promise<void> {
    const taken = new Set(await this.#disk.list(join(this.root, to)))
    let name = file
    for (let copy = 2; taken.has(name); copy += 1) name = `${file}.${copy}`
    try {
      await this.#disk.rename(join(this.root, from, file), join(this.root, to, name))
    } catch (error) {
      // Another process has moved it.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      throw writingFailed(error, this.root)
    }
    await this.#disk.sync(join(this.root, to))
  }

  damaged(): Promise<string[]> {
    return this.#disk.list(join(this.root, 'damaged'))
  }

  /** A small file of the outbox itself, such as whose it is. */
  async readNote(name: string): Promise<string | undefined> {
    return (await this.#disk.read(join(this.root, name)))?.toString('utf8')
  }

  async writeNote(name: string, text: string): Promise<void> {
    await this.#write(join(this.root, name), text)
  }

  changedAt(place: Place, file: string): Promise<number | undefined> {
    return this.#disk.changedAt(join(this.root, place, file))
  }

  /** The bytes of one file of an item, by its place among them. */
  readBytes(id: string, at: number): Promise<Buffer | undefined> {
    return this.#disk.read(this.#bytesOf(id, at))
  }

  /** On the disk, whole, when it returns; they count once there is an item of that id. */
  async putBytes(id: string, files: readonly Uint8Array[]): Promise<void> {
    try {
      for (const [at, bytes] of files.entries()) await this.#disk.create(this.#bytesOf(id, at), bytes)
      if (files.length > 0) await this.#disk.sync(join(this.root, attached))
    } catch (error) {
      await this.removeBytes(id, files.length).catch(() => {})
      throw writingFailed(error, this.root)
    }
  }

  async removeBytes(id: string, count: number): Promise<void> {
    for (let at = 0; at < count; at += 1) await this.#disk.remove(this.#bytesOf(id, at))
  }

  uploadStore(): UploadStore {
    return fileUploadStore(join(this.root, uploads))
  }

  /** What crashes left some time ago: nobody was ever told that it is queued, or its report has gone. */
  async clear(now: number, isOwned: (id: string) => boolean): Promise<void> {
    for (const [folder, days] of [[unfinished, 1] as const, [attached, 1] as const, [uploads, 30] as const])
      for (const name of await this.#disk.list(join(this.root, folder))) {
        if (folder === attached && isOwned(name.replace(/\.\d+$/, ''))) continue
        const file = join(this.root, folder, name)
        const before = now - days * 86_400_000
        if (((await this.#disk.changedAt(file)) ?? before) < before) await this.#disk.remove(file)
      }
  }

  #bytesOf(id: string, at: number): string {
    return join(this.root, attached, `${id}.${at}`)
  }

  async #write(file: string, text: string): Promise<void> {
    const draft = join(this.root, unfinished, randomBytes(12).toString('hex'))
    try {
      await this.#disk.create(draft, text)
      await this.#disk.rename(draft, file)
      await this.#disk.sync(dirname(file))
    } catch (error) {
      await this.#disk.remove(draft).catch(() => {})
      throw writingFailed(error, this.root)
    }
  }
}
