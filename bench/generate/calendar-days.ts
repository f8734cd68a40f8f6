import { classify } from '../../src/classification/classify.ts'
import type { StageGroup } from '../../src/elections/election.ts'
import type { Reference } from '../../src/reference/store.ts'
import type { Region } from '../../src/regions/region.ts'

/** The days of the reports, by the calendar of the region where each happened; the last one is not among them. */
export const span = { from: '2023-01-01', to: '2026-01-01' } as const
const day = 86_400_000

/** What kind of incidents a day brings. */
export const seasons = ['voting', 'campaign', 'dispute', 'other'] as const
export type Season = (typeof seasons)[number]

/** One local day in all regions that have the same stages on every day. */
export interface GroupDay {
  date: string
  /** As a report keeps them, primary first. */
  stages: { election: string; stage: string }[]
  season: Season
  /** How many times as many reports as a day outside every stage. */
  density: number
}

/** Regions that vote alike, so that their reports of one day have the same stages. */
export interface VotingGroup {
  regions: Region[]
  days: GroupDay[]
}

const seasonOf: Partial<Record<StageGroup, Season>> = {
  pungut_hitung: 'voting',
  masa_tenang: 'campaign',
  kampanye: 'campaign',
  rekapitulasi: 'dispute',
  sengketa: 'dispute',
  hasil: 'dispute',
}
const densityOf: Record<StageGroup, number> = {
  pungut_hitung: 7,
  masa_tenang: 6,
  kampanye: 3.5,
  rekapitulasi: 4,
  sengketa: 2.5,
  pencalonan: 2,
  pemilih: 1.4,
  peserta: 1.3,
  persiapan: 1.2,
  hasil: 1.5,
  pelantikan: 1.4,
}

/** The nation, the provinces and the regencies, by what is open in them on each day, as the classification says. */
export function votingGroups(reference: Reference): VotingGroup[] {
  const dates = Array.from({ length: (Date.parse(span.to) - Date.parse(span.from)) / day }, (_, index) =>
    new Date(Date.parse(span.from) + index * day).toISOString().slice(0, 10),
  )
  const votingDays = new Set(reference.calendar.elections.map(({ votingDay }) => votingDay))
  const groups = new Map<string, VotingGroup>()
  const known = new Map<string, { number: number; stages: Stages }>()
  for (const region of reference.regions) {
    if (region.level === 'district') continue
    // Days with the same stages share one list of them.
    const each = dates.map((date) => {
      const stages = stagesOn(region, date, reference)
      const text = JSON.stringify(stages)
      const shared = known.get(text) ?? { number: known.size, stages }
      known.set(text, shared)
      return shared
    })
    const key = each.map(({ number }) => number).join()
    const group = groups.get(key)
    if (group) group.regions.push(region)
    else
      groups.set(key, {
        regions: [region],
        days: daysOf(
          dates,
          each.map(({ stages }) => stages),
          votingDays,
        ),
      })
  }
  return [...groups.values()]
}

type Stages = ReturnType<typeof stagesOn>

/** As a report keeps them (see `classifyPlace`, to which the test holds this). */
function stagesOn(region: Region, date: string, { calendar, regions }: Reference) {
  return classify(region, date, calendar, regions).map(({ startsOn: _from, endsOn: _to, ...stage }) => stage)
}

function daysOf(
  dates: readonly string[],
  stages: readonly Stages[],
  votingDays: ReadonlySet<string | null>,
): GroupDay[] {
  return dates.map((date, index) => {
    const open = stages[index] ?? []
    const [primary] = open
    if (!primary) return { date, stages: [], season: 'other', density: 1 }
    const votes = primary.group === 'pungut_hitung' && votingDays.has(date)
    const density = votes ? 40 : densityOf[primary.group]
    return { date, stages: open, season: seasonOf[primary.group] ?? 'other', density }
  })
}
