import { type Cell, get, type Operation } from './cells.ts'
import { covers, reaches, sees } from './model.ts'
import type { Report } from './world.ts'

/** What statistics count of the reports of the world: those of them that the caller sees. */
const isCounted = ({ status }: Report) => status !== 'rejected' && status !== 'withdrawn'

const countReports: Operation = {
  needs: 'statistics:read',
  cells(caller, { reports, releases }) {
    const seen = reports.filter((report) => sees(caller, report) && isCounted(report))
    // Agencies count releases, and of these only the handling is told beside the subject.
    const released = releases.filter((release) => reaches(caller, release.released))
    const byHandling = seen.length + released.length
    const counts = (what: string, query: string, expected: number): Cell => ({
      what,
      request: get(`/v1/statistics/counts?${query}`),
      status: 200,
      wrong(answer) {
        const { total, items } = answer.json()
        const sum = items.reduce((all: number, { count }: { count: number }) => all + count, 0)
        return total === expected && sum === total ? null : `${total} in all, ${sum} in cells, not ${expected}`
      },
    })
    return [
      counts('by region and stage', 'groupBy=region,stage&regionLevel=regency', seen.length),
      counts('by handling', 'groupBy=handling', byHandling),
      ...['74', '74.71', '51'].map((region) =>
        counts(`of ${region}`, `groupBy=region&region=${region}`, within(region, seen).length),
      ),
      {
        what: 'an export',
        request: get('/v1/statistics/counts?groupBy=handling', { accept: 'application/x-ndjson' }),
        status: 200,
        wrong(answer) {
          const cells = answer.body.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).count]))
          const sum = cells.reduce((all, count) => all + count, 0)
          return sum === byHandling ? null : `${sum} in cells, not ${byHandling}`
        },
      },
      { what: 'by what is no dimension', request: get('/v1/statistics/counts?groupBy=office'), status: 400 },
    ]
  },
}

const within = (region: string, reports: readonly Report[]) =>
  reports.filter((report) => region === '00' || report.region === region || report.region.startsWith(`${region}.`))

const getTimeline: Operation = {
  needs: 'statistics:read',
  cells(caller, { reports }) {
    const seen = reports.filter((report) => sees(caller, report) && isCounted(report))
    const draws = (what: string, query: string, expected: readonly Report[]): Cell => ({
      what,
      request: get(`/v1/statistics/timeline?${query}`),
      status: 200,
      wrong(answer) {
        const { total, series } = answer.json()
        const sum = series.reduce((all: number, each: { total: number }) => all + each.total, 0)
        return total === expected.length && sum === total
          ? null
          : `${total} in all, ${sum} in series, not ${expected.length}`
      },
    })
    return [
      draws('by week and handling', 'interval=week&splitBy=handling', seen),
      ...['74.71', '51'].map((region) => draws(`of ${region}`, `region=${region}`, within(region, seen))),
      { what: 'by the year', request: get('/v1/statistics/timeline?interval=year'), status: 400 },
    ]
  },
}

const compareStages: Operation = {
  needs: 'statistics:read',
  cells(caller, { reports }) {
    // All of the world happened in the quiet days, but the nation elects no head of region: it has none.
    const seen = reports.filter((report) => sees(caller, report) && isCounted(report) && report.region !== '00')
    const path = '/v1/statistics/stages?election=pilkada-2024&stage=masa_tenang'
    const isAgency = 'agency' in caller.place
    const compares = (region: string, query = ''): Cell => ({
      what: `of ${region}${query}`,
      request: get(`${path}&region=${region}&regionLevel=regency${query}`),
      status: isAgency ? 403 : 200,
      wrong(answer) {
        const { total, aboveLevel, items } = answer.json() as {
          total: number
          aboveLevel: number
          items: { region: string; count: number; baseline: { count: number } | null }[]
        }
        const expected = within(region, seen).length
        const sum = items.reduce((all, { count }) => all + count, aboveLevel)
        const stray = items.find((item) => !covers(caller, item.region))
        if (total !== expected || sum !== total) return `${total} in all, ${sum} in items, not ${expected}`
        return stray ? `tells of ${stray.region}` : null
      },
    })
    const seesProvince = 'region' in caller.place && ['00', '74'].includes(caller.place.region)
    const mean = compares('74.71', '&against=province_mean')
    return [
      compares('00'),
      compares('74'),
      compares('51', '&against=pemilu-2024'),
      seesProvince || isAgency ? mean : { what: mean.what, request: mean.request, status: 400 },
      { what: 'without a stage', request: get('/v1/statistics/stages?election=pilkada-2024'), status: 400 },
    ]
  },
}

export const statisticsOperations: Record<string, Operation> = { countReports, getTimeline, compareStages }
