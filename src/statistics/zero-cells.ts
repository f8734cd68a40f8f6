import { handlingLevels } from '../access/vocabulary.ts'
import { stageGroups } from '../elections/election.ts'
import type { Reference } from '../reference/store.ts'
import type { Region } from '../regions/region.ts'
import { nationCode } from '../regions/region.ts'
import * as words from '../reports/vocabulary.ts'
import type { Cell } from './count-cells.ts'
import { type CountedLevel, countedStatuses, type Dimension } from './dimensions.ts'
import type { CountReportsQuery } from './schemas.ts'
import { isoWeeks } from './weeks.ts'

type Value = string | null
/** Some dimensions with every combination of values that they can have together. */
interface Axis {
  dimensions: readonly Dimension[]
  rows: Value[][]
}

/** What decides which cells there could be. */
export interface Possible {
  groupBy: readonly Dimension[]
  level: CountedLevel
  query: Omit<CountReportsQuery, 'groupBy'>
  /** Code of the region that the caller sees. */
  within: string
  reference: Reference
  /** Those that are counted: what has reports is told in any case, and weeks reach from the first to the last. */
  cells: readonly Cell[]
}

/**
 * The counted cells and, with 0, all others that the query leaves possible: regions of the level, the stages of the calendar and
 * none, the words of each list, weeks. Election, stage and group go together as the calendar has them.
 * @param maximum null is the answer where there would be more
 */
export function withZeros(possible: Possible, maximum: number): Cell[] | null {
  const { groupBy, cells } = possible
  const axes = axesOf(possible)
  if (axes.reduce((product, { rows }) => product * rows.length, 1) > maximum) return null
  const order = axes.flatMap(({ dimensions }) => dimensions)
  const places = groupBy.map((dimension) => order.indexOf(dimension))
  const all = new Map(cells.map((cell) => [JSON.stringify(cell.values), cell]))
  for (const row of product(axes)) {
    const values = places.map((place) => row[place] ?? null)
    const key = JSON.stringify(values)
    if (!all.has(key)) all.set(key, { values, count: 0 })
  }
  return all.size > maximum ? null : [...all.values()]
}

function product(axes: readonly Axis[]): Value[][] {
  return axes.reduce<Value[][]>((rows, axis) => rows.flatMap((row) => axis.rows.map((more) => [...row, ...more])), [[]])
}

function axesOf(possible: Possible): Axis[] {
  const { groupBy, query, reference } = possible
  const one = (dimension: Dimension, values: readonly string[]): Axis[] =>
    groupBy.includes(dimension) ? [{ dimensions: [dimension], rows: values.map((value) => [value]) }] : []
  return [
    ...one('region', groupBy.includes('region') ? regionsOf(possible) : []),
    ...stageAxis(possible),
    ...one('athg', query.athg ?? words.athgKinds),
    ...one('domain', query.domain ?? words.domains),
    ...one('incidentType', query.incidentType ?? [...reference.incidentTypes.keys()]),
    ...one('severity', query.severity ?? words.severities),
    ...one('phase', query.phase ?? words.phases),
    ...one('status', query.status ?? countedStatuses),
    ...one('handling', handlingLevels.slice(0, possible.clearance + 1)),
    ...one('week', groupBy.includes('week') ? weeksOf(possible) : []),
  ]
}
