import { isDeepStrictEqual } from 'node:util'
import type { Api } from '../../support/start-api.ts'
import { refusal } from './compare-lists.ts'
import { type CountedCell, count, levelOf } from './counts.ts'
import { findAll, type Query } from './filters.ts'
import { send } from './live.ts'
import { type Asker, isCounted, type ModelReport } from './model-report.ts'

/** What counts of what a caller sees and asks for. */
export function countable(reports: readonly ModelReport[], asker: Asker, query: Query, now: number): ModelReport[] {
  return findAll(reports, asker, query, now).filter(isCounted)
}

/** Every cell and the total against the model. @returns what they disagree about */
export async function compareCounts(
  api: Api,
  reports: readonly ModelReport[],
  asker: Asker,
  query: Query,
): Promise<string | undefined> {
  const counted = countable(reports, asker, query, api.time.now.getTime())
  const answer = await send(api, asker, { url: `/v1/statistics/counts?${new URLSearchParams(query)}` })
  if (query.zeros === 'true' && isTooMuch(answer)) return undefined
  if (answer.statusCode !== 200) return refusal(answer)
  const { items, ...about } = answer.json()
  // Which combinations there could be besides is told elsewhere; here, that they add nothing and come once.
  const told = items.filter(({ count }: CountedCell) => query.zeros !== 'true' || count !== 0)
  if (new Set(items.map((cell: object) => JSON.stringify(cell))).size < items.length) return 'a cell comes twice'
  const by = (query.groupBy ?? '').split(',')
  const expected = {
    groupBy: by,
    regionLevel: by.includes('region') ? levelOf(query, asker.tier === 'agency' ? '00' : asker.office) : null,
    basis: query.anyStage === 'true' ? 'any_stage' : 'primary_stage',
    total: counted.length,
    at: api.time.now.toISOString(),
  }
  if (!isDeepStrictEqual(about, expected)) return unlike(expected, about)
  return differenceOf(by, count(counted, query, asker.office), told)
}

/** Whether an answer would have more cells than one may. */
export function isTooMuch({ statusCode, body }: { statusCode: number; body: string }): boolean {
  return statusCode === 400 && JSON.parse(body).errors[0].code === 'too_many_cells'
}

function differenceOf(by: string[], expected: CountedCell[], got: Record<string, unknown>[]): string | undefined {
  const wire = expected.map(({ values, count }) => ({
    ...Object.fromEntries(by.map((dimension, place) => [dimension, values[place]])),
    count,
  }))
  if (isDeepStrictEqual(got, wire)) return undefined
  const known = new Set(wire.map((cell) => JSON.stringify(cell)))
  const found = new Set(got.map((cell) => JSON.stringify(cell)))
  return `${got.length} cells instead of ${wire.length}; ${unlike(
    wire.filter((cell) => !found.has(JSON.stringify(cell))).slice(0, 5),
    got.filter((cell) => !known.has(JSON.stringify(cell))).slice(0, 5),
  )}`
}

export function unlike(expected: unknown, got: unknown): string {
  return `unlike:\n    expected ${JSON.stringify(expected)}\n    got      ${JSON.stringify(got)}`
}
