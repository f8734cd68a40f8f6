import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Disk } from './disk.ts'
import { OutboxError, writingFailed } from './errors.ts'
import { Damaged, type Item, itemIn, textOf } from './item.ts'
import { hasTrace, inOrder, type Name, nameOf } from './names.ts'
import { StoredFiles } from './stored-files.ts'

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

/** What begins as one of our names, be it of a copy that was set aside: a stray file says nothing of places in the queue. */
const ours = /^\d{9}-[0-9a-f]{12}\.json/
/** What the system says of a file that is there and cannot be read. */
const unreadable: Readonly<Record<string, string>> = {
  EIO: 'a bad disk',
  EACCES: 'it is that of another account',
  EPERM: 'it is that of another account',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link',
  ENXIO: 'it is no file',
  EFBIG: 'it is too large',
}

/** @returns a Damaged for one that is there and cannot be read; other errors as they are */
export function readingFailed(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  const why = unreadable[code]
  return why === undefined ? error : new Damaged(`it cannot be read: ${why} (${code})`, { cause: error })
}

/** The folder of an outbox: one file an item, in the folder of its state. */
export class Folders {
  readonly #disk: Disk
  readonly root: string
  readonly files: StoredFiles

  constructor(disk: Disk, root: string) {
    this.#disk = disk
    this.root = root
    this.files = new StoredFiles(disk, root)
  }

  async make(): Promise<void> {
    try {
      await this.#disk.makeFolder(this.root)
      for (const name of [...states, 'damaged', ...StoredFiles.folders, unfinished])
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
      throw readingFailed(error)
    }
  }

  /** On the disk, whole and under its name, when it returns. */
  async put(state: State, item: Item): Promise<void> {
    await this.#write(join(this.root, state, `${item.id}.json`), textOf(item))
  }

  async remove(state: State, id: string): Promise<void> {
    await this.removeFile(state, `${id}.json`)
  }

  /** @throws OutboxError */
  async removeFile(place: Place, file: string): Promise<void> {
    try {
      await this.#disk.remove(join(this.root, place, file))
    } catch (error) {
      throw writingFailed(error, this.root)
    }
  }

  /** Moves a file that cannot be read as an item, under another name where that one is taken. @throws OutboxError */
  async move(from: Place, file: string, to: 'damaged' | 'discarded'): Promise<void> {
    const taken = new Set(await this.#disk.list(join(this.root, to)))
    let name = file
    for (let copy = 2; taken.has(name); copy += 1) name = `${file}.${copy}`
    try {
      await this.#disk.rename(join(this.root, from, file), join(this.root, to, name))
      await this.#disk.sync(join(this.root, to))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === undefined) throw error
      // Another process has moved it, unless its name is no text.
      if (code === 'ENOENT' && !(await this.#disk.list(join(this.root, from))).includes(file)) return
      throw new OutboxError('not_writable', `${join(this.root, from, file)} cannot be moved (${code})`, {
        cause: error,
      })
    }
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
