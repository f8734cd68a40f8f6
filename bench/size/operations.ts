import { markedWords } from '../generate/vocabulary.ts'
import { newReport, type Sent } from '../requests.ts'
import type { Caller, Callers } from './callers.ts'

/** What requests of one size are made of. */
export interface World {
  callers: Callers
  /** Ids that the regencies may read, by their code. */
  ids: { id: string; regency: string }[]
  /** Primary stages, the one with most reports first; the same at each size. */
  stages: string[]
  /** Of page 200 of the nation's walk. */
  cursor: string
}

/** An operation as it is measured. */
export interface SizeOperation {
  name: string
  /** How many times its p50 at the base size the p50 may be at the large one; none where nothing was demanded. */
  mostTimesBase?: number
  /** How many times the p50 of reading one row the p50 may be. */
  mostTimesOneRow?: number
  /** What the contract must have for it. */
  needs?: { path: string; parameter?: string }
  /** Whether each request is sent once, and what differs from one to the next is made anew. */
  writes?: boolean
  /** @param seconds that the requests last at least, where each is sent once */
  requests(world: World, seconds: number): Sent[]
}

const get = (path: string, { headers }: Caller): Sent => ({ method: 'GET', path, headers })
const list = (query: string, caller: Caller) => get(`/v1/reports?limit=50${query}`, caller)
const cross = <A, B, C>(as: readonly A[], bs: readonly B[], join: (a: A, b: B) => C) =>
  as.flatMap((a) => bs.map((b) => join(a, b)))

const asked: SizeOperation[] = [
  {
    name: 'find',
    requests: ({ ids, callers }) => ids.map(({ id, regency }) => get(`/v1/reports/${id}`, callerOf(callers, regency))),
  },
  { name: 'list: regency', requests: ({ callers }) => callers.regencies.map((caller) => list('', caller)) },
  { name: 'list: nation', requests: ({ callers }) => [list('', callers.nation)] },
  {
    name: 'list: province, its stage',
    requests: ({ callers, stages }) =>
      cross(callers.provinces, stages, (caller, stage) => list(`&stage=${stage}`, caller)),
  },
  {
    name: 'list: nation, province and stage',
    requests: ({ callers, stages }) =>
      cross(callers.provinces, stages, ({ code }, stage) => list(`&region=${code}&stage=${stage}`, callers.nation)),
  },
  {
    name: 'list: nation, a regency',
    requests: ({ callers }) => callers.regencies.map(({ code }) => list(`&region=${code}`, callers.nation)),
  },
  {
    name: 'page 200: nation',
    requests: ({ callers, cursor }) => [list(`&cursor=${encodeURIComponent(cursor)}`, callers.nation)],
  },
]
const lists = asked.map((operation) => ({ ...operation, mostTimesBase: 1.5 }))

const counts = '/v1/statistics/counts'
const timeline = '/v1/statistics/timeline'
const statistics: SizeOperation[] = [
  {
    name: 'counts: nation, province x stage',
    needs: { path: counts },
    mostTimesOneRow: 20,
    requests: ({ callers }) => [get(`${counts}?groupBy=region,stage&regionLevel=province`, callers.nation)],
  },
  {
    name: 'timeline: nation, weeks by athg',
    needs: { path: timeline },
    requests: ({ callers }) => [get(`${timeline}?interval=week&splitBy=athg`, callers.nation)],
  },
  {
    name: 'timeline: province, days',
    needs: { path: timeline },
    requests: ({ callers }) => callers.provinces.map((caller) => get(`${timeline}?interval=day`, caller)),
  },
]

const tiers: Record<string, (callers: Callers) => readonly Caller[]> = {
  nation: ({ nation }) => [nation],
  province: ({ provinces }) => provinces,
  regency: ({ regencies }) => regencies,
}
const searches: SizeOperation[] = cross(
  Object.entries(tiers),
  ['rare', 'common'] as const,
  ([tier, callersOf], frequency) => ({
    name: `search: ${tier}, ${frequency} word`,
    needs: { path: '/v1/reports', parameter: 'q' },
    requests: ({ callers }: World) => callersOf(callers).map((caller) => list(`&q=${markedWords[frequency]}`, caller)),
  }),
)

/** More than all connections get through. */
const postsPerSecond = 3_000
let posted = 0
const post: SizeOperation = {
  name: 'post',
  mostTimesBase: 1.2,
  writes: true,
  requests: ({ callers: { regencies } }, seconds) => {
    posted += 1
    return Array.from({ length: postsPerSecond * seconds }, (_, turn) => {
      const { code, headers } = regencies[turn % regencies.length] as Caller
      const report = newReport(code, `size-${Date.now().toString(36)}-${posted}-${turn}`, turn)
      const body = JSON.stringify({ ...report, location: { regionCode: code, place: 'Balai desa', coordinates: null } })
      return { method: 'POST', path: '/v1/reports', headers: { ...headers, 'content-type': 'application/json' }, body }
    })
  },
}

export const sizeOperations: readonly SizeOperation[] = [...lists, ...statistics, ...searches, post]

function callerOf({ regencies }: Callers, code: string): Caller {
  const caller = regencies.find((each) => each.code === code)
  if (!caller) throw new Error(`No office of ${code} calls`)
  return caller
}
