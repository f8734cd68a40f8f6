import type { Cells } from './cells.ts'
import { exposed, hideSmall } from './hide-small.ts'
import type { IntervalPeriod } from './periods.ts'

/** How many reports of one kind there are in each period. */
export interface Series {
  /** Null: outside every stage, or all reports where nothing splits them. */
  key: string | null
  /** In the order of the periods. */
  counts: number[]
  total: number
}

/** As series, with null where a number is hidden. */
export interface ShownSeries {
  key: string | null
  counts: (number | null)[]
  total: number | null
}

/** Cells of (period), or (period, key) where they are split, as series without gaps; by key, null last. */
export function seriesOf({ cells }: Cells, periods: readonly IntervalPeriod[], split: boolean): Series[] {
  const positionOf = positionsIn(periods)
  const empty = (key: string | null): Series => ({ key, counts: periods.map(() => 0), total: 0 })
  const byKey = new Map<string | null, Series>(split ? [] : [[null, empty(null)]])
  for (const { values, count } of cells) {
    const [name, key = null] = values
    const position = positionOf(name)
    const series = byKey.get(key) ?? empty(key)
    byKey.set(key, series)
    series.counts[position] = (series.counts[position] ?? 0) + count
    series.total += count
  }
  return [...byKey.values()].sort(byKeyNullLast)
}

/** The same without small numbers, as `hideSmall` has them (which takes `regionPlace`), nor the sums that would tell one. */
export function seriesShown(
  counted: Cells,
  periods: readonly IntervalPeriod[],
  split: boolean,
  smallest: number,
  regionPlace: number,
): { series: ShownSeries[]; total: number | null } {
  const positionOf = positionsIn(periods)
  const { cells: shown, total } = hideSmall(counted, smallest, regionPlace)
  const hidden = new Set(counted.cells.filter((_, place) => shown[place]?.count === null))
  const series = seriesOf(counted, periods, split).map((each): ShownSeries => {
    const line = counted.cells.filter(({ values: [, key = null] }) => key === each.key)
    const counts: (number | null)[] = [...each.counts]
    for (const cell of line) if (hidden.has(cell)) counts[positionOf(cell.values[0])] = null
    return { key: each.key, counts, total: exposed(line, hidden, smallest) ? null : each.total }
  })
  return { series, total }
}

function positionsIn(periods: readonly IntervalPeriod[]): (name: string | null | undefined) => number {
  const positions = new Map(periods.map(({ name }, position) => [name, position]))
  return (name) => {
    const position = positions.get(name ?? '')
    if (position === undefined) throw new Error(`A cell lies in no period: ${name}`)
    return position
  }
}

function byKeyNullLast({ key: a }: Series, { key: b }: Series): number {
  if (a === null || b === null) return a === null ? 1 : -1
  return a < b ? -1 : 1
}
