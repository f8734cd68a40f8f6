import type { OutboxError } from './errors.ts'
import { unlessUnwritable } from './errors.ts'
import type { Folders, State } from './folders.ts'
import type { Item } from './item.ts'

/** What became of an item, which moves or stays where it is. */
export interface Outcome {
  from: 'waiting' | 'attaching'
  to: State
  item: Item
}

/**
 * What became of items, of which the disk would take no note: for as long as this process lives, so that it sends nothing twice. Whoever
 * comes after it sends again what still lies there, which changes nothing at the service.
 */
export class Unwritten {
  readonly #outcomes = new Map<string, Outcome>()
  /** Why not, of the last that was not written. */
  reason: OutboxError | undefined

  get count(): number {
    return this.#outcomes.size
  }

  of(from: Outcome['from'], id: string): Item | undefined {
    return this.#outcomes.get(`${from}/${id}`)?.item
  }

  /** @returns whether it is on the disk */
  async write(folders: Folders, outcome: Outcome): Promise<boolean> {
    const { from, to, item } = outcome
    const key = `${from}/${item.id}`
    try {
      await folders.put(to, item)
      if (to !== from) await folders.remove(from, item.id)
      this.#outcomes.delete(key)
      return true
    } catch (error) {
      unlessUnwritable(error)
      this.reason = error as OutboxError
      this.#outcomes.set(key, outcome)
      return false
    }
  }

  /** Tries once more, oldest first, for as long as there is room. */
  async writeAll(folders: Folders): Promise<void> {
    for (const [key, outcome] of [...this.#outcomes]) {
      if (!(await isNews(folders, outcome))) this.#outcomes.delete(key)
      else if (!(await this.write(folders, outcome))) return
    }
  }
}

/** Whether nobody has gone on with the item since, or only on the belief that it had not arrived. */
async function isNews(folders: Folders, { from, to, item: { id } }: Outcome): Promise<boolean> {
  const isIn = async (state: State) => (await folders.changedAt(state, `${id}.json`)) !== undefined
  if (await isIn(from)) return true
  return (
    from === 'waiting' &&
    to !== 'refused' &&
    !(await isIn('attaching')) &&
    !(await isIn('refused')) &&
    !(await isIn('sent'))
  )
}
