import { basename, dirname } from 'node:path'
import type { Disk } from '../../clients/typescript/src/outbox/disk.ts'

/** The process or the machine ended at this step. */
export class Crash extends Error {}

interface File {
  /** Its bytes, as a process reads them, one a letter. */
  text: string
  /** As the power finds it: undefined where nothing of it is on the disk for sure. */
  kept: string | undefined
}
type Entries = Map<string, Map<string, File>>
/** A change of names that is whole or not at all, as a journal has it. */
interface Change {
  removes?: string
  adds?: { path: string; file: File }
}

/**
 * A disk that keeps for sure only what was synced, and ends the process at any step. After a power failure each change that was
 * not synced may have come to the disk or not, each by itself: that is worse than real disks do.
 */
export class MemoryDisk implements Disk {
  readonly #seen: Entries = new Map()
  readonly #kept: Entries = new Map()
  #unsynced: Change[] = []
  #left = Number.POSITIVE_INFINITY
  /** Files that it still takes. */
  room = Number.POSITIVE_INFINITY
  steps = 0
  /** Milliseconds since 1970 at which all was changed. */
  time = Date.UTC(2024, 10, 26)

  /** Lets so many steps happen, and none after them. */
  crashAfter(steps: number): void {
    this.#left = steps
  }

  get full(): boolean {
    return this.room <= 0
  }

  set full(isFull: boolean) {
    this.room = isFull ? 0 : Number.POSITIVE_INFINITY
  }

  get hasCrashed(): boolean {
    return this.#left < 0
  }

  /** @param survives said of each change that was not synced; a process that ended leaves all of them */
  restart(survives: () => boolean): void {
    this.#left = Number.POSITIVE_INFINITY
    for (const change of this.#unsynced) if (survives()) apply(change, this.#kept)
    this.#unsynced = []
    this.#seen.clear()
    for (const [folder, files] of this.#kept) {
      for (const file of files.values()) file.text = file.kept ?? file.text.slice(0, file.text.length / 2)
      this.#seen.set(folder, new Map(files))
    }
  }

  /** A person, or a bad sector. */
  damage(path: string, change: (text: string) => string): void {
    const file = this.#file(path)
    if (!file) return
    file.text = change(file.text)
    file.kept = file.text
  }

  paths(): string[] {
    return [...this.#seen].flatMap(([folder, files]) => [...files.keys()].map((name) => `${folder}/${name}`))
  }

  async makeFolder(folder: string): Promise<void> {
    this.#step()
    for (const entries of [this.#seen, this.#kept]) if (!entries.has(folder)) entries.set(folder, new Map())
  }

  async list(folder: string): Promise<string[]> {
    this.#step()
    return [...(this.#seen.get(folder)?.keys() ?? [])]
  }

  async read(path: string): Promise<Buffer | undefined> {
    this.#step()
    const file = this.#file(path)
    return file && Buffer.from(file.text, 'latin1')
  }

  async create(path: string, content: string | Uint8Array): Promise<void> {
    this.#step()
    if (this.#file(path)) throw Object.assign(new Error(`${path} is there`), { code: 'EEXIST' })
    const text = Buffer.from(content as Uint8Array).toString('latin1')
    const file: File = { text: text.slice(0, text.length / 2), kept: undefined }
    this.#change({ adds: { path, file } })
    this.room -= 1
    if (this.room < 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    this.#step()
    file.text = text
    this.#step()
    file.kept = text
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step()
    const file = this.#file(from)
    if (!file) throw Object.assign(new Error(`no ${from}`), { code: 'ENOENT' })
    this.#change({ removes: from, adds: { path: to, file } })
  }

  async remove(path: string): Promise<void> {
    this.#step()
    if (this.#file(path)) this.#change({ removes: path })
  }

  async sync(folder: string): Promise<void> {
    this.#step()
    const concerns = ({ removes, adds }: Change) =>
      (removes !== undefined && dirname(removes) === folder) || (adds && dirname(adds.path) === folder)
    for (const change of this.#unsynced) if (concerns(change)) apply(change, this.#kept)
    this.#unsynced = this.#unsynced.filter((change) => !concerns(change))
  }

  async changedAt(path: string): Promise<number | undefined> {
    this.#step()
    return this.#file(path) && this.time
  }

  #file(path: string): File | undefined {
    return this.#seen.get(dirname(path))?.get(basename(path))
  }

  #change(change: Change): void {
    apply(change, this.#seen)
    this.#unsynced.push(change)
  }

  #step(): void {
    this.steps += 1
    this.#left -= 1
    if (this.#left < 0) throw new Crash('ended')
  }
}

function apply({ removes, adds }: Change, entries: Entries): void {
  if (removes !== undefined) entries.get(dirname(removes))?.delete(basename(removes))
  if (adds) entries.get(dirname(adds.path))?.set(basename(adds.path), adds.file)
}
