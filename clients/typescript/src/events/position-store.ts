import { readIfThere } from '../files/read-if-there.ts'
import { writeAtomically } from '../files/write-atomically.ts'

/** Keeps how far a reader of the event log is. */
export interface PositionStore {
  /** The last position saved; undefined where there is none. */
  load(): Promise<number | undefined>
  /** Ends when the position is safe. A store that a consumer writes in the transaction of its own work does nothing here. */
  save(position: number): Promise<void>
}

/** A position in a file, on the disk before `save` ends. For one reader at a time. @throws when the file holds something else */
export function filePositionStore(path: string): PositionStore {
  return {
    async load() {
      const text = await readIfThere(path)
      if (text === undefined) return undefined
      if (!/^\d{1,16}\n$/.test(text)) throw new Error(`${path} holds no position`)
      return Number(text)
    },
    save: (position) => writeAtomically(path, `${position}\n`),
  }
}
