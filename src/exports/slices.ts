import { setImmediate } from 'node:timers/promises'
import type { Table } from './table.ts'

/** Rows that are formatted in one go: one to three milliseconds. */
const rowsAtOnce = 25

/** A few items at a time; whatever else waits in this process comes in between. */
export async function* slices<Item>({ batches }: Pick<Table<Item>, 'batches'>): AsyncGenerator<string[]> {
  for await (const batch of batches) {
    for (let from = 0; from < batch.length; from += rowsAtOnce) {
      await setImmediate()
      yield batch.slice(from, from + rowsAtOnce)
    }
  }
}
