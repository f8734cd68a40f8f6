import type { Language } from '../http/accept.ts'

/** What stands in a cell: null where nothing is known. */
export type Cell = string | number | boolean | null

export interface Column<Item> {
  /** Stable: the heading in CSV, the property in GeoJSON. */
  name: string
  /** The heading for people. */
  heading: string
  /** `YYYY-MM-DD`, a day of the calendar that spreadsheets may know as one. */
  isDay?: true
  value: (item: Item) => Cell
}

/** A result as it is exported, whole: items that come in batches, and what is shown of each. */
export interface Table<Item> {
  /** Part of the name of the file, such as `reports`. */
  name: string
  /** What people call it. */
  title: string
  language: Language
  columns: readonly Column<Item>[]
  /** JSON texts, one an item, read batch by batch as they are taken. */
  batches: AsyncIterable<readonly string[]>
  /** What tells an item from the others, for a map; undefined where nothing does. */
  idOf: (item: Item) => string | undefined
  /** `[longitude, latitude]` in WGS 84 degrees. */
  pointOf: (item: Item) => readonly [number, number] | null
}
