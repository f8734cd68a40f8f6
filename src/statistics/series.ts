import type { Cell, Cells } from './cells.ts'
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
  const all = seriesOf(counted, periods, split)
  const lines = new Map<string | null, Cell[]>(all.map(({ key }) => [key, []]))
  for (const cell of counted.cells) lines.get(cell.values[1] ?? null)?.push(cell)
  const lineOf = ({ key }: Series) => lines.get(key) ?? []
  const closed = closedSeries(all, lineOf, hidden, smallest)
  const series = all.map((each): ShownSeries => {
    const counts: (number | null)[] = [...each.counts]
    for (const cell of lineOf(each)) if (hidden.has(cell)) counts[positionOf(cell.values[0])] = null
    return { key: each.key, counts, total: closed.has(each) ? null : each.total }
  })
  return { series, total }
}

/**
 * Series whose sum is hidden: those that it would tell of, and as many more as it takes, the smallest first, that what the sums shown
 * leave of the sum of all does not tell it either. Where nothing is hidden in a series, its sum can be added up and hides nothing.
 */
function closedSeries(
  all: readonly Series[],
  lineOf: (series: Series) => Cell[],
  hidden: ReadonlySet<Cell>,
  smallest: number,
): Set<Series> {
  const closed = new Set(all.filter((each) => exposed(lineOf(each), hidden, smallest)))
  const open = all
    .filter((each) => !closed.has(each) && lineOf(each).some((cell) => hidden.has(cell)))
    .sort((a, b) => a.total - b.total)
  while (exposed([...closed].flatMap(lineOf), hidden, smallest)) {
    const next = open.shift()
    // Nothing else is hidden: the sum of all is not shown.
    if (!next) break
    closed.add(next)
  }
  return closed
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
