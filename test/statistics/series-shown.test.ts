import fc from 'fast-check'
import t from 'tap'
import { periodsBetween } from '../../src/statistics/periods.ts'
import { seriesShown } from '../../src/statistics/series.ts'

const smallest = 5
const periods = periodsBetween('day', '2024-11-24', '2024-11-27')

/** Counts by key, of each day in turn; what agencies are shown of them. */
function shownOf(rows: Record<string, number[]>) {
  const cells = Object.entries(rows).flatMap(([key, counts]) =>
    counts.flatMap((count, day) => (count > 0 ? [{ values: [periods[day]?.name ?? '', key], count }] : [])),
  )
  const total = cells.reduce((sum, { count }) => sum + count, 0)
  return { cells, ...seriesShown({ cells, total }, periods, true, smallest, -1) }
}

t.test('a hidden sum of a series is not what the other sums leave of the total', (t) => {
  const { series, total } = shownOf({ challenge: [2, 1], disruption: [2, 5], obstacle: [2, 4], threat: [2, 10] })
  t.equal(total, 28)
  t.same(
    series.map((each) => [each.key, each.total]),
    [
      ['challenge', null],
      ['disruption', 7],
      ['obstacle', null],
      ['threat', 12],
    ],
    'the smallest of the others is hidden with it, as where they are counted by kind alone',
  )
  t.match(shownOf({ challenge: [2, 1] }), { total: null, series: [{ total: null }] })
  t.end()
})

t.test('no hidden number is the difference of sums that are shown', (t) => {
  const row = fc.array(fc.nat(9), { minLength: 4, maxLength: 4 })
  const tables = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), row)
  fc.assert(
    fc.property(tables, (rows) => {
      const { cells, series, total } = shownOf(rows)
      const hiddenIn = (key: string | null) =>
        cells.filter(({ values: [day, of] }) => {
          const place = periods.findIndex(({ name }) => name === day)
          return of === key && series.find((each) => each.key === key)?.counts[place] === null
        })
      const isSafe = (hidden: typeof cells) =>
        hidden.length === 0 || (hidden.length > 1 && hidden.reduce((sum, { count }) => sum + count, 0) >= smallest)
      const [open, closed] = [
        series.filter((each) => each.total !== null),
        series.filter((each) => each.total === null),
      ]
      return (
        open.every(({ key }) => isSafe(hiddenIn(key))) &&
        (total === null || isSafe(closed.flatMap(({ key }) => hiddenIn(key)))) &&
        closed.every(({ key }) => hiddenIn(key).length > 0)
      )
    }),
    { numRuns: 500 },
  )
  t.pass('of 500 tables')
  t.end()
})
