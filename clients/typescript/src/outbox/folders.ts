import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Disk } from './disk.ts'
import { writingFailed } from './errors.ts'
import { type Item, itemIn, textOf } from './item.ts'
import { inOrder, type Name, nameOf } from './names.ts'

/**
 * Where an item is says what became of it. In the order in which items move, so that whoever lists one folder after the other
 * misses none that moves meanwhile.
 */
export const states = ['waiting', 'refused', 'discarded', 'sent'] as const
export type State = (typeof states)[number]
export type Place = State | 'damaged'

export interface Placed extends Name {
  state: State
}

/** Files being written. They have no meaning until they are renamed. */
const unfinished = 'unfinished'

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
      for (const name of [...states, 'damaged', unfinished]) await this.#disk.makeFolder(join(this.root, name))
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

  /** All items, and the highest place in the queue that anything here ever had, be it damaged. */
  async all(): Promise<{ placed: Placed[]; highest: number }> {
    const placed: Placed[] = []
    let highest = 0
    for (const place of [...states, 'damaged'] as const) {
      const { names, strange } = await this.list(place)
      if (place !== 'damaged') for (const name of names) placed.push({ ...name, state: place })
      for (const { sequence } of names) highest = Math.max(highest, sequence)
      for (const file of strange) highest = Math.max(highest, Number(/^\d{9}/.exec(file)?.[0] ?? 0))
    }
    return { placed, highest }
  }

  /** @returns undefined when it is not there any more. @throws Damaged */
  async read(state: State, id: string): Promise<Item | undefined> {
    const text = await this.#disk.read(join(this.root, state, `${id}.json`))
    return text === undefined ? undefined : itemIn(`${id}.json`, text)
  }

  textIn(place: Place, file: string): Promise<string | undefined> {
    return this.#disk.read(join(this.root, place, file))
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
  readNote(name: string): Promise<string | undefined> {
    return this.#disk.read(join(this.root, name))
  }

  async writeNote(name: string, text: string): Promise<void> {
    await this.#write(join(this.root, name), text)
  }

  changedAt(place: Place, file: string): Promise<number | undefined> {
    return this.#disk.changedAt(join(this.root, place, file))
  }

  /** What crashes left half-written before a moment: nobody was ever told that it is queued. */
  async clearUnfinished(before: number): Promise<void> {
    for (const name of await this.#disk.list(join(this.root, unfinished))) {
      const file = join(this.root, unfinished, name)
      if (((await this.#disk.changedAt(file)) ?? before) < before) await this.#disk.remove(file)
    }
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
