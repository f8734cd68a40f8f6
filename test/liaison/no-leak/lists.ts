import { handlingRank } from '../../../src/access/vocabulary.ts'
import { findAll, listed, type ModelRelease } from '../../releases/model.ts'
import type { Asker } from '../../statistics/model/model-report.ts'
import type { Ask } from './ask.ts'
import type { Caller } from './callers.ts'
import { markerOf, searched } from './content.ts'
import { exportWays } from './exports.ts'
import { type Release, type Seen, seenBy } from './model.ts'
import { type OfAll, type Outlet, refusal, toldBy, type Whole } from './ways.ts'
import { documentOf } from './world.ts'

/** As the model of the lists has it. */
export function modelled(release: Release, seen: Seen): ModelRelease[] {
  if (seen.state !== 'here') return []
  const { version, agencies, handling, releasedAt, content } = seen.version
  const firstReleasedAt = release.versions[0]?.releasedAt ?? 0
  const to = agencies && [...agencies]
  return [{ id: release.id, version, agencies: to, handling, releasedAt, firstReleasedAt, isRetracted: false, content }]
}

export const askerOf = ({ clientId, agency, clearance }: Caller): Asker => ({
  clientId,
  tier: 'agency',
  office: agency,
  clearance: handlingRank(clearance),
})

async function items(ask: Ask, url: string): Promise<{ id: string; highlights?: unknown }[]> {
  const answer = await ask({ url })
  if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.payload}`)
  return answer.json().items
}

const whole: OfAll = {
  name: 'the list, page by page',
  async all(ask) {
    const told = new Map<string, unknown>()
    for (let url = '/v1/releases?fields=*&limit=50'; url !== ''; ) {
      const answer = await ask({ url })
      for (const [id, item] of toldBy(answer.json().items)) told.set(id, item)
      url = /<(.*)>/.exec(String(answer.headers.link ?? ''))?.[1] ?? ''
    }
    return told
  },
  expected: (seen, release) => (seen.state === 'here' ? documentOf(release, seen.version) : undefined),
}

/** One filter with a value that meets some releases and others not. */
const filtered = (name: string, value: string, more = ''): OfAll => ({
  name: `the list by ${name}=${value.slice(0, 40)}`,
  all: async (ask) => {
    const found = await items(ask, `/v1/releases?fields=*&limit=200&${name}=${encodeURIComponent(value)}${more}`)
    return toldBy(found.map(({ highlights: _marks, ...item }) => item) as { id: string }[])
  },
  expected: (seen, release, caller) => {
    const query = { [name]: value, ...Object.fromEntries(new URLSearchParams(more)) }
    const [met] = findAll(modelled(release, seen), askerOf(caller), query)
    return met && seen.state === 'here' ? documentOf(release, seen.version) : undefined
  },
})

/** Every filter of the contract, each with a value in the middle of the world. */
const asked: Record<string, readonly string[]> = {
  region: ['74', '51.71'],
  election: ['pilkada-2024'],
  stage: ['masa_tenang', 'none'],
  anyStage: ['true'],
  athg: ['threat,obstacle'],
  domain: ['security'],
  incidentType: ['perusakan_apk', 'unjuk_rasa'],
  phase: ['imminent'],
  severity: ['critical'],
  handling: ['secret,top_secret', 'ordinary'],
  exercise: ['true', 'false'],
  occurredFrom: ['2024-11-24T12:00:00Z'],
  occurredTo: ['2024-11-24T12:00:00Z'],
  dateFrom: ['2024-11-25'],
  dateTo: ['2024-11-24'],
  releasedFrom: ['2024-11-26T00:08:00Z'],
  releasedTo: ['2024-11-26T00:08:00Z'],
  hasCoordinates: ['true', 'false'],
  bbox: ['122.4,-5,123,-3'],
  q: searched.map(markerOf),
}
export const knownFilters = Object.keys(asked)
const stageToo: Record<string, string> = { anyStage: '&stage=masa_tenang' }

/** An order must not tell by its order what was not approved. */
const ordered = (sort: string): Whole => ({
  name: `the list ordered by ${sort}`,
  whole: async (ask) => (await items(ask, `/v1/releases?limit=200&fields=subject&sort=${sort}`)).map(({ id }) => id),
  expected: (caller, { releases }) =>
    listed(
      releases.flatMap((release) => modelled(release, seenBy(caller, release))),
      askerOf(caller),
      { sort },
    ).map(({ id }) => id),
})

const cursors: Whole = {
  name: 'cursors of everybody else',
  async whole(ask, { cursors }, { name }) {
    const answers = new Set<string>()
    for (const [owner, cursor] of [...cursors, ['nobody', 'bm9ib2R5']] as const) {
      if (owner !== name) answers.add(refusal(await ask({ url: `/v1/releases?limit=1&cursor=${cursor}` })))
    }
    return [...answers]
  },
  expected: () => ['400 cursor_invalid'],
}

const heads: Whole = {
  name: 'HEAD of the list and of an export',
  async whole(ask) {
    const accepts = ['application/json', 'application/x-ndjson', 'text/csv']
    const answers = []
    for (const accept of accepts)
      answers.push(await ask({ url: '/v1/releases?fields=*', method: 'HEAD', headers: { accept } }))
    return answers.map(({ statusCode, payload }) => `${statusCode} ${payload}`)
  },
  expected: () => ['200 ', '200 ', '200 '],
}

const orders = ['-releasedAt', 'releasedAt', '-occurredAt', 'occurredAt', '-severity', 'severity']

export const listReleases: Outlet = {
  needs: 'releases:read',
  ways: [
    whole,
    ...Object.entries(asked).flatMap(([name, values]) => values.map((value) => filtered(name, value, stageToo[name]))),
    ...orders.map(ordered),
    cursors,
    heads,
    ...exportWays,
  ],
}
