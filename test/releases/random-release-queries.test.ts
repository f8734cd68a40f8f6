import { isDeepStrictEqual } from 'node:util'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import { anySeed } from '../../bench/fuzz/options.ts'
import { readContract } from '../statistics/model/contract.ts'
import { type Dice, dice } from '../statistics/model/dice.ts'
import type { Query } from '../statistics/model/filters.ts'
import { send } from '../statistics/model/live.ts'
import { type Asker, handlings } from '../statistics/model/model-report.ts'
import { shrink } from '../statistics/model/shrink.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'
import { drawContent, drawQuery, knownFilters } from './draw.ts'
import { count, filters, findAll, listed, type ModelRelease } from './model.ts'
import { agencies, askers, postSomeReports, registerAgencies, release, retract } from './world.ts'

// A seed that found something is given again by WASPADA_QUERIES_SEED; WASPADA_QUERIES says how many are asked.
const seed = Number(process.env.WASPADA_QUERIES_SEED ?? anySeed())
const asked = Number(process.env.WASPADA_QUERIES ?? 200)
const many = 300
const hour = 3_600_000

/** Releases to all or to some, some changed since and some taken back. */
async function makeReleases(api: Api, chance: Dice): Promise<ModelRelease[]> {
  const { ids, stages } = await postSomeReports(api)
  const releases: ModelRelease[] = []
  for (let turn = 0; turn < many; turn += 1) {
    // Changed half an hour later: what was changed in the last minutes may come twice.
    const first = testNow.getTime() - (2 + chance.below(200)) * hour
    const draw = () => ({
      agencies: chance.oneIn(2) ? null : chance.some(agencies, 1 + chance.below(2)),
      handling: chance.below(4),
      content: drawContent(chance, stages),
    })
    const report = chance.pick(ids)
    const told = { ...draw(), releasedAt: first }
    const id = await release(api, report, told)
    const made = { id, version: 1, firstReleasedAt: first, isRetracted: chance.oneIn(10), ...told }
    releases.push(made)
    if (chance.oneIn(4)) {
      Object.assign(made, { ...draw(), version: 2, releasedAt: first + hour / 2 })
      await release(api, report, made)
    }
    if (made.isRetracted) await retract(api, id, first + hour)
  }
  return releases
}

const view = ({ id, version, handling, releasedAt, firstReleasedAt, content }: ModelRelease) => ({
  ...{ id, version, handling: handlings[handling], content },
  ...{ releasedAt: new Date(releasedAt).toISOString(), firstReleasedAt: new Date(firstReleasedAt).toISOString() },
})

type Compare = (api: Api, releases: readonly ModelRelease[], asker: Asker, query: Query) => Promise<string | undefined>

const unlike = (expected: unknown, got: unknown) =>
  isDeepStrictEqual(got, expected)
    ? undefined
    : `unlike:\n    expected ${JSON.stringify(expected)}\n    got      ${JSON.stringify(got)}`
const refusal = (answer: { statusCode: number; body: string }) => `refused: ${answer.statusCode} ${answer.body}`

/** Page by page; by relevance as a set. */
const compareList: Compare = async (api, releases, asker, query) => {
  const expected = listed(releases, asker, query)
  const got: { id: string }[] = []
  for (let cursor = ''; ; ) {
    const answer = await send(api, asker, { url: `/v1/releases?${new URLSearchParams(query)}${cursor}` })
    if (answer.statusCode !== 200) return refusal(answer)
    const { items, next } = answer.json()
    got.push(...items.map(({ highlights: _highlights, ...item }: { id: string; highlights: unknown }) => item))
    if (next === null || got.length > 2 * many) break
    cursor = `&cursor=${next}`
  }
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
  const isRanked = query.q !== undefined && (query.sort ?? 'relevance') === 'relevance'
  if (isRanked) {
    expected.sort(byId)
    got.sort(byId)
  }
  if (query.fields === '*') return unlike(expected.map(view), got)
  return unlike(
    expected.map(({ id }) => id),
    got.map(({ id }) => id),
  )
}

const compareExport: Compare = async (api, releases, asker, { type = '', ...query }) => {
  const answer = await send(api, asker, {
    url: `/v1/releases?${new URLSearchParams(query)}`,
    headers: { accept: type },
  })
  if (answer.statusCode !== 200) return refusal(answer)
  const expected = listed(releases, asker, query)
  if (type === 'application/x-ndjson')
    return unlike(
      expected.map(view),
      answer.body.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])),
    )
  const rows: Record<string, unknown>[] =
    type === 'text/csv'
      ? parse(answer.body, { columns: true })
      : JSON.parse(answer.body).features.map(({ properties }: { properties: object }) => properties)
  const flat = ({ id, version, handling, content }: ModelRelease) =>
    [
      id,
      version,
      handlings[handling],
      content.exercise,
      content.athg,
      content.region?.code,
      content.position?.coordinates[0],
      content.localDate,
    ].map((value) => String(value ?? ''))
  const names = ['id', 'version', 'handling', 'exercise', 'athg', 'regionCode', 'longitude', 'localDate']
  return unlike(
    expected.map(flat),
    rows.map((row) => names.map((name) => String(row[name] ?? ''))),
  )
}

const compareCounts: Compare = async (api, releases, asker, query) => {
  const answer = await send(api, asker, { url: `/v1/statistics/counts?${new URLSearchParams(query)}` })
  if (answer.statusCode !== 200) return refusal(answer)
  const by = (query.groupBy ?? '').split(',')
  const { items, total, regionLevel } = answer.json()
  const level = regionLevel ?? 'province'
  const cells = items.map((item: Record<string, unknown>) => [JSON.stringify(by.map((name) => item[name])), item.count])
  const told = cells.filter(([, number]: [string, number]) => number !== 0)
  if (query.zeros !== 'true' && told.length < cells.length) return 'a cell of nothing'
  const got = { total, cells: Object.fromEntries(told.sort(([a]: [string], [b]: [string]) => (a < b ? -1 : 1))) }
  return unlike(count(findAll(releases, asker, query), by, level, query.anyStage === 'true'), got)
}

const compareTimeline: Compare = async (api, releases, asker, query) => {
  const answer = await send(api, asker, { url: `/v1/statistics/timeline?${new URLSearchParams(query)}` })
  if (answer.statusCode !== 200) return refusal(answer)
  const { periods, series, total, regionLevel } = answer.json()
  const by = [query.interval ?? 'day', ...(query.splitBy ? [query.splitBy] : [])]
  const cells = series.flatMap(({ key, counts }: { key: string | null; counts: number[] }) =>
    counts.flatMap((number, place) =>
      number === 0 ? [] : [[JSON.stringify([periods[place].name, ...(query.splitBy ? [key] : [])]), number]],
    ),
  )
  const got = { total, cells: Object.fromEntries(cells.sort(([a]: [string], [b]: [string]) => (a < b ? -1 : 1))) }
  return unlike(count(findAll(releases, asker, query), by, regionLevel ?? 'province', query.anyStage === 'true'), got)
}

t.test('whatever an agency asks, it is told what a plain model in memory says', async (t) => {
  const api = await startApi(t, { rateQuotas: { client: null, unauthenticated: null }, smallestCount: 1 })
  await registerAgencies(api)
  const chance = dice(seed)
  const releases = await makeReleases(api, chance)
  const contract = await readContract()
  const operation = (path: string) => {
    const found = contract(path)
    if (!found) throw new Error(`The contract has no GET ${path}`)
    return found
  }
  const [list, counts, timeline] = ['/v1/releases', '/v1/statistics/counts', '/v1/statistics/timeline'].map(operation)
  if (!list || !counts || !timeline) return
  const names = list.parameters.filter((name) => !['fields', 'sort', 'limit', 'cursor'].includes(name))
  t.same(
    names.filter((name) => !filters[name] || !knownFilters.includes(name)),
    [],
    'the model knows every filter',
  )
  const sorts = list.words('sort')
  const only = (query: Query, parameters: readonly string[]): Query =>
    Object.fromEntries(Object.entries(query).filter(([name]) => parameters.includes(name)))
  const dimensions = counts.words('groupBy').filter((name) => name !== 'status')
  const splits = timeline.words('splitBy').filter((name) => name !== 'status')
  const complaints: string[] = []
  let found = 0

  for (let turn = 0; turn < asked && complaints.length < 3; turn += 1) {
    const asker = chance.pick(askers)
    const query = drawQuery(chance, names, releases)
    if (findAll(releases, asker, query).length > 0) found += 1
    const sort = chance.pick(sorts.filter((each) => each !== 'relevance' || query.q !== undefined))
    const plain = chance.pick(sorts.filter((each) => each !== 'relevance'))
    const ways: [Compare, Query][] = [
      [
        compareList,
        { ...query, sort, limit: String(chance.pick([3, 7, 50, 200])), ...(chance.oneIn(2) && { fields: '*' }) },
      ],
      [
        compareExport,
        {
          ...query,
          sort: plain,
          fields: '*',
          type: chance.pick(['text/csv', 'application/x-ndjson', 'application/geo+json']),
        },
      ],
      [
        compareCounts,
        {
          ...only(query, counts.parameters),
          groupBy: chance.some(dimensions, 1 + chance.below(3)).join(),
          ...(chance.oneIn(3) && { regionLevel: chance.pick(counts.words('regionLevel')) }),
        },
      ],
      [
        compareTimeline,
        {
          ...only(query, timeline.parameters),
          interval: chance.pick(timeline.words('interval')),
          ...(chance.oneIn(2) && { splitBy: chance.pick(splits) }),
        },
      ],
    ]
    for (const [compare, whole] of ways) {
      const said = await compare(api, releases, asker, whole)
      if (said === undefined) continue
      const isRefusal = said.startsWith('refused')
      const smallest = await shrink(whole, async (smaller) => {
        const text = await compare(api, releases, asker, smaller)
        return text?.startsWith('refused') === isRefusal ? text : undefined
      })
      complaints.push(
        `query ${turn} of seed ${seed}: ${asker.clientId} ${compare.name} ${decodeURIComponent(String(new URLSearchParams(smallest)))}\n  ${(await compare(api, releases, asker, smallest)) ?? said}`,
      )
    }
  }

  t.equal(complaints.join('\n\n'), '', `${asked} queries in four ways, seed ${seed}`)
  t.ok(complaints.length > 0 || asked < 200 || found > asked / 3, `${found} of them found something`)
})
