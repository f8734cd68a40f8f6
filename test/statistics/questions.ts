import fc from 'fast-check'
import type { Reference } from '../../src/reference/store.ts'
import type { Filter } from '../../src/reports/filters.ts'
import { filtersOf } from '../../src/reports/report-filters.ts'
import type { Count } from '../../src/statistics/cells.ts'
import { countedLevels, dimensions } from '../../src/statistics/dimensions.ts'
import { testNow } from '../support/start-api.ts'

const some = <Word extends string>(...words: [Word, ...Word[]]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...words), { minLength: 1 }), { nil: undefined })
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 })

const query = fc.record({
  region: rarely(fc.constantFrom('74', '74.71', '74.71.01', '51', '00', '91')),
  election: rarely(fc.constant(['pilkada-2024'])),
  stage: rarely(fc.constantFrom(['masa_tenang', 'none'], ['kampanye'], ['none'])),
  anyStage: fc.boolean(),
  athg: some('threat', 'disruption'),
  domain: rarely(fc.constant(['politics' as const])),
  incidentType: some('perusakan_apk', 'politik_uang'),
  severity: some('low', 'moderate'),
  phase: rarely(fc.constant(['actual' as const])),
  status: some('submitted', 'verified', 'closed'),
  dateFrom: rarely(fc.constantFrom('2024-11-20', '2024-11-25')),
  dateTo: rarely(fc.constantFrom('2024-11-24', '2024-11-26')),
  overdue: rarely(fc.boolean()),
})

/** What somebody may ask to be counted: every dimension and filter, most of them seldom. */
export const questions = (reference: Reference): fc.Arbitrary<Count> =>
  fc
    .record({
      groupBy: fc.uniqueArray(fc.constantFrom(...dimensions), { minLength: 1, maxLength: 4 }),
      level: fc.constantFrom(...countedLevels),
      basis: fc.constantFrom('primary_stage' as const, 'primary_stage' as const, 'any_stage' as const),
      filters: fc.oneof(
        fc.constant([]),
        query.map((asked) => allowed(asked, reference)),
      ),
    })
    .map((asked) => asked as Count)

/** Outside every stage and in an election at once is refused: it could match nothing. */
function allowed({ election, ...asked }: Record<string, unknown>, reference: Reference): Filter[] {
  const given = { ...asked, ...(asked.stage === undefined && { election }) }
  const query = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return filtersOf(query as Parameters<typeof filtersOf>[0], reference, testNow)
}
