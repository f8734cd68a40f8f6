import type { Cells } from './count-cells.ts'
import type { IntervalPeriod } from './periods.ts'

/** How many reports of one kind there are in each period. */
export interface Series {
  /** Null: outside every stage, or all reports where nothing splits them. */
  key: string | null
  /** In the order of the periods. */
  counts: number[]
  total: number
}

/** Cells of (period), or (period, key) where they are split, as series without gaps; by key, null last. */
export function seriesOf({ cells }: Cells, periods: readonly IntervalPeriod[], split: boolean): Series[] {
  const positions = new Map(periods.map(({ name }, position) => [name, position]))
  const empty = (key: string | null): Series => ({ key, counts: periods.map(() => 0), total: 0 })
  const byKey = new Map<string | null, Series>(split ? [] : [[null, empty(null)]])
  for (const { values, count } of cells) {
    const [name, key = null] = values
    const position = positions.get(name ?? '')
    if (position === undefined) throw new Error(`A cell lies in no period: ${name}`)
    const series = byKey.get(key) ?? empty(key)
    byKey.set(key, series)
    series.counts[position] = (series.counts[position] ?? 0) + count
    series.total += count
  }
  return [...byKey.values()].sort(byKeyNullLast)
}

function byKeyNullLast({ key: a }: Series, { key: b }: Series): number {
  if (a === null || b === null) return a === null ? 1 : -1
  return a < b ? -1 : 1
}
