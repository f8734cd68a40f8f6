import fc from 'fast-check'
import t from 'tap'
import { type Band, bandsOf } from '../../src/classification/bands.ts'
import { classify } from '../../src/classification/classify.ts'
import { dateOfDay, dayNumber } from '../../src/classification/local-date.ts'
import { type Calendar, parseCalendar } from '../../src/elections/calendar.ts'
import { readDataFile } from '../../src/regions/data-file.ts'
import { RegionDirectory } from '../../src/regions/directory.ts'
import { loadRegions } from '../../src/regions/load-regions.ts'
import type { RawEntry } from './naive-classification.ts'

const all = await loadRegions()
const regions = new RegionDirectory(all)
const document = (await readDataFile('election-calendar.json')) as (RawEntry & { overrides?: unknown[] })[]
const packaged = parseCalendar(document, 1, regions)

/** Re-votes in two windows, a voting day of its own, and a campaign that two elections share to the day. */
const changed = (() => {
  const copy = structuredClone(document)
  const pilkada = copy.find(({ election }) => election.code === 'pilkada-2024')
  const again = copy.find(({ election }) => election.code === 'pilkada-ulang-2025')
  if (!pilkada || !again) throw new Error('The calendar has changed')
  const override = (region: string, stage: string, starts_on: string, ends_on: string) => ({
    ...{ region, stage, starts_on, ends_on },
    source: 'KPU',
  })
  pilkada.overrides = [
    override('62.05', 'psu_psl_pss', '2024-12-01', '2024-12-02'),
    override('62.05', 'psu_psl_pss', '2024-12-05', '2024-12-05'),
    override('74', 'sengketa_hasil', '2024-12-10', '2025-02-24'),
    override('74.71', 'pemungutan_suara', '2024-12-11', '2024-12-11'),
    override('19.71', 'kampanye', '2025-03-01', '2025-08-01'),
  ]
  again.overrides = [override('19.71', 'kampanye', '2025-03-01', '2025-08-01')]
  return parseCalendar(copy, 2, regions)
})()

/** What bands say of a day, in the words of `classify`. */
function onDay(bands: readonly Band[], day: string): string[] {
  const holds = ({ startsOn, endsOn }: { startsOn: string; endsOn: string }) => startsOn <= day && day <= endsOn
  return bands
    .filter(({ period }) => holds(period))
    .map(({ election, stage, contests, period, primaryOn }) => {
      const primary = primaryOn.some(holds) ? '*' : ''
      return `${primary}${election.code} ${stage.code} ${contests.join('+')} ${period.startsOn} ${period.endsOn}`
    })
    .sort()
}

function byClassification(code: string, day: string, calendar: Calendar): string[] {
  return classify(regions.get(code), day, calendar, regions)
    .map(
      ({ election, stage, contests, primary, startsOn, endsOn }) =>
        `${primary ? '*' : ''}${election} ${stage} ${contests.join('+')} ${startsOn} ${endsOn}`,
    )
    .sort()
}

function firstDifference(code: string, [from, to]: [string, string], calendar: Calendar): string | undefined {
  const range = { startsOn: from, endsOn: to }
  const bands = bandsOf(regions.get(code), range, { calendar, regions })
  const stray = bands.find(
    ({ period, primaryOn }) => period.endsOn < from || period.startsOn > to || misplaced(primaryOn, range),
  )
  if (stray) return `${code} ${from} ${to}: ${stray.stage.code} is out of range, or in pieces`
  for (let day = dayNumber(from); day <= dayNumber(to); day += 1) {
    const date = dateOfDay(day)
    const [told, expected] = [onDay(bands, date), byClassification(code, date, calendar)]
    if (told.join() !== expected.join()) return `${code} ${from} ${to} on ${date}: ${told} for ${expected}`
  }
  return undefined
}

function misplaced(periods: Band['primaryOn'], range: Band['primaryOn'][number]): boolean {
  return periods.some(({ startsOn, endsOn }, index) => {
    const next = periods[index + 1]
    const touches = next !== undefined && dayNumber(next.startsOn) <= dayNumber(endsOn) + 1
    return startsOn > endsOn || startsOn < range.startsOn || endsOn > range.endsOn || touches
  })
}

t.test('bands say of every day what classification says of it, in any region over any range', async (t) => {
  const range = fc.tuple(
    fc.constantFrom(...all.map(({ code }) => code)),
    fc.integer({ min: dayNumber('2022-01-01'), max: dayNumber('2025-12-01') }),
    fc.oneof({ weight: 3, arbitrary: fc.nat(60) }, fc.nat(1_500)),
    fc.constantFrom(packaged, changed),
  )
  const holds = fc.property(range, ([code, first, length, calendar]) => {
    const difference = firstDifference(code, [dateOfDay(first), dateOfDay(first + length)], calendar)
    if (difference) throw new Error(difference)
  })
  t.doesNotThrow(() => fc.assert(holds, { numRuns: 200 }))
})

t.test('so they do where it is most particular', async (t) => {
  const whole: [string, string] = ['2022-01-01', '2025-12-31']
  for (const code of ['00', '13', '34', '31.71', '62.05', '74', '74.71', '74.71.01', '19.71', '91.71', '11.01']) {
    for (const calendar of [packaged, changed]) t.equal(firstDifference(code, whole, calendar), undefined, code)
  }
})

t.test('where two elections tie, the nearer voting day turns the primary stage on its day', async (t) => {
  const range = { startsOn: '2025-03-01', endsOn: '2025-08-01' }
  const tied = bandsOf(regions.get('19.71'), range, { calendar: changed, regions }).filter(
    ({ stage }) => stage.code === 'kampanye',
  )
  t.same(
    tied.map(({ election, primaryOn }) => [election.code, primaryOn]),
    [
      ['pilkada-2024', [{ startsOn: '2025-03-01', endsOn: '2025-04-12' }]],
      ['pilkada-ulang-2025', [{ startsOn: '2025-04-13', endsOn: '2025-08-01' }]],
    ],
  )
})
