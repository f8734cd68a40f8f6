import { type Cell, get, type Operation } from './cells.ts'
import { sees } from './model.ts'
import type { Report } from './world.ts'

/** What statistics count of the reports of the world: those of them that the caller sees. */
const isCounted = ({ status }: Report) => status !== 'rejected' && status !== 'withdrawn'

const countReports: Operation = {
  needs: 'statistics:read',
  cells(caller, { reports }) {
    const seen = reports.filter((report) => sees(caller, report) && isCounted(report))
    const counts = (what: string, query: string, expected: readonly Report[]): Cell => ({
      what,
      request: get(`/v1/statistics/counts?${query}`),
      status: 200,
      wrong(answer) {
        const { total, items } = answer.json()
        const sum = items.reduce((all: number, { count }: { count: number }) => all + count, 0)
        return total === expected.length && sum === total
          ? null
          : `${total} in all, ${sum} in cells, not ${expected.length}`
      },
    })
    return [
      counts('by region and stage', 'groupBy=region,stage&regionLevel=regency', seen),
      counts('by handling', 'groupBy=handling', seen),
      ...['74', '74.71', '51'].map((region) =>
        counts(
          `of ${region}`,
          `groupBy=region&region=${region}`,
          seen.filter((report) => report.region === region || report.region.startsWith(`${region}.`)),
        ),
      ),
      {
        what: 'an export',
        request: get('/v1/statistics/counts?groupBy=handling', { accept: 'application/x-ndjson' }),
        status: 200,
        wrong(answer) {
          const cells = answer.body.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).count]))
          const sum = cells.reduce((all, count) => all + count, 0)
          return sum === seen.length ? null : `${sum} in cells, not ${seen.length}`
        },
      },
      { what: 'by what is no dimension', request: get('/v1/statistics/counts?groupBy=office'), status: 400 },
    ]
  },
}

export const statisticsOperations: Record<string, Operation> = { countReports }
