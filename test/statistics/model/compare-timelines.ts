import { isDeepStrictEqual } from 'node:util'
import type { Api } from '../../support/start-api.ts'
import { countable, unlike } from './compare-counts.ts'
import { refusal } from './compare-lists.ts'
import { byValues, levelOf, tuplesOf, weekOf } from './counts.ts'
import type { Query } from './filters.ts'
import { send } from './live.ts'
import type { Asker, ModelReport } from './model-report.ts'

const [mostPeriods, mostPoints] = [1500, 100_000]

/** What a period is called that a day lies in. */
const nameOf: Record<string, (day: string) => string> = {
  day: (day) => day,
  week: weekOf,
  month: (day) => day.slice(0, 7),
}

interface Period {
  name: string
  startsOn: string
  endsOn: string
  partial: boolean
}

/** Reports over time against the model; the bands of the calendar are looked at elsewhere. @returns what they disagree about */
export async function compareTimeline(
  api: Api,
  reports: readonly ModelReport[],
  asker: Asker,
  query: Query,
): Promise<string | undefined> {
  const counted = countable(reports, asker, query, api.time.now.getTime())
  const answer = await send(api, asker, { url: `/v1/statistics/timeline?${new URLSearchParams(query)}` })
  const periods = periodsOf(counted, query)
  const series = seriesOf(counted, query, asker, periods)
  const tooMany = periods.length > mostPeriods || periods.length * series.length > mostPoints
  if (tooMany) return answer.statusCode === 400 ? undefined : `${answer.statusCode} for ${periods.length} periods`
  if (answer.statusCode !== 200) return refusal(answer)
  const { bands: _bands, deviations: _deviations, calendarVersion: _version, timeZone: _zone, ...got } = answer.json()
  const { splitBy = null, interval = 'day' } = query
  const office = asker.tier === 'agency' ? '00' : asker.office
  const basis = query.anyStage === 'true' ? 'any_stage' : 'primary_stage'
  const stageKinds: (string | null)[] = ['election', 'stage', 'stageGroup']
  const expected = {
    ...{
      region: query.region ?? office,
      interval,
      splitBy,
      basis,
      total: counted.length,
      at: api.time.now.toISOString(),
    },
    regionLevel: splitBy === 'region' ? levelOf(query, office) : null,
    overlapping: basis === 'any_stage' && stageKinds.includes(splitBy),
    // Which days are shown where there is neither a report nor a day asked for, is nobody's concern.
    ...(periods.length > 0 && { from: periods[0]?.startsOn, to: periods.at(-1)?.endsOn, periods, series }),
  }
  const compared = Object.fromEntries(Object.keys(expected).map((name) => [name, got[name]]))
  if (isDeepStrictEqual(compared, expected)) return undefined
  const differing = Object.entries(expected).filter(([name, value]) => !isDeepStrictEqual(got[name], value))
  return differing.map(([name, value]) => `${name} ${unlike(value, got[name])}`).join('\n  ')
}

/** Each period that a day from the first to the last lies in; none where neither reports nor the query say which days. */
function periodsOf(counted: readonly ModelReport[], { dateFrom, dateTo, interval = 'day' }: Query): Period[] {
  const name = nameOf[interval] ?? String
  const days = counted.map(({ day }) => day).sort()
  const [from, to] = [
    dateFrom ?? (days[0] && lastAlike(days[0], -1, name)),
    dateTo ?? (days[0] && lastAlike(days.at(-1) as string, 1, name)),
  ]
  const periods: Period[] = []
  if (from === undefined || to === undefined) return periods
  for (let day = from; day <= to; day = beside(day, 1)) {
    const last = periods.at(-1)
    if (last?.name === name(day)) last.endsOn = day
    else periods.push({ name: name(day), startsOn: day, endsOn: day, partial: false })
  }
  for (const period of periods)
    period.partial = [beside(period.startsOn, -1), beside(period.endsOn, 1)].some((day) => name(day) === period.name)
  return periods
}

function beside(day: string, by: number): string {
  return new Date(Date.parse(day) + by * 86_400_000).toISOString().slice(0, 10)
}

/** The outermost day of the period of a day. */
function lastAlike(day: string, by: number, name: (day: string) => string): string {
  const next = beside(day, by)
  return name(next) === name(day) ? lastAlike(next, by, name) : day
}

function seriesOf(counted: readonly ModelReport[], query: Query, asker: Asker, periods: readonly Period[]) {
  const { splitBy, interval = 'day' } = query
  const places = new Map(periods.map(({ name }, place) => [name, place]))
  const empty = () => ({ counts: periods.map(() => 0), total: 0 })
  const found = new Map(splitBy === undefined ? [[null as string | null, empty()]] : [])
  for (const report of counted) {
    const place = places.get((nameOf[interval] ?? String)(report.day)) as number
    const tuples = splitBy === undefined ? [[null]] : tuplesOf(report, [splitBy], query, asker.office)
    for (const [key = null] of tuples) {
      const series = found.get(key) ?? empty()
      found.set(key, series)
      series.counts[place] = (series.counts[place] ?? 0) + 1
      series.total += 1
    }
  }
  return [...found].map(([key, series]) => ({ key, ...series })).sort((a, b) => byValues([a.key], [b.key]))
}
