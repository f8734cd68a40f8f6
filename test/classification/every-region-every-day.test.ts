import t from 'tap'
import { classify, type OpenStage } from '../../src/classification/classify.ts'
import { parseCalendar } from '../../src/elections/calendar.ts'
import { readDataFile } from '../../src/regions/data-file.ts'
import { RegionDirectory } from '../../src/regions/directory.ts'
import { loadRegions } from '../../src/regions/load-regions.ts'
import { dayNumber, type NaiveStage, primaryOf, type RawEntry, stagesEverOpen } from './naive-classification.ts'

const all = await loadRegions()
const regions = new RegionDirectory(all)
const document = (await readDataFile('election-calendar.json')) as RawEntry[]
const packaged = parseCalendar(document, 1, regions)

const stagesIn = (code: string, date: string) => classify(regions.get(code), date, packaged, regions)
const keys = (stages: readonly OpenStage[]) => stages.map(({ election, stage }) => `${election}/${stage}`)

const firstDay = dayNumber('2022-06-14')
const lastDay = dayNumber('2025-09-02')
const dates = Array.from({ length: lastDay - firstDay + 1 }, (_, index) =>
  new Date((firstDay + index) * 86_400_000).toISOString().slice(0, 10),
)

t.test('in every region on every day, the answer is that of a rule written twice', async (t) => {
  const places = all.filter(({ level }) => level !== 'district')
  const wrong: string[] = []
  let answers = 0
  let nonEmpty = 0
  for (const region of places) {
    const ever = stagesEverOpen(region, document)
    for (const [index, date] of dates.entries()) {
      const stages = classify(region, date, packaged, regions)
      answers += 1
      if (stages.length > 0) nonEmpty += 1
      const fault = faultOf(stages, ever, firstDay + index)
      if (fault) wrong.push(`${region.code} ${date}: ${fault}`)
    }
  }
  t.equal(answers, 553 * 1177)
  t.ok(nonEmpty > answers / 2)
  t.same(wrong.slice(0, 10), [])
})

function faultOf(stages: readonly OpenStage[], ever: readonly NaiveStage[], day: number): string | undefined {
  const open = ever.filter(({ from, to }) => from <= day && day <= to)
  if (stages.length !== open.length) return `${keys(stages)} for ${open.map(({ key }) => key)}`
  for (const { election, stage, contests, startsOn, endsOn } of stages) {
    const naive = open.find((candidate) => candidate.election === election && candidate.stage === stage)
    if (!naive) return `${election}/${stage} is not open`
    if (contests.length === 0 || contests.join() !== naive.contests.join()) return `${stage} has ${contests}`
    if (dayNumber(startsOn) !== naive.from || dayNumber(endsOn) !== naive.to) return `${stage} ${startsOn}-${endsOn}`
  }
  if (stages.length === 0) return undefined
  if (stages.filter(({ primary }) => primary).length !== 1 || !stages[0]?.primary) return 'not one primary, first'
  const expected = primaryOf(open, day)
  const first = keys(stages)[0]
  return first === expected ? undefined : `primary ${first}, not ${expected}`
}

t.test('every district is classified as its regency', async (t) => {
  const sample = [
    '2022-06-14',
    '2023-10-20',
    '2024-02-14',
    '2024-07-13',
    '2024-11-27',
    '2025-02-20',
    '2025-04-19',
    '2025-08-06',
  ]
  const wrong: string[] = []
  for (const date of sample) {
    const ofRegency = new Map<string, string>()
    for (const region of all) {
      if (region.level === 'regency')
        ofRegency.set(region.code, JSON.stringify(classify(region, date, packaged, regions)))
    }
    for (const region of all) {
      if (region.level !== 'district') continue
      const its = JSON.stringify(classify(region, date, packaged, regions))
      if (its !== ofRegency.get(region.regency ?? '')) wrong.push(`${region.code} ${date}`)
    }
  }
  t.same(wrong, [])
})

t.test('what the domain says of the calendar holds', async (t) => {
  const between = dates.filter((date) => date >= '2024-12-17' && date <= '2025-02-24' && date !== '2025-02-20')
  const busy = all
    .filter(({ level }) => level !== 'district')
    .filter(({ code }) => between.some((date) => stagesIn(code, date).length > 0))
  t.same(
    busy.map(({ code }) => code),
    ['19.01', '19.71'],
    'only where the Pilkada is run again is a stage open',
  )

  const ordinary = dates.map((date) => stagesIn('74.71', date))
  const anywhere = dates.map((date) => [
    ...stagesIn('74.71', date),
    ...['13', '19.01', '91.71'].flatMap((code) => stagesIn(code, date)),
  ])
  const electionsOf = (stages: readonly OpenStage[]) => new Set(stages.map(({ election }) => election)).size
  const days = {
    withTwoStages: ordinary.filter((stages) => stages.length > 1).length,
    withTwoElectionsHere: ordinary.filter((stages) => electionsOf(stages) > 1).length,
    withTwoElectionsAnywhere: anywhere.filter((stages) => electionsOf(stages) > 1).length,
  }
  t.comment(JSON.stringify(days))
  t.ok(days.withTwoStages > dates.length / 2)
  t.ok(days.withTwoElectionsAnywhere > 240)
})
