import type { Cell, Cells } from './cells.ts'

export interface StatisticsSettings {
  /** A cell with fewer releases than this is hidden from agencies: it could point at a single case. */
  smallestCount: number
}

/** As a cell, or null where the number is hidden. */
export type ShownCell = Omit<Cell, 'count'> & { count: number | null }

/**
 * The same numbers are hidden the same way, in whichever order the rows came and by whichever order of dimensions they were asked for: two
 * tables that hid different ones of two equal cells would together tell what both hide.
 */
const nameOf = (values: readonly (string | null)[]) => JSON.stringify(values.map((value) => value ?? '').sort())
const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Hides small cells, and as many more as it takes that none of them can be computed from a total that is shown: the sum of all, and
 * the sums that anybody can add up of a row or a column (all cells that agree in every dimension but one), and those of a province or a
 * regency, which another level tells. Within each such line either nothing is hidden, or two cells and `smallest` releases at least. A
 * cell that is 0 is no small one: it is not there.
 * @param regionPlace where in the values of a cell its region stands; -1 for nowhere
 */
export function hideSmall(
  { cells, total }: Cells,
  smallest: number,
  regionPlace = -1,
): { cells: ShownCell[]; total: number | null } {
  const hidden = new Set(cells.filter(({ count }) => count > 0 && count < smallest))
  const inOrder = cells.map((cell): [string, Cell] => [nameOf(cell.values), cell]).sort(byName)
  const lines = linesOf(
    inOrder.map(([, cell]) => cell),
    regionPlace,
  )
  for (let before = -1; before < hidden.size; ) {
    before = hidden.size
    for (const line of lines) protect(line, hidden, smallest)
  }
  const shown = cells.map((cell) => ({ ...cell, count: hidden.has(cell) ? null : cell.count }))
  return { cells: shown, total: (total > 0 && total < smallest) || exposed(cells, hidden, smallest) ? null : total }
}

/**
 * All cells, and those that agree in every dimension but one, in which all or only those of one province or regency are added up; by the
 * names of what they agree in.
 */
function linesOf(cells: readonly Cell[], regionPlace: number): Cell[][] {
  const lines = new Map<string, { name: string; line: Cell[] }>([['', { name: '', line: [...cells] }]])
  const places = cells[0]?.values.length ?? 0
  for (const cell of cells)
    for (let place = 0; place < places; place += 1) {
      const others = cell.values.filter((_, at) => at !== place)
      for (const sum of place === regionPlace ? [[], ...regionsAround(cell.values[place])] : [[]]) {
        const key = JSON.stringify([place, others, sum])
        const known = lines.get(key)
        if (known) known.line.push(cell)
        else lines.set(key, { name: nameOf([...others, ...sum]), line: [cell] })
      }
    }
  return [...lines.values()]
    .map(({ name, line }): [string, Cell[]] => [name, line])
    .sort(byName)
    .map(([, line]) => line)
}

/** The codes of the province and the regency that a region is or lies in. */
function regionsAround(code: string | null | undefined): string[][] {
  return [2, 5].flatMap((length) => (code && code.length >= length ? [[code.slice(0, length)]] : []))
}

/** Hides the smallest of what is left of a line until what is hidden cannot be told from its sum. */
function protect(line: readonly Cell[], hidden: Set<Cell>, smallest: number): void {
  const open = line.filter((cell) => cell.count > 0 && !hidden.has(cell)).sort((a, b) => a.count - b.count)
  while (exposed(line, hidden, smallest)) {
    const next = open.shift()
    // Nothing is left to hide behind: the total is hidden in its place.
    if (!next) return
    hidden.add(next)
  }
}

/** Whether the sum of a line tells more of what is hidden in it than it may. */
export function exposed(line: readonly Cell[], hidden: ReadonlySet<Cell>, smallest: number): boolean {
  const within = line.filter((cell) => hidden.has(cell))
  return within.length > 0 && (within.length < 2 || within.reduce((sum, { count }) => sum + count, 0) < smallest)
}
