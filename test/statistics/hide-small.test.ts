import fc from 'fast-check'
import t from 'tap'
import type { Cell } from '../../src/statistics/cells.ts'
import { hideSmall } from '../../src/statistics/hide-small.ts'

const smallestShown = 5
const table = (rows: number[][]): { cells: Cell[]; total: number } => {
  const cells = rows.flatMap((row, y) => row.map((count, x) => ({ values: [`r${y}`, `c${x}`], count })))
  return { cells: cells.filter(({ count }) => count > 0), total: cells.reduce((sum, { count }) => sum + count, 0) }
}
const shown = (rows: number[][]) => {
  const { cells, total } = hideSmall(table(rows), smallestShown)
  return { counts: cells.map(({ count }) => count), total }
}

t.test('small cells are hidden, and with each another one of its row and its column', async (t) => {
  t.same(shown([[9, 20]]), { counts: [9, 20], total: 29 })
  t.same(shown([[3, 20, 8]]), { counts: [null, 20, null], total: 31 })
  t.same(shown([[3]]), { counts: [null], total: null }, 'what has nothing to hide behind takes its total with it')
  t.same(shown([]), { counts: [], total: 0 })
  t.same(
    shown([
      [2, 10, 30],
      [11, 12, 40],
      [50, 60, 70],
    ]),
    { counts: [null, null, 30, null, null, 40, 50, 60, 70], total: 285 },
  )
})

t.test('what another level tells of a province or a regency gives no hidden number away', async (t) => {
  const cells = Object.entries({ '74.71': 3, '74.72': 9, '74.73': 20, '51.71': 2, '51.72': 8, '51.73': 30 }).map(
    ([region, count]): Cell => ({ values: [region], count }),
  )
  const of = (place?: number) => hideSmall({ cells, total: 72 }, smallestShown, place).cells.map(({ count }) => count)
  t.same(of(), [null, 9, 20, null, 8, 30], 'by themselves two are enough')
  t.same(of(0), [null, null, 20, null, null, 30], 'each province hides two')
  const districts = Object.entries({ '74.71.01': 2, '74.71.02': 9, '74.72.01': 4, '74.72.02': 30 }).map(
    ([region, count]): Cell => ({ values: ['2024-W47', region], count }),
  )
  t.same(
    hideSmall({ cells: districts, total: 45 }, smallestShown, 1).cells.map(({ count }) => count),
    [null, null, null, null],
  )
})

t.test('no hidden number is the difference of a sum and what is shown of it', async (t) => {
  const rows = fc.integer({ min: 1, max: 5 }).chain((width) => {
    const row = fc.array(fc.nat(12), { minLength: width, maxLength: width })
    return fc.array(row, { minLength: 1, maxLength: 5 })
  })
  fc.assert(
    fc.property(rows, (numbers) => {
      const counted = table(numbers)
      const { cells, total } = hideSmall(counted, smallestShown)
      for (const { count } of cells) if (count !== null && count < smallestShown) return false
      const lines = [...numbers.keys()].map((y) => cells.filter(({ values }) => values[0] === `r${y}`))
      lines.push(...[0, 1, 2, 3, 4].map((x) => cells.filter(({ values }) => values[1] === `c${x}`)))
      const all = cells.filter(({ count }) => count === null).length
      if (total !== null && all === 1) return false
      // A row that hides one cell alone holds no other: nobody is told its sum.
      return lines.every((line) => line.filter(({ count }) => count === null).length !== 1 || line.length === 1)
    }),
  )
  t.pass('of 100 tables')
})

t.test('of equal cells the same are hidden, in whichever order rows and dimensions come', async (t) => {
  const rows = fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
  const shownOf = ({ cells, total }: ReturnType<typeof table>, isTurned: boolean) => {
    const shown = hideSmall({ cells, total }, smallestShown)
    const named = shown.cells.map(({ values, count }) => [isTurned ? [...values].reverse() : values, count])
    return JSON.stringify([shown.total, named.map((each) => JSON.stringify(each)).sort()])
  }
  fc.assert(
    fc.property(rows, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (numbers, chance) => {
      const { cells, total } = table(numbers)
      const mixed = cells.map((cell) => ({ cell, at: chance.next().value })).sort((a, b) => a.at - b.at)
      const other = mixed.map(({ cell }) => cell)
      const turned = other.map(({ values, count }) => ({ values: [...values].reverse(), count }))
      const expected = shownOf({ cells, total }, false)
      return (
        expected === shownOf({ cells: other, total }, false) && expected === shownOf({ cells: turned, total }, true)
      )
    }),
  )
  const one = hideSmall(table([[2, 7, 9, 7]]), smallestShown).cells
  t.same(
    one.map(({ count }) => count),
    [null, null, 9, 7],
    'the first by its name',
  )
})
