import { slices } from './slices.ts'
import type { Table } from './table.ts'

/** An item a line, exactly as the list has it. */
export async function* ndjsonOf(table: Pick<Table<unknown>, 'batches'>): AsyncGenerator<string> {
  for await (const slice of slices(table)) yield `${slice.join('\n')}\n`
}
