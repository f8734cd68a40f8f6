import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { classify } from '../../src/classification/classify.ts'
import { type Calendar, CalendarError, parseCalendar } from '../../src/elections/calendar.ts'
import { withOverrides, withoutOverrides } from '../../src/elections/with-overrides.ts'
import { calendarDifferences } from '../../src/reclassification/calendar-differences.ts'
import { dayNumberOf, dayOf } from '../../src/reclassification/day-number.ts'
import { touchedByCalendar } from '../../src/reclassification/touched.ts'
import { readDataFile } from '../../src/regions/data-file.ts'
import { RegionDirectory } from '../../src/regions/directory.ts'
import { loadRegions } from '../../src/regions/load-regions.ts'

const all = await loadRegions()
const regions = new RegionDirectory(all)
const document = (await readDataFile('election-calendar.json')) as Entry[]
const packaged = parseCalendar(document, 1, regions)
const voting = all.filter(({ level }) => level !== 'district')
const first = dayNumberOf('2022-01-01')
const last = dayNumberOf('2026-12-31')

interface Entry {
  election: { code: string; status: string; voting_day: string | null; contests: string[] }
  stages: { code: string; starts_on: string | null; ends_on: string | null; group: string; order: number }[]
}

/** One thing that an administrator may change in a calendar; some of them make it one that is refused. */
const edit = fc.record({
  election: fc.nat(document.length - 1),
  stage: fc.nat(40),
  region: fc.constantFrom(...voting.map(({ code }) => code)),
  from: fc.integer({ min: first, max: last }),
  days: fc.nat(90),
  kind: fc.constantFrom('override', 'override', 'dates', 'voting_day', 'status', 'group', 'drop'),
})
type Edit = typeof edit extends fc.Arbitrary<infer Of> ? Of : never

function edited(edits: readonly Edit[]): Calendar | undefined {
  let changed = structuredClone(document)
  for (const { election, stage, region, from, days, kind } of edits) {
    const entry = changed[election]
    const one = entry?.stages[stage % (entry.stages.length || 1)]
    if (!entry || !one) continue
    const dates = { starts_on: dayOf(from), ends_on: dayOf(from + days) }
    if (kind === 'override')
      changed = withOverrides(changed, [
        { election: entry.election.code, stage: one.code, region, ...dates, source: 'a test' },
      ]) as Entry[]
    if (kind === 'dates') Object.assign(one, dates)
    if (kind === 'voting_day') entry.election.voting_day = dayOf(from)
    if (kind === 'status') entry.election.status = entry.election.status === 'held' ? 'not_held' : 'held'
    if (kind === 'group') one.group = 'masa_tenang'
    if (kind === 'drop') entry.stages = entry.stages.filter((each) => each !== one)
  }
  try {
    return parseCalendar(changed, 2, regions)
  } catch (error) {
    if (error instanceof CalendarError) return undefined
    throw error
  }
}

const stagesOf = (code: string, day: number, calendar: Calendar) =>
  classify(regions.get(code), dayOf(day), calendar, regions).map(({ startsOn: _f, endsOn: _t, ...stage }) => stage)

t.test('a day is touched exactly if it is classified otherwise, whatever changes', (t) => {
  let changes = 0
  fc.assert(
    fc.property(
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      fc.array(fc.constantFrom(...voting), { minLength: 2, maxLength: 2 }),
      (edits, sample) => {
        const after = edited(edits)
        if (!after) return
        const differences = calendarDifferences(packaged, after, regions)
        const named = edits.map(({ region }) => regions.get(region))
        for (const { code } of [...sample, ...named]) {
          const here = differences.filter(({ region }) => region === code)
          for (let day = first - 30; day <= last + 120; day += 1) {
            const [was, will] = [stagesOf(code, day, packaged), stagesOf(code, day, after)]
            const found = here.filter(({ from, to }) => from <= dayOf(day) && dayOf(day) <= to)
            const differs = !isDeepStrictEqual(was, will)
            if (differs) changes += 1
            if (found.length !== (differs ? 1 : 0)) throw new Error(`${code} ${dayOf(day)}: ${found.length}`)
            if (found[0] && !isDeepStrictEqual([found[0].was, found[0].will], [was, will]))
              throw new Error(`${code} ${dayOf(day)}: not as it says`)
          }
        }
      },
    ),
    { numRuns: 25 },
  )
  t.ok(changes > 0, `${changes} days differ`)
  t.end()
})

t.test('an override touches its region on its days, and no other', (t) => {
  const override = { election: 'pilkada-2024', stage: 'psu_psl_pss', region: '74.71', source: 'x' }
  const dates = { starts_on: '2025-04-16', ends_on: '2025-04-17' }
  const with1 = withOverrides(document, [{ ...override, ...dates }])
  const after = parseCalendar(with1, 2, regions)

  t.same(touchedByCalendar(packaged, after, regions), [{ region: '74.71', from: '2025-04-16', to: '2025-04-17' }])
  t.same(withOverrides(with1, [{ ...override, ...dates }]), with1, 'given again it changes nothing')
  const without = parseCalendar(withoutOverrides(with1, [override]), 3, regions)
  t.same(touchedByCalendar(packaged, without, regions), [])
  t.throws(() => withoutOverrides(document, [override]), /has no override of psu_psl_pss in 74.71/)
  t.throws(() => withOverrides(document, [{ ...override, ...dates, election: 'x' }]), /no election x/)
  t.end()
})

t.test('a calendar that can no longer be read touches every report', (t) => {
  t.equal(touchedByCalendar(null, packaged, regions).length, 553)
  t.same(touchedByCalendar(packaged, packaged, regions), [])
  t.end()
})

t.test('dates far out of any calendar take no longer', (t) => {
  const changed = structuredClone(document)
  const stage = changed[0]?.stages[0]
  if (stage) Object.assign(stage, { starts_on: '0001-01-01', ends_on: '9999-12-31' })
  const touched = touchedByCalendar(packaged, parseCalendar(changed, 2, regions), regions)
  t.match(touched[0], { from: '0001-01-01' })
  t.ok(touched.some((each) => 'to' in each && each.to === '9999-12-31'))
  t.end()
})
